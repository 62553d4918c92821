// The reply desk: paste, suggestions as they are written, keys 1 2 3, E edits in place, Enter copies, Esc clears.
import { copy, selectAll } from './clipboard.js'
import { $, say, typing } from './hand.js'
import { stream } from './stream.js'
import { show as showTap, tapOrCopy } from './toolbar.js'

const form = $('#ask'), box = $('#text'), place = $('#reply'), lines = $('#lines')
const words = form.dataset
let asking

const cards = () => [...place.querySelectorAll('.proposal')]
const chosen = () => $('.proposal[aria-current]', place)
const number = () => $('.reply', place)?.dataset.id
const suffix = form.elements.sidebar ? '?sidebar=1' : ''

// ---- asking

form.addEventListener('submit', event => {
  event.preventDefault()
  if (!box.value.trim()) { box.focus(); return }
  ask()
})
box.addEventListener('keydown', event => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
  event.preventDefault()
  form.requestSubmit()
})
box.addEventListener('paste', () => {
  if (!box.value.trim()) setTimeout(() => form.requestSubmit())
})

async function ask() {
  asking?.abort()
  const mine = asking = new AbortController()
  const body = new URLSearchParams(new FormData(form))
  box.blur()
  place.replaceChildren(waiting())
  place.setAttribute('aria-busy', 'true')
  let whole = false
  const told = (kind, data) => {
    if (mine !== asking) return
    if (kind === 'done') { whole = true; finished(data) } else arrived(kind, data)
    if (kind === 'wrong') whole = true
  }
  try {
    await stream(words.stream, body, mine.signal, told)
  } catch (error) {
    if (mine.signal.aborted) return
  }
  if (mine !== asking) return
  place.removeAttribute('aria-busy')
  if (!whole) { failed(words.failed); box.focus() }
}

function waiting() {
  const holder = element('div', 'reply writing')
  holder.append(element('div', 'takeover-place'), element('ol', 'proposals'))
  return holder
}

function arrived(kind, data) {
  if (kind === 'wrong') { failed(data.text); box.focus(); return }
  if (kind === 'takeover') { $('.takeover-place', place).innerHTML = data.html; return }
  const list = $('.proposals', place)
  let card = list?.querySelector(`[data-place="${data.index}"]`)
  if (kind === 'retract') { card?.remove(); return }
  if (!list) return
  if (!card) {
    card = element('li', 'proposal arriving')
    card.dataset.place = data.index
    const head = element('header')
    head.append(element('kbd', '', data.index + 1), element('h3', '', data.stance))
    card.append(head, element('p', 'words said'))
    list.append(card)
  }
  const text = $('.words', card)
  text.textContent = kind === 'delta' ? text.textContent + data.text : data.text
}

function finished(data) {
  const told = $('.takeover', place)
  put(data.html)
  if (told) $('.takeover', place)?.removeAttribute('role') // a screen reader has heard it
  box.value = ''
  history.pushState(null, '', `/replies/${data.id}${suffix}`)
  choose(0, false)
  if (place.getBoundingClientRect().top > innerHeight / 3) place.scrollIntoView({ block: 'start' })
  say($('.takeover h2', place)?.textContent ?? chosen()?.querySelector('.words')?.textContent ?? '')
}

function failed(text) {
  const line = element('p', 'notice must', text)
  line.setAttribute('role', 'alert')
  place.replaceChildren(line)
}

// ---- one reply in its place

function put(html) {
  place.innerHTML = html
  place.removeAttribute('aria-busy')
  const found = $('template[data-line]', place)?.content.querySelector('li')
  $('template[data-line]', place)?.remove()
  if (found) listed(found)
  dress()
}

function listed(line) {
  $('[aria-current]', lines)?.removeAttribute('aria-current')
  const old = lines.querySelector(`[data-id="${line.dataset.id}"]`)
  if (old) old.replaceWith(line)
  else lines.prepend(line)
  $('.day .none')?.remove()
}

function dress() {
  for (const hidden of place.querySelectorAll('[data-edit], [data-undo], [data-copy-text]')) hidden.hidden = false
  showTap(place)
  for (const details of place.querySelectorAll('details.edit')) details.classList.add('by-key')
}

async function again() {
  const at = chosen()?.dataset.place ?? 0
  const answer = await fetch(`/replies/${number()}?part=1${suffix.replace('?', '&')}`)
  if (!answer.ok) return
  put(await answer.text())
  choose(Number(at), false)
}

function choose(at, follow = true) {
  const all = cards()
  if (!all[at]) return
  chosen()?.removeAttribute('aria-current')
  all[at].setAttribute('aria-current', 'true')
  if (follow) all[at].scrollIntoView({ block: 'nearest' })
}

// ---- what is done with it

const post = (path, body) => fetch(`/api/suggestions/${number()}/${path}`, {
  method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body),
})
const note = (kind, card) => post('events', card ? { kind, index: Number(card.dataset.place) } : { kind })
const original = card => $('.edit textarea', card).defaultValue

async function copyCard(card) {
  if (!card || card.classList.contains('arriving')) return
  if (!await copy(original(card))) { selectAll($('.words', card)); say(words.byHand); flash(card, words.byHand); return }
  flash(card, words.copied)
  await note('copied', card)
  await again()
  flash(chosen(), words.copied)
}

