// The send desk: a tap copies the text, a tick is written down without leaving the page.
import { copy, selectAll } from './clipboard.js'
import { $ } from './hand.js'
import { refresh } from './fresh.js'
import { toast } from './toast.js'
import { show as showTap, tapOrCopy } from './toolbar.js'

function show() {
  for (const button of document.querySelectorAll('[data-copy]')) button.hidden = false
  showTap()
}

document.addEventListener('click', async event => {
  const button = event.target.closest?.('[data-copy], [data-tap]')
  if (!button) return
  if ('copy' in button.dataset) { await take(button); return }
  const text = document.getElementById(button.dataset.tap)
  const copying = $('[data-copy]', button.parentElement)
  await tapOrCopy(button, text.innerText, why => take(copying, why))
})

async function take(button, why = '') {
  const text = document.getElementById(button.dataset.copy)
  if (await copy(text.innerText)) { toast(`${why}${button.dataset.done}`, { seconds: why ? 8 : 3 }); return }
  selectAll(text)
  toast(`${why}${button.dataset.select}`, { seconds: 8, alarm: true })
}

document.addEventListener('submit', async event => {
  const form = event.target
  if (!form.matches('[data-send]')) return
  event.preventDefault()
  const button = $('button:not([type])', form)
  button.disabled = true
  try {
    const answer = await fetch(form.getAttribute('action'), { method: 'POST', body: new URLSearchParams(new FormData(form)), headers: { Accept: 'application/json' } })
    const { said } = await answer.json()
    toast(said, { alarm: !answer.ok, seconds: answer.ok ? 3 : 8 })
    if (answer.ok && form.matches(':popover-open')) form.hidePopover()
    await refresh('.owed', '.send-list', '.head')
  } catch { form.submit() } finally { button.disabled = false }
}, true)

addEventListener('freshened', show)
show()
