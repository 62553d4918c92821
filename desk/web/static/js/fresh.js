// Fetches the page that is open and puts its changed parts in place, so that nothing else on it moves.
import { $ } from './hand.js'

const PARTS = ['.tabs', '.bottom', '.bell']
let running, again

export async function refresh(...parts) {
  if (running) { again = parts; return running }
  running = load([...PARTS, ...parts]).finally(() => { running = undefined; if (again) { const next = again; again = undefined; refresh(...next) } })
  return running
}

async function load(parts) {
  const answer = await fetch(location.href).catch(() => undefined)  // away: live.js says so
  if (!answer?.ok) return
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
  for (const part of parts) {
    const old = $(part), next = $(part, page)
    if (old && next && old.outerHTML !== next.outerHTML) old.replaceWith(document.adoptNode(next))
  }
  dispatchEvent(new CustomEvent('freshened'))
}
