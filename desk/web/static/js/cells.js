// Tables edited in place: the cell's own form over the cell. Saved by Ctrl+Enter or Enter in one line; Esc leaves it as it was.
import { $ } from './hand.js'
import { refresh } from './fresh.js'
import { toast } from './toast.js'

const over = Object.assign(document.createElement('div'), { className: 'over-cell', popover: 'auto' })
document.body.append(over)
let cell

const asked = { headers: { Accept: 'application/json' } }

document.addEventListener('click', event => {
  const link = event.target.closest?.('a.cell')
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey || event.button) return
  event.preventDefault()
  open(link)
})

async function open(link) {
  const answer = await fetch(link.href, asked).catch(() => undefined)
  if (!answer?.ok) { location.href = link.href; return }
  cell = link
  fill(await answer.text())
  over.showPopover()
  place()
  $('textarea', over).select()
}

function fill(form) {
  over.innerHTML = form
  place()
}

function place() {
  if (!over.matches(':popover-open')) return
  const box = cell.getBoundingClientRect(), wide = over.offsetWidth, high = over.offsetHeight
  over.style.left = `${Math.max(12, Math.min(box.left - 8, innerWidth - wide - 12))}px`
  over.style.top = `${Math.max(12, Math.min(box.top - 8, innerHeight - high - 12))}px`
}

over.addEventListener('click', event => {
  if (event.target.closest('[data-cancel]')) { event.preventDefault(); over.hidePopover(); cell?.focus() }
})
over.addEventListener('keydown', event => {
  if (event.key !== 'Enter' || event.isComposing || !event.target.matches('textarea')) return
  if (event.ctrlKey || event.metaKey || (event.target.rows < 4 && !event.shiftKey)) { event.preventDefault(); event.target.form.requestSubmit() }
})
over.addEventListener('submit', async event => {
  event.preventDefault()
  const body = new URLSearchParams(new FormData(event.target))
  const answer = await fetch('/brand/cell', { method: 'POST', body, ...asked }).catch(() => undefined)
  if (!answer) { $('button:not([type])', over).disabled = false; return }
  if ((answer.headers.get('content-type') ?? '').includes('json')) {
    over.hidePopover()
    toast((await answer.json()).said)
    await refresh('.table', '.tabline', '.about')
    document.querySelector(`a.cell[href="${CSS.escape(cell.getAttribute('href'))}"]`)?.focus()
    return
  }
  fill(await answer.text())
  $('.ink', over)?.focus()
})
