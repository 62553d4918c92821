// What every script of the desk reaches for: a part of the page, a word for the screen reader, whether somebody is typing.
export const $ = (selector, root = document) => root.querySelector(selector)
export const say = text => { const place = $('#say'); if (place) place.textContent = text }
export const typing = target => target.closest?.('input, textarea, select, [contenteditable]') != null
