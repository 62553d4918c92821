// Rewriting before one's eyes: the wish is typed, the words come as they are written, the difference is shown; A takes it, X leaves it.
import { $, say, typing } from './hand.js'
import { stream } from './stream.js'
import { toast } from './toast.js'

const LATE = 60_000  // the server stops earlier; this is for a line that hangs
const sheet = () => $('#p-rewrite')
const proposal = () => $('#p-rewrite:popover-open .proposal')
let asking

export function openRewriting(taken) {
  document.addEventListener('submit', event => {
    const form = event.target, act = form.matches('[data-stream]') ? write : form.matches('#p-rewrite [data-accept]') ? take : undefined
    if (!act) return
    event.preventDefault()
    event.stopImmediatePropagation()
    act(form, taken)
  }, true)
}

function line(tag, name, text) { return Object.assign(document.createElement(tag), { className: name, textContent: text }) }

async function write(form) {
  asking?.abort()
  const mine = asking = new AbortController(), words = form.dataset, place = $('.proposed', sheet())
  const state = line('p', 'dim small writing', words.busy), text = line('div', 'draft said', '')
  let whole = false, late = false
  const limit = setTimeout(() => { late = true; mine.abort() }, LATE)
  place.replaceChildren(state, text)
  place.setAttribute('aria-busy', 'true')
  $('textarea', form).blur()
  try {
    await stream(words.stream, new URLSearchParams(new FormData(form)), mine.signal, (kind, data) => {
      if (kind === 'said') { text.textContent += data.text; text.scrollIntoView({ block: 'nearest' }) }
      if (kind === 'anew') { state.textContent = data.why; text.textContent = '' }
      if (kind === 'wrong') { whole = true; failed(place, data.text) }
      if (kind === 'made') { whole = true; offered(place, data.html) }
    })
  } catch { /* told below */ }
  clearTimeout(limit)
  if (mine !== asking) return
  place.removeAttribute('aria-busy')
  if (!whole && (late || !mine.signal.aborted)) failed(place, late ? words.late : words.failed)
}

function failed(place, text) {
  const told = line('p', 'notice must', text)
  told.setAttribute('role', 'alert')
  place.replaceChildren(told)
  $('textarea', sheet()).focus()
}

function offered(place, html) {
  place.innerHTML = html
  const button = $('.proposal .ink', place)
  ;(button.disabled ? $('textarea', sheet()) : button).focus()
  say($('.draft', place).textContent.slice(0, 120))
}

async function take(form, taken) {
  const button = $('.ink', form), id = form.getAttribute('action').split('/')[2]
  button.disabled = true
  const answer = await send(form)
  if (answer?.ok) { sheet().hidePopover(); taken(id, answer); return }
  button.disabled = false
  $('.notice.must', form)?.remove()
  const told = line('p', 'notice must', answer?.said ?? form.dataset.failed)
  told.setAttribute('role', 'alert')
  form.prepend(told)
}

async function send(form) {
  try {
    const answer = await fetch(form.getAttribute('action'), { method: 'POST', body: new URLSearchParams(new FormData(form)), headers: { Accept: 'application/json' } })
    return { ok: answer.ok, ...await answer.json() }
  } catch { return undefined }
}

function discard() {
  const said = proposal()?.dataset.discarded
  $('.proposed', sheet()).replaceChildren()
  sheet().hidePopover()
  if (said) toast(said, { seconds: 3 })
}

document.addEventListener('click', event => {
  if (event.target.closest?.('#p-rewrite [data-discard]')) { event.preventDefault(); discard() }
})

// Whoever turns away while it is being written needs it no more; what is written stays until it is taken or left.
document.addEventListener('toggle', event => {
  if (event.target === sheet() && event.newState === 'closed' && $('.proposed', sheet()).hasAttribute('aria-busy')) {
    asking?.abort()
    $('.proposed', sheet()).replaceChildren()
  }
}, true)

addEventListener('keydown', event => {
  if (!sheet()?.matches(':popover-open') || event.ctrlKey && event.key !== 'Enter' || event.metaKey || event.altKey) return
  if (event.target.matches?.('#p-rewrite textarea')) {
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) { event.preventDefault(); event.target.form.requestSubmit() }
    return
  }
  const made = proposal(), button = made && $('.ink', made)
  if (!made || typing(event.target) || event.repeat) return
  if (event.key === 'a' && !button.disabled) { event.preventDefault(); made.requestSubmit() }
  if (event.key === 'x') { event.preventDefault(); discard() }
  if (event.key === 'g') { event.preventDefault(); $('textarea', sheet()).focus() }
})
