// The tray by keyboard: j and k move, the decision keys press their buttons, clean ones are picked at once.
import { $, typing } from './desk.js'
import { openKeys } from './post.js'
import './remarks.js'

openKeys(() => $('.reading'))
addEventListener('keydown', event => {
  if (typing(event.target) || event.ctrlKey || event.metaKey || event.altKey || $(':popover-open')) return
  const key = event.key === 's' ? 'j' : event.key
  const link = (key === 'j' || key === 'k') && $(`[data-nav="${key}"]`)
  if (link) { event.preventDefault(); link.click() }
})

const boxes = [...document.querySelectorAll('.stack input[type=checkbox]')]
const pick = $('[data-pick]'), go = $('[data-go]'), picked = $('[data-picked]')
let last

function count() {
  const many = boxes.filter(box => box.checked).length
  picked.textContent = many || ''
  go.disabled = !many
}

if (pick) {
  pick.hidden = false
  go.setAttribute('data-off', '')
  pick.addEventListener('click', () => { for (const box of boxes) box.checked = 'clean' in box.dataset; count() })
  $('.stack').addEventListener('click', event => {
    const box = event.target.closest('input')
    if (!box) return
    if (event.shiftKey && last) {
      const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((a, b) => a - b)
      for (const between of boxes.slice(from, to + 1)) if (!between.disabled) between.checked = box.checked
    }
    last = box
    count()
  })
  count()
}
const stack = $('.stack'), current = $('.stack [aria-current]')
if (current && stack.scrollHeight > stack.clientHeight) stack.scrollTop = current.offsetTop - stack.offsetTop - 80
