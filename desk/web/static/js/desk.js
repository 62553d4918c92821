// Works on every page; without it all is links and forms. Adds: forms that submit on change, keys, sheets that focus.
import { $, typing } from './hand.js'

for (const form of document.querySelectorAll('form[data-auto]')) {
  form.querySelector('[data-nojs]')?.setAttribute('hidden', '')
  form.addEventListener('change', () => form.requestSubmit())
}

// A popover with a field puts the cursor into it.
document.addEventListener('toggle', event => {
  if (event.newState === 'open') event.target.querySelector?.('textarea, input:not([type=hidden])')?.focus()
}, true)

// A form that was sent cannot be sent twice by a nervous finger.
document.addEventListener('submit', event => {
  if (event.defaultPrevented || event.target.method !== 'post') return
  setTimeout(() => { for (const button of event.target.querySelectorAll('button:not([type=button])')) button.disabled = true })
})
addEventListener('pageshow', () => { for (const button of document.querySelectorAll('form[method=post] button:disabled:not([data-off])')) button.disabled = false })

// The address keeps no word of what was done: a reload would say it again.
const here = new URL(location.href)
if (here.searchParams.has('said')) {
  here.searchParams.delete('said')
  history.replaceState(null, '', here)
}

// Ctrl+Enter sends the sheet one writes in, so that no hand leaves the keyboard.
addEventListener('keydown', event => {
  if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.isComposing) return
  const form = event.target.matches?.('textarea') && event.target.closest('form[method=post]')
  if (!form || event.defaultPrevented) return
  event.preventDefault()
  form.requestSubmit()
})

// ? shows every key; a text under edit tells its length.
addEventListener('keydown', event => {
  if (event.key === '?' && !typing(event.target)) $('#keys')?.togglePopover()
})
document.addEventListener('input', event => {
  const place = event.target.dataset?.count && document.getElementById(event.target.dataset.count)
  if (!place) return
  const text = event.target.value
  place.textContent = place.dataset.said.replace('{n}', text.replace(/\s/g, '').length).replace('{size}', new TextEncoder().encode(text).length)
})

// The desk itself hears of changes; the door does not.
if (document.body.dataset.offline) import('./live.js')