async function tapCard(card, button) {
  if (!await tapOrCopy(button, original(card), () => copyCard(card))) return
  await note('copied', card)
  await again()
}

async function copyEdit(card) {
  const field = $('.edit textarea', card), why = $('[data-why]', card)
  if (field.value.trim() === original(card).trim()) { closeEdit(card); await copyCard(card); return }
  const known = form.elements.known.value.split(/[、，,；;]/).map(part => part.trim()).filter(Boolean).slice(0, 8)
  const answer = await post('edits', { index: Number(card.dataset.place), text: field.value, known })
  const found = await answer.json()
  if (!answer.ok || !found.allowed) {
    why.replaceChildren(reasons(found.findings ?? [{ reason: found.detail ?? words.failed, verdict: 'block' }]))
    say(words.barred)
    field.focus()
    return
  }
  const done = await copy(field.value)
  if (!done) { selectAll(field); why.replaceChildren(element('p', 'notice warn', words.byHand)); return }
  await again()
  flash(chosen(), words.copied)
  say(words.copied)
}

function reasons(found) {
  const all = document.createDocumentFragment()
  const list = element('ul', 'finds-in')
  for (const one of found) {
    const line = element('li', one.verdict === 'block' ? 'must' : 'warn')
    const text = element('span')
    if (one.excerpt) text.append(element('b', 'said', one.excerpt), ' ')
    text.append(one.reason ?? '')
    if (one.suggestion) text.append(' ', element('span', 'dim', one.suggestion))
    line.append(text)
    list.append(line)
  }
  all.append(list, element('p', 'barred', words.barred))
  return all
}

function flash(card, text) {
  const label = card && $('[data-copy-word]', card)
  if (!label) return
  const before = label.textContent
  label.textContent = text
  card.classList.add('did')
  say(text)
  setTimeout(() => { label.textContent = before; card.classList.remove('did') }, 1400)
}

function openEdit(card) {
  const edit = card && $('details.edit', card)
  if (!edit) return
  edit.open = true
  const field = $('textarea', edit)
  field.focus()
  field.setSelectionRange(field.value.length, field.value.length)
}

function closeEdit(card) {
  const edit = $('details.edit', card)
  edit.open = false
  $('textarea', edit).value = original(card)
  $('[data-why]', card).replaceChildren()
}

place.addEventListener('submit', async event => {
  const card = event.target.closest('.proposal')
  event.preventDefault()
  if (event.target.matches('[data-copy]')) await copyCard(card)
  else if (event.target.closest('.edit')) await copyEdit(card)
  else if (event.target.matches('[data-offer]')) {
    const answer = await post('offers', { index: Number(card.dataset.place) })
    const label = $('[data-offer] span', card)
    label.textContent = answer.ok ? words.offered : (await answer.json()).detail
    say(label.textContent)
  } else if (event.target.matches('[data-aside]')) { await note('dismissed', card); await again() }
  else if (event.target.matches('[data-escalate]')) { await note('escalated'); await again() }
})
place.addEventListener('click', event => {
  const card = event.target.closest('.proposal')
  const button = event.target.closest('[data-tap]')
  if (button) tapCard(card, button)
  else if (event.target.closest('[data-edit]')) openEdit(card)
  else if (event.target.closest('[data-undo]')) closeEdit(card)
  else if (event.target.closest('[data-copy-text]')) copyWords(event.target.closest('.follow'))
  if (card && !event.target.closest('a, button')) choose(cards().indexOf(card))
})

async function copyWords(part) {
  const text = $('.words', part)
  if (await copy(text.textContent)) say(words.copied)
  else { selectAll(text); say(words.byHand) }
}

// ---- keys

addEventListener('keydown', event => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || $(':popover-open')) return
  if (event.key === 'Escape') { escape(event); return }
  if (event.key === 'Enter' && event.target.matches?.('.edit textarea') && !event.shiftKey) {
    event.preventDefault()
    copyEdit(event.target.closest('.proposal'))
    return
  }
  if (typing(event.target)) return
  if (event.key === '/') { event.preventDefault(); box.focus(); box.select() }
  else if ('123'.includes(event.key)) choose(Number(event.key) - 1)
  else if (event.key === 'e' && chosen()) { event.preventDefault(); openEdit(chosen()) }
  else if (event.key === 'Enter' && !event.target.closest?.('a, button, summary')) { event.preventDefault(); copyCard(chosen()) }
})

function escape(event) {
  const card = event.target.closest?.('.proposal')
  if (card && typing(event.target)) { closeEdit(card); event.target.blur(); return }
  asking?.abort()
  if (place.getAttribute('aria-busy')) { place.removeAttribute('aria-busy'); place.replaceChildren() }
  box.value = ''
  box.focus()
}

// ---- groups while a name is typed

const group = form.elements.group
let soon
group?.addEventListener('input', () => {
  clearTimeout(soon)
  soon = setTimeout(async () => {
    const answer = await fetch(`${group.dataset.groups}?q=${encodeURIComponent(group.value)}`)
    if (answer.ok) $('#groups').innerHTML = await answer.text()
  }, 120)
})
addEventListener('popstate', () => location.reload())

function element(name, className = '', text = '') {
  const made = document.createElement(name)
  if (className) made.className = className
  if (text !== '') made.textContent = text
  return made
}

dress()
if (place.dataset.open) { choose(0, false); if (!$('.edit[open]', place)) document.activeElement?.blur?.() }
