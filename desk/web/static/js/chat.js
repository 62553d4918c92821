// The simulator stays at its newest message while the reader is there; new ones come by the page's own poll.
import { $ } from './hand.js'

const stream = $('#stream')
let atEnd = true
stream.scrollTop = stream.scrollHeight
stream.addEventListener('scroll', () => { atEnd = stream.scrollHeight - stream.scrollTop - stream.clientHeight < 80 })
new MutationObserver(changes => {
  for (const change of changes) for (const node of change.addedNodes) if (node.classList?.contains('msg')) {
    node.classList.add('new')
    stream.querySelector('.stamp.quiet')?.remove()
  }
  if (atEnd) stream.scrollTop = stream.scrollHeight
}).observe(stream, { childList: true })
