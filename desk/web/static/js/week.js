// The week: a click on a card opens the post beside it, the day strip switches days in place, keys move about.
import { $, say, typing } from './hand.js'
import { openKeys } from './post.js'
import { openRewriting } from './rewrite.js'
import { toast } from './toast.js'

const side = $('#side'), table = () => $('table.week')
const wide = matchMedia('(min-width: 1081px)')
let opened

async function open(card) {
  const answer = await fetch(card.href + '?panel=1', { headers: { 'HX-Request': 'true' } })
  if (!answer.ok) { location.href = card.href; return }
  side.innerHTML = await answer.text()
  window.htmx?.process(side)
  opened?.removeAttribute('aria-current')
  opened = card
  card.setAttribute('aria-current', 'true')
  document.body.classList.add('has-side')
  card.scrollIntoView({ block: 'nearest' })
  say($('h2', side)?.textContent ?? '')
}

function close() {
  document.body.classList.remove('has-side')
  side.replaceChildren()
  opened?.removeAttribute('aria-current')
  opened?.focus()
  opened = undefined
}

addEventListener('click', event => {
  const card = event.target.closest?.('table.week a.card')
  if (!card || !wide.matches || event.metaKey || event.ctrlKey || event.shiftKey || event.button) return
  event.preventDefault()
  open(card)
})
side?.addEventListener('click', event => {
  if (event.target.closest('[data-close]')) { event.preventDefault(); close() }
})

addEventListener('click', event => {
  const link = event.target.closest?.('.strip a')
  if (!link || !table()) return
  event.preventDefault()
  table().dataset.show = link.dataset.go
  $('.strip [aria-current]')?.removeAttribute('aria-current')
  link.setAttribute('aria-current', 'date')
  history.replaceState(null, '', link.href)
})

openKeys(() => side)
openRewriting((_id, answer) => { if (opened) open(opened); toast(answer.said) })
addEventListener('keydown', event => {
  if (typing(event.target) || event.ctrlKey || event.metaKey || event.altKey) return
  if (event.key === 'Escape' && opened && !$(':popover-open')) close()
  if (event.key !== 'j' && event.key !== 'k') return
  const cards = [...document.querySelectorAll('a.card')].filter(card => card.offsetParent)
  const at = cards.indexOf(opened ?? document.activeElement)
  const next = cards[at + (event.key === 'j' ? 1 : -1)] ?? cards[0]
  if (!next) return
  next.focus()
  if (opened) open(next)
})

// Parts of the page were put in anew: the card whose post is open is marked again.
addEventListener('freshened', () => {
  opened &&= $(`a.card[data-id="${opened.dataset.id}"]`) ?? opened
  opened?.setAttribute('aria-current', 'true')
})

// On a phone the day begins where it is now.
if (!wide.matches && table() && !scrollY) $('tr.now', table())?.scrollIntoView({ block: 'center' })
