// Keys on a post: a approve, r request changes, e edit, x reject, h hold, g rewrite. A key presses the button that shows it.
import { typing } from './hand.js'

export function openKeys(root) {
  addEventListener('keydown', event => {
    if (typing(event.target) || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return
    if (document.querySelector(':popover-open')) return
    const button = root()?.querySelector(`[data-key="${CSS.escape(event.key)}"]`)
    if (!button || button.disabled) return
    event.preventDefault()
    button.focus()
    button.click()
  })
}
