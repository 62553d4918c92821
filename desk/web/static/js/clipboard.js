// Copying, also where the browser has no clipboard for us: on an unencrypted line and in some clients' windows.
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch { return byHand(text) }
}

function byHand(text) {
  const before = document.activeElement
  const field = Object.assign(document.createElement('textarea'), { value: text, readOnly: true, className: 'vh' })
  document.body.append(field)
  field.select()
  let done = false
  try { done = document.execCommand('copy') } catch { done = false }
  field.remove()
  before?.focus?.({ preventScroll: true })
  return done
}

// The last resort: the words stand selected, and the operator presses Ctrl+C.
export function selectAll(element) {
  if ('select' in element) { element.focus(); element.select(); return }
  const range = document.createRange()
  range.selectNodeContents(element)
  getSelection().removeAllRanges()
  getSelection().addRange(range)
}
