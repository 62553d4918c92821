// Cards are dragged to another slot: saved on drop, undone for some seconds, refused with the reason. An empty slot opens the form.
import { $ } from './hand.js'
import { refresh } from './fresh.js'
import { toast } from './toast.js'

const MOVABLE = new Set(['planned', 'in_review', 'changes_requested', 'approved', 'held', 'missed'])
const WEEK = ['.filters', '.canvas', '.strip']
let dragged, over

const table = () => $('table.week[data-movable]')
const head = cell => $(`thead th[data-day="${cell.dataset.day}"]`)
const slot = cell => ({ day: head(cell).dataset.date, time: cell.closest('tr').dataset.time })

function leave() { over?.classList.remove('over'); if (over) delete over.dataset.hint; over = undefined }

addEventListener('dragstart', event => {
  const card = event.target.closest?.('table.week[data-movable] a.card')
  if (!card) return
  if (!MOVABLE.has(card.dataset.state)) { event.preventDefault(); return }
  dragged = card
  event.dataTransfer.effectAllowed = 'move'
  event.dataTransfer.setData('text/plain', card.href)
  card.classList.add('dragged')
  document.body.classList.add('dragging')
})
addEventListener('dragover', event => {
  const cell = dragged && event.target.closest?.('table.week td[data-day]')
  if (!cell || cell.classList.contains('past') || cell === dragged.closest('td')) { leave(); return }
  event.preventDefault()
  event.dataTransfer.dropEffect = 'move'
  if (cell === over) return
  leave()
  over = cell
  const { time } = slot(cell)
  cell.classList.add('over')
  cell.dataset.hint = `${head(cell).dataset.name} ${time} · ${table().dataset.zone}`
})
addEventListener('drop', event => {
  if (!dragged || !over) return
  event.preventDefault()
  drop(dragged, over)
})
addEventListener('dragend', () => {
  dragged?.classList.remove('dragged')
  document.body.classList.remove('dragging')
  leave()
  dragged = undefined
})

async function drop(card, cell) {
  const home = card.closest('td'), place = slot(cell), words = table().dataset
  cell.append(card)
  const said = await send(`/posts/${card.dataset.id}/move`, place)
  if (!said?.ok) {
    home.append(card)
    toast(said?.said ?? words.failed, { seconds: 10, alarm: true })
    return
  }
  toast(said.said, { seconds: said.undo, action: words.undo, onAction: () => back(card.dataset.id, words) })
  refresh(...WEEK)
}

async function back(id, words) {
  const said = await send(`/posts/${id}/move/undo`, {})
  toast(said?.said ?? words.failed, { alarm: !said?.ok })
  refresh(...WEEK)
}

async function send(address, fields) {
  try {
    const answer = await fetch(address, { method: 'POST', body: new URLSearchParams(fields) })
    return { ok: answer.ok, ...await answer.json() }
  } catch { return undefined }
}

// An empty slot, and a hole in the plan, open the form with their moment in it.
const form = $('#new')
function fill(cell, hole) {
  if (!form || !cell) return
  const { day, time } = slot(cell)
  for (const [name, value] of Object.entries({ day, time, row: hole?.dataset.row ?? '', theme: hole?.dataset.theme ?? '' })) form.elements[name].value = value
  if (hole) { form.elements.tier.value = hole.dataset.tier; form.elements.kind.value = hole.dataset.kind }
}
addEventListener('click', event => {
  const cell = event.target.closest?.('table.week[data-movable] td[data-day]'), hole = event.target.closest?.('button.hole')
  if (hole) { fill(cell, hole); return }
  if (!cell || event.target !== cell || cell.classList.contains('past') || !form) return
  fill(cell)
  form.showPopover()
})
