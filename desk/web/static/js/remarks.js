// Comments on a few words: what is selected in the text is quoted in the comment, and what was commented on is tinted.
import { $ } from './hand.js'

const button = Object.assign(document.createElement('button'), { className: 'btn sm quoting', type: 'button', hidden: true })
document.body.append(button)
let quote = ''

// The words as they are stored: markers left out, a live value by its token.
function words(range) {
  const piece = range.cloneContents()
  for (const mark of piece.querySelectorAll('.mk')) mark.remove()
  for (const live of piece.querySelectorAll('.live')) live.textContent = live.title
  return piece.textContent.trim()
}

document.addEventListener('selectionchange', () => {
  const selection = getSelection(), draft = $('#draft'), form = $('#say-form')
  const range = selection.rangeCount && !selection.isCollapsed && selection.getRangeAt(0)
  button.hidden = !(range && draft && form && draft.contains(range.commonAncestorContainer))
  if (button.hidden) return
  quote = words(range)
  button.hidden = !quote
  button.textContent = draft.dataset.comment
  const box = range.getBoundingClientRect()
  button.style.insetInlineStart = `${box.left + scrollX}px`
  button.style.insetBlockStart = `${box.bottom + scrollY + 6}px`
})
button.addEventListener('mousedown', event => event.preventDefault())
button.addEventListener('click', () => {
  const form = $('#say-form'), shown = $('blockquote', form)
  form.elements.quote.value = quote
  shown.textContent = quote
  shown.hidden = false
  button.hidden = true
  form.scrollIntoView({ block: 'center' })
  form.elements.text.focus()
})

export function tint() {
  const draft = $('#draft')
  if (!draft || !window.CSS?.highlights) return
  const nodes = [], walker = document.createTreeWalker(draft, NodeFilter.SHOW_TEXT, node => node.parentElement.closest('.mk') ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT)
  while (walker.nextNode()) nodes.push(walker.currentNode)
  const all = nodes.map(node => node.data).join('')
  const ranges = [...document.querySelectorAll('.remarks li:not(.done) [data-quote]')].map(said => {
    const from = all.indexOf(said.textContent)
    return from < 0 ? undefined : spanning(nodes, from, from + said.textContent.length)
  })
  CSS.highlights.set('remarked', new Highlight(...ranges.filter(Boolean)))
}

function spanning(nodes, from, to) {
  const range = new Range()
  let at = 0
  for (const node of nodes) {
    const end = at + node.data.length
    if (from >= at && from < end) range.setStart(node, from - at)
    if (to > at && to <= end) { range.setEnd(node, to - at); return range }
    at = end
  }
}
tint()
