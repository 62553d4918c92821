// What the tray shows next is fetched before it is asked for; what changed meanwhile is fetched anew.
const AHEAD = 12, AT_ONCE = 3
const kept = new Map()  // id → the piece of page, or the promise of it
let wanted = [], busy = 0

export const ready = id => typeof kept.get(id) === 'string' ? kept.get(id) : undefined

export function piece(id) {
  if (!kept.has(id)) kept.set(id, load(id))
  return kept.get(id)
}

async function load(id) {
  try {
    const answer = await fetch(`/review?post=${id}&part=1`)
    if (!answer.ok) throw new Error(String(answer.status))
    const text = await answer.text()
    kept.set(id, text)
    return text
  } catch (error) {
    kept.delete(id)
    throw error
  }
}

// What is kept of a post is no longer so.
export const forget = id => kept.delete(id)

export function look(ids) {
  wanted = ids.slice(0, AHEAD)
  while (busy < AT_ONCE && step());
}
function step() {
  const id = wanted.find(each => !kept.has(each))
  if (!id) return false
  busy += 1
  piece(id).catch(() => { wanted = [] }).finally(() => { busy -= 1; step() })
  return true
}

addEventListener('news', event => {
  for (const id of event.detail) kept.delete(String(id))
  step()
})
