// One sentence at the foot of the page, with at most one thing to do about it. It leaves by itself.
import { say } from './hand.js'

const place = document.createElement('div')
place.className = 'toast'
place.hidden = true
document.body.append(place)
let leave, act

export function toast(text, { seconds = 6, action, onAction, alarm = false } = {}) {
  clearTimeout(leave)
  act = onAction
  place.classList.toggle('alarm', alarm)
  place.replaceChildren(Object.assign(document.createElement('span'), { textContent: text }))
  if (action) place.append(Object.assign(document.createElement('button'), { className: 'btn sm', type: 'button', textContent: action, onclick: perform }))
  place.hidden = false
  say(text)
  leave = setTimeout(hide, seconds * 1000)
}

function hide() { place.hidden = true; act = undefined }
function perform() { const todo = act; hide(); todo?.() }

// Ctrl+Z, or u, does what the button does while it is there.
addEventListener('keydown', event => {
  const z = (event.ctrlKey || event.metaKey) && event.key === 'z', u = event.key === 'u' && !event.ctrlKey && !event.metaKey
  if (!act || !(z || u) || event.target.closest?.('input, textarea, select')) return
  event.preventDefault()
  perform()
})
