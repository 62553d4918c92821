// The tray: a decision travels behind the scenes while the next post, fetched ahead, is shown at once. A refusal brings the post back with its reason.
import * as ahead from './ahead.js'
import { $, say, typing } from './hand.js'
import './picking.js'
import { openKeys } from './post.js'
import { tint } from './remarks.js'
import { openRewriting } from './rewrite.js'
import { toast } from './toast.js'

const DECISION = /^\/posts\/(\d+)\/(approve|request-changes|reject|hold)$/, EDIT = /^\/posts\/(\d+)\/edit$/
const queue = $('.queue'), words = queue?.dataset, gone = new Map(), refused = new Map()
const stack = () => $('.stack', queue ?? document)
const rows = () => [...stack()?.children ?? []]
const row = id => rows().find(each => each.dataset.id === id)
const shown = () => $('.reading')?.dataset.post
let wanted, last = JSON.parse(sessionStorage.getItem('last') ?? 'null')

function mark(id) {
  const all = rows(), here = row(id)
  for (const each of all) $('a', each).toggleAttribute('aria-current', false)
  const link = here && $('a', here)
  link?.setAttribute('aria-current', 'true')
  if (stack()?.scrollHeight > stack()?.clientHeight) link?.scrollIntoView({ block: 'nearest' })  // on a phone the list lies below the text: nobody is taken there
  const place = $('#open-h')
  if (here && place) place.textContent = words.place.replace('{n}', all.indexOf(here) + 1).replace('{all}', all.length)
  const at = here ? all.indexOf(here) : -1
  ahead.look([...all.slice(at + 1), ...all.slice(0, Math.max(at, 0)).reverse()].map(each => each.dataset.id))
}

async function show(id) {
  wanted = id
  const piece = ahead.ready(id) ?? await waiting(id)
  if (wanted !== id || piece === undefined) return
  put(piece)
  history.replaceState(null, '', `/review?post=${id}`)
  if (refused.has(id)) { complain(refused.get(id)); refused.delete(id) }
  painted(() => {
    if (shown() !== id) return
    mark(id)
    tint()
    say($('.reading .draft')?.textContent.slice(0, 80) ?? '')
  })
  if ('unseen' in $('.reading').dataset) setTimeout(() => { if (shown() === id) fetch(`/posts/${id}/looked`, { method: 'POST', keepalive: true }) }, 1000)
}

// The post comes first; the list, the marks and what is fetched next may wait for the frame after it.
function painted(act) { requestAnimationFrame(() => setTimeout(act)) }

async function waiting(id) {
  $('.reading')?.setAttribute('aria-busy', 'true')
  try { return await ahead.piece(id) } catch { location.href = `/review?post=${id}` }
}

function put(piece) {
  const holder = document.createElement('template')
  holder.innerHTML = piece
  const main = $('main')
  main.replaceChildren(queue, ...holder.content.children)
  main.classList.add('has-open')
  main.dataset.fresh = '.stack #tray-n'
}

function complain(reason) {
  const line = Object.assign(document.createElement('p'), { className: 'notice must', textContent: reason })
  line.setAttribute('role', 'alert')
  $('.reading .flow').prepend(line)
}

function next(from) { return from?.nextElementSibling ?? from?.previousElementSibling }

function empty() {
  wanted = undefined
  const main = $('main')
  main.replaceChildren($('#all-done', queue).content.cloneNode(true))
  main.classList.remove('has-open')
  main.dataset.fresh = 'main'
}

function bring(id, home) {
  gone.delete(id)
  if (!row(id)) stack().insertBefore(home.row, row(home.before) ?? null)
}

async function decide(form, id) {
  const here = row(id), home = { row: here, before: here.nextElementSibling?.dataset.id }, after = next(here)
  const sent = send(form.getAttribute('action'), new FormData(form))
  remember({ id, home })
  gone.set(id, home)
  here.remove()
  if (after) show(after.dataset.id)
  else empty()
  const answer = await sent
  if (!answer?.ok) { refuse(id, home, answer?.said ?? words.failed); return }
  setTimeout(() => { if (gone.get(id) === home) gone.delete(id) }, 8000)
  if (answer.stays) bring(id, { ...home, before: undefined })
  toast(answer.said, answer.undo ? { seconds: answer.undo, action: words.undo, onAction: undo } : {})
}

