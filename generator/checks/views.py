"""A text as the checks read it, with a map back to the text as it was written.

People write ①, ２０：００, 乾 or a zero-width sign inside a word; rules are written once, in plain simplified
Chinese. A view is the plain form together with, for each of its characters, the offset of the character
it came from, so that a finding always points at the original. Folding is done character by character,
which keeps the map exact and the cost linear.
"""

from __future__ import annotations

import unicodedata
from array import array
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Literal

# Circled, black, and bracketed signs that NFKC leaves alone. U+2776.. ❶, U+2780.. ➀, U+278A.. ➊, U+24F5.. ⓵
_DIGIT_RUNS = ((0x2776, 10), (0x2780, 10), (0x278A, 10), (0x24F5, 10))
_BLACK_TEENS = (0x24EB, 10)  # ⓫ to ⓴
_LATIN = "\u0250"
_LETTER_RUNS = (0x1F150, 0x1F170)  # 🅐 and 🅰, 26 letters each
REMEMBERED = 600  # characters of the longest text that is kept


@dataclass(frozen=True, slots=True)
class View:
    """``text`` is the plain form; its i-th character was written at ``starts[i]:ends[i]`` of the original.

    ``ends`` is None when every character of the plain form stands for a single one of the original.
    """

    text: str
    starts: array[int]
    ends: array[int] | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The offsets in the original that ``text[start:end]`` came from; (0, 0) for an empty stretch."""
        if start >= end:
            return (0, 0)
        last = self.starts[end - 1] + 1 if self.ends is None else self.ends[end - 1]
        return (self.starts[start], last)


class _Folds(dict[str, str]):
    """Remembers how each character folds; filled as characters are met, at most one entry for each."""

    def __missing__(self, sign: str) -> str:
        self[sign] = folded = _fold(sign)
        return folded


_FOLDS = _Folds()


def strict(text: str) -> View:
    """Width, circled digits, traditional characters and case folded; invisible signs dropped.

    Spaces, punctuation and symbols stay where they are, so what matches here stands in the text as is. The texts of
    a batch's briefs come by again and again, so short ones are remembered.
    """
    return _remembered(text) if len(text) <= REMEMBERED else _strict(text)


def _strict(text: str) -> View:
    folds = _FOLDS
    parts = [folds[sign] for sign in text]
    plain = "".join(parts)
    if len(plain) == len(text) and all(len(part) == 1 for part in parts):
        return View(plain, array("I", range(len(text))))
    return View(plain, array("I", (at for at, part in enumerate(parts) for _ in part)))


_remembered = lru_cache(maxsize=4096)(_strict)


def _fold(sign: str) -> str:
    if sign < "\x7f":
        return sign.lower() if sign >= " " or sign in "\n\t" else ""
    special = _numbers().get(sign)
    if special is not None:
        return special
    if _invisible(sign):
        return ""
    form: Literal["NFKC", "NFKD"] = (
        "NFKD" if sign < _LATIN else "NFKC"
    )  # zuì is zui; Hangul and kana stay whole
    plain = unicodedata.normalize(form, sign).lower()
    plain = "".join(part for part in plain if not _invisible(part))
    return "".join(_simplified().get(part, part) for part in plain)


def _invisible(sign: str) -> bool:
    """Format signs (zero-width, joiners, direction), combining marks, and fillers that print nothing."""
    return unicodedata.category(sign) in {"Cf", "Mn", "Me", "Cc", "Cn", "Co", "Cs"} and sign not in "\n\t"


@cache
def _numbers() -> dict[str, str]:
    found = {chr(base + n): str(n + 1) for base, count in _DIGIT_RUNS for n in range(count)}
    base, count = _BLACK_TEENS
    found |= {chr(base + n): str(n + 11) for n in range(count)}
    found |= {chr(base + n): chr(ord("a") + n) for base in _LETTER_RUNS for n in range(26)}
    # Marks that read as words: 🈚 is 无, 🈵 is 满 ...; 🔟 is a number; 〇 is a zero between numerals.
    found |= {
        "🔟": "10",
        "⓿": "0",
        "〡": "1",
        "丨": "1",
        "\u3000": " ",
        "\xa0": " ",
        "〜": "~",
        "―": "-",
        "🈲": "🈲",
    }
    # Letters that only look Latin are read as such; ㊙ and ㊗ are ornaments, not characters of a word.
    found |= dict(zip("αεικνορτυχаеорсухіѕ", "aeiknoptuxaeopcyxis", strict=True)) | {"㊙": "㊙", "㊗": "㊗"}
    found |= dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧАВЕКМНОРСТХ", "abezhikmnoptyxabekmhopctx", strict=True))
    # Chinese punctuation stays Chinese: a comma between clauses is not the comma of 1,280.
    found |= {sign: sign for sign in "，！？；（）"}
    return found


@cache
def _simplified() -> dict[str, str]:
    """Traditional to simplified, one character for one, from OpenCC's table (Apache-2.0)."""
    table = resources.files("opencc").joinpath("dictionary/TSCharacters.txt").read_text("utf-8")
    return {entry[0]: entry[2] for entry in table.splitlines() if len(entry) > 2 and entry[1] == "\t"}
