// Boxes of the tray: shift picks a range, one button picks what is clean. Works on lists that were put in anew.
import { $ } from './hand.js'

const boxes = () => [...document.querySelectorAll('.stack input[type=checkbox]')]
let last

function count() {
  const go = $('[data-go]')
  if (!go) return
  const many = boxes().filter(box => box.checked).length
  $('[data-picked]').textContent = many || ''
  go.disabled = !many
  go.setAttribute('data-off', '')
  $('[data-pick]').hidden = false
}

document.addEventListener('click', event => {
  if (event.target.closest?.('[data-pick]')) { for (const box of boxes()) box.checked = 'clean' in box.dataset; count() }
  const box = event.target.closest?.('.stack input')
  if (!box) return
  const all = boxes()
  if (event.shiftKey && all.includes(last)) {
    const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b)
    for (const between of all.slice(from, to + 1)) if (!between.disabled) between.checked = box.checked
  }
  last = box
  count()
})
addEventListener('freshened', count)
count()