// A new text stays in the tray, and is shown as it is now.
async function edit(form, id) {
  const answer = await send(form.getAttribute('action'), new FormData(form))
  if (answer?.code === 'review.base_changed') { form.submit(); return }
  if (!answer?.ok) { complain(answer?.said ?? words.failed); return }
  form.hidePopover()
  await changed(id, answer)
}

async function changed(id, answer) {
  remember({ id })
  ahead.forget(id)
  await show(id)
  toast(answer.said, answer.undo ? { seconds: answer.undo, action: words.undo, onAction: undo } : {})
}

// What was done last, also after a reload; whether it may be undone the server knows.
function remember(what) {
  last = what
  sessionStorage.setItem('last', JSON.stringify(what && { id: what.id, skipped: what.skipped }))
}

function refuse(id, home, reason) {
  refused.set(id, reason)
  bring(id, home)
  if (wanted === undefined) show(id)
  else mark(wanted)
  toast(reason, { seconds: 10, alarm: true, action: words.look, onAction: () => show(id) })
}

async function undo() {
  if (!last) { toast(words.nothing); return }
  const { id, home, skipped } = last
  remember(null)
  if (skipped) { if (row(id)) show(id); return }
  const answer = await send(`/posts/${id}/undo`, {})
  ahead.forget(id)
  if (answer?.ok) { if (home) bring(id, home); await show(id) }
  toast(answer?.said ?? words.failed, { alarm: !answer?.ok, seconds: answer?.ok ? 6 : 10 })
}

async function send(address, fields) {
  try {
    const answer = await fetch(address, { method: 'POST', body: new URLSearchParams(fields), headers: { Accept: 'application/json' }, keepalive: true })
    return { ok: answer.ok, ...await answer.json() }
  } catch { return undefined }
}

document.addEventListener('submit', event => {
  const action = event.target.closest('.reading') && event.target.getAttribute('action')
  const decided = DECISION.exec(action), found = decided ?? EDIT.exec(action)
  if (!found || !row(found[1])) return
  event.preventDefault()
  event.stopImmediatePropagation()
  if (decided) decide(event.target, found[1])
  else edit(event.target, found[1])
}, true)
openRewriting(changed)

document.addEventListener('click', event => {
  const link = event.target.closest?.('.stack a, [data-nav]')
  if (!link || !queue?.isConnected || event.metaKey || event.ctrlKey || event.shiftKey || event.button) return
  const here = row(shown()), to = link.dataset.nav ? (link.dataset.nav === 'j' ? here?.nextElementSibling : here?.previousElementSibling) : link.closest('li')
  if (link.dataset.nav && !here) return
  event.preventDefault()
  if (to) show(to.dataset.id)
})

openKeys(() => $('.reading'))
addEventListener('keydown', event => {
  if (typing(event.target) || event.ctrlKey || event.metaKey || event.altKey || $(':popover-open')) return
  if (event.key === 'u' && !event.defaultPrevented) { event.preventDefault(); undo(); return }
  if (event.key === 's' && shown()) remember({ id: shown(), skipped: true })
  const link = 'jks'.includes(event.key) && $(`[data-nav="${event.key === 's' ? 'j' : event.key}"]`)
  if (link) { event.preventDefault(); link.click() }
})

// The list was put in anew: what this person has just decided is not shown again, what is open is marked.
addEventListener('freshened', () => {
  if (!queue?.isConnected) {
    const news = [...document.querySelectorAll('.stack li')].some(each => !gone.has(each.dataset.id))
    if (news) location.reload()
    else if ($('.queue')) empty()
    return
  }
  for (const id of gone.keys()) row(id)?.remove()
  if (shown()) mark(shown())
})
if (queue && shown()) mark(shown())
