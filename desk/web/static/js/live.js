// The page hears of changes while it is looked at: parts named in data-fresh are fetched anew, an open post says that it changed.
import { $ } from './hand.js'
import { refresh } from './fresh.js'
import { toast } from './toast.js'

const words = document.body.dataset
const away = Object.assign(document.createElement('p'), { className: 'offline', hidden: true, textContent: words.offline })
away.setAttribute('role', 'alert')
document.body.append(away)
let source, lost, soon, wait = 2000

function open() {
  if (source || document.hidden) return
  source = new EventSource('/live')
  source.onopen = () => {
    wait = 2000
    clearTimeout(lost)
    lost = undefined
    if (!away.hidden) { away.hidden = true; fresh() }
  }
  source.onerror = () => {
    lost ??= setTimeout(() => { away.hidden = false }, 1500)
    if (source?.readyState !== EventSource.CLOSED) return
    close()
    setTimeout(open, wait)
    wait = Math.min(wait * 2, 30000)
  }
  source.addEventListener('news', event => hear(JSON.parse(event.data)))
}
function close() { source?.close(); source = undefined }

// A page nobody sees holds no connection; when it is seen again it catches up.
document.addEventListener('visibilitychange', () => {
  if (document.hidden) close()
  else { open(); fresh() }
})
addEventListener('pagehide', close)

function hear(news) {
  dispatchEvent(new CustomEvent('news', { detail: news.posts }))
  clearTimeout(soon)
  soon = setTimeout(fresh, 250)
  const shown = $('[data-post]')
  if (shown && news.posts.includes(+shown.dataset.post)) changed(shown)
}

function fresh() {
  const parts = ($('main').dataset.fresh ?? '').split(' ').filter(part => part && !$(`${part} :is(:checked, :popover-open)`))
  refresh(...parts)
}

// What somebody reads or writes is never changed under their eyes: they are told, and choose.
async function changed(shown) {
  const answer = await fetch(`/posts/${shown.dataset.post}/newest`).catch(() => undefined)
  if (!answer?.ok) return
  const { was } = await answer.json()
  if (shown.isConnected && was !== shown.dataset.was) toast(words.changed, { seconds: 30, action: words.reload, onAction: () => location.reload() })
}

open()
