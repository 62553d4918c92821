"""The joined view: what a text says once the tricks are taken out of it.

Spaces, symbols and emoji inside a clause are dropped, emoji that stand for words are read, split
characters are put together, known homophones and letter runs are read as the word they stand for
(tables in ``packs/_fold.yaml`` and, for single characters, ``packs/_alike.yaml``). Clause and sentence ends stay, so that nothing is joined across them.
A hit that exists only here is of lower trust.
"""

from __future__ import annotations

import re
from array import array

from generator.checks import alike
from generator.checks.fold import HAN, Tricks, tricks
from generator.checks.rewriting import rewritten
from generator.checks.spelling import spelled, suspicious
from generator.checks.views import View

# What separates clauses, or carries meaning between digits and letters, is kept.
_KEPT = frozenset("。！？!?；;，,、：:\n…（）()“”\"「」『』《》【】'‘’%¥@+=<>&→←↓")
_BETWEEN_LATIN = frozenset(" .-~/×*")
_SEPARATOR = re.compile(f"[^\\w{re.escape(''.join(sorted(_KEPT)))}]|_")
# A kept sign that comes again behind one single character keeps nothing apart: 美→白→针, 最。好。用
_SPELT_OUT = re.compile("([。.；;，,、：:…+=<>&→←↓@%])(?=[\u4e00-\u9fff]\\1)")
_AGAIN = 3
_BETWEEN = re.compile(
    "([^\\w\\s])(?=[\u4e00-\u9fff]\\1)"
)  # an emoji on both sides of one character: 祛💊斑💊霜
# Brackets around a single character keep nothing apart either: 美(白)针, 【最】【好】
_BRACKETED = re.compile(f"[【（(「『《\\[“]([{HAN}])[】）)」』》\\]”]")
_WORD_BEFORE, _WORD_AFTER = re.compile("[a-z]+$"), re.compile("[a-z]+")


def joined(view: View) -> View | None:
    """The joined view of a strict view; None when it says nothing else than the strict one."""
    table = tricks()
    text, starts, ends = _read_signs(view, table)
    text = text.translate(table.characters)
    if table.any_phrase.search(text):
        for pattern, plain in table.phrases:
            text, starts, ends = _replaced(text, starts, ends, pattern, plain)
    if suspicious(text, table):
        text, starts, ends = spelled(text, starts, ends, table)
    text, starts, ends = _put_right(text, starts, ends)
    if text == view.text:
        return None
    return View(text, starts, ends)


_STRETCH = re.compile("[^。！!\n]*[。！!\n]*")


def otherwise(plain: View, strict: View) -> View:
    """The stretches of the joined view that say something else than the strict one; the others have been read."""
    said = set(_STRETCH.findall(strict.text))
    text, starts = plain.text, plain.starts
    ends = plain.ends if plain.ends is not None else array("I", [start + 1 for start in starts])
    parts: list[str] = []
    new_starts, new_ends = array("I"), array("I")
    for match in _STRETCH.finditer(text):
        if match.group() and match.group() not in said:
            parts.append(match.group())
            new_starts += starts[match.start() : match.end()]
            new_ends += ends[match.start() : match.end()]
    return View("".join(parts), new_starts, new_ends)


def _read_signs(view: View, table: Tricks) -> tuple[str, array[int], array[int]]:
    """Emoji that are words are read; other separators inside a clause are dropped."""
    source = view.text
    starts = view.starts
    ends = view.ends if view.ends is not None else array("I", [start + 1 for start in starts])
    parts: list[str] = []
    new_starts, new_ends = array("I"), array("I")
    at = 0
    between = set(_BETWEEN.findall(source))
    for here in _separators(source):
        sign = source[here]
        if sign in _BETWEEN_LATIN and _belongs(source, here) and not _syllables(source, here, table):
            continue
        # The same sign again and again is a separator, whatever it may stand for once: 领❤福❤利❤
        word = table.signs.get(sign, "")
        if word and (sign in between or source.count(sign) >= _AGAIN or _strewn(source, sign)):
            word = ""
        parts += [source[at:here], word]
        new_starts += starts[at:here]
        new_ends += ends[at:here]
        for _ in word:
            new_starts.append(starts[here])
            new_ends.append(ends[here])
        at = here + 1
    if not parts:
        return source, starts, ends
    return "".join([*parts, source[at:]]), new_starts + starts[at:], new_ends + ends[at:]


def _strewn(source: str, sign: str) -> bool:
    """True when a sign stands inside words more than once, and nowhere else: 刷☠酸换☠肤."""
    return (
        source.count(sign) == 2 and len(re.findall(f"(?<=[{HAN}]){re.escape(sign)}(?=[{HAN}])", source)) == 2
    )


def _separators(source: str) -> list[int]:
    """Where signs stand that may be dropped, in order."""
    places = [match.start() for match in _SEPARATOR.finditer(source)]
    spelt = {at for match in _SPELT_OUT.finditer(source) for at in (match.start(), match.start() + 2)}
    spelt |= {at for match in _BRACKETED.finditer(source) for at in (match.start(), match.end() - 1)}
    return sorted({*places, *spelt}) if spelt else places


def _belongs(source: str, here: int) -> bool:
    """True between digits and words of Latin letters (3.5, ok go), not between single ones (F D A)."""
    if not (_latin(source[max(0, here - 1) : here]) and _latin(source[here + 1 : here + 2])):
        return False
    single = not _latin(source[max(0, here - 2) : here - 1]) and not _latin(source[here + 2 : here + 3])
    return not (single and source[here - 1].isalpha() and source[here + 1].isalpha())


def _syllables(source: str, here: int, table: Tricks) -> bool:
    """True between two sounds of the table: zui hao is one word, ok go are two."""
    if source[here] != " ":
        return False
    before = _WORD_BEFORE.search(source[max(0, here - 8) : here])
    after = _WORD_AFTER.match(source[here + 1 : here + 9])
    return before is not None and after is not None and {before.group(), after.group()} <= table.syllables


def _latin(sign: str) -> bool:
    return sign.isascii() and sign.isalnum()


def _replaced(
    text: str, starts: array[int], ends: array[int], pattern: re.Pattern[str], plain: str
) -> tuple[str, array[int], array[int]]:
    """Every match of ``pattern`` read as ``plain``; all its characters point at the whole match."""
    found = (match.span() for match in pattern.finditer(text) if match.end() > match.start())
    return rewritten(
        text, starts, ends, ((first, end, [(first, end, sign) for sign in plain]) for first, end in found)
    )


def _put_right(text: str, starts: array[int], ends: array[int]) -> tuple[str, array[int], array[int]]:
    """Characters that sound or look like the right one are put right, each in its own place."""
    hits = alike.found(text)
    if not hits:
        return text, starts, ends
    pieces: list[str] = []
    at = 0
    for start, end, word in hits:
        pieces += [text[at:start], word]
        at = end
    return "".join([*pieces, text[at:]]), starts, ends
