"""Texts of cells: what counts as blank, how names, codes and prose are cleaned, how words are compared.

Cleaning is idempotent (cleaning a cleaned text changes nothing), because an exported workbook is read again.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time, timedelta

Raw = str | float | int | bool | date | datetime | time | timedelta  # what the reader gives for a cell

_DASHES = frozenset(
    {
        "-",
        "--",
        "—",
        "——",
        "–",
        "/",
        "\\",
        "无",
        "暂无",
        "没有",
        "空",
        "n/a",
        "na",
        "null",
        "none",
        "nil",
        "待定",
        "未定",
    }
)
# Characters nobody sees. Joiners stay in prose (emoji are built with them) and go from names and codes.
_ZERO_WIDTH = re.compile("[\u00ad\u034f\u061c\u180e\u200b\u200c\u200e\u200f\u2060-\u2064\ufeff\ufff9-\ufffb]")
_JOINERS = re.compile("[\u200d\ufe0e]")
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]")
# One pair of brackets without another inside: a lazy .*? would take quadratic time on a row of open ones.
BRACKETED = re.compile(r"[(（\[【][^()（）\[\]【】]*[)）\]】]")
_CJK = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef"
_BREAK = re.compile(rf"(?<=[{_CJK}])\s*\n\s*(?=[{_CJK}])")


def plain(raw: Raw) -> str:
    """A cell as text: 101.0 → 101, dates in ISO form, times HH:MM, booleans 是 / 否."""
    if isinstance(raw, str):
        return raw
    if isinstance(raw, bool):
        return "是" if raw else "否"
    if isinstance(raw, float):
        return format(int(raw), "d") if raw.is_integer() and abs(raw) < 1e15 else repr(raw)
    if isinstance(raw, datetime):
        return raw.strftime("%Y-%m-%d %H:%M")
    if isinstance(raw, time):
        return raw.strftime("%H:%M")
    if isinstance(raw, timedelta):
        minutes = round(raw.total_seconds() / 60)
        return f"{minutes // 60}:{minutes % 60:02d}"
    return str(raw)


def is_blank(raw: Raw | None) -> bool:
    """True when a person sees nothing in the cell."""
    return raw is None or (isinstance(raw, str) and not _visible(raw))


def is_dash(raw: Raw | None) -> bool:
    """True for blank, and for the strokes and words people write to say "nothing here"."""
    return is_blank(raw) or (isinstance(raw, str) and fold(raw) in _DASHES)


def _visible(text: str) -> str:
    return _CONTROL.sub("", _BIDI.sub("", _ZERO_WIDTH.sub("", text))).strip("\u3000 \t\r\n\xa0")


def fold(text: str) -> str:
    """A word as it is compared: NFKC, nothing invisible, no white space, lower case."""
    return "".join(_JOINERS.sub("", _visible(unicodedata.normalize("NFKC", text))).split()).casefold()


def half(text: str) -> str:
    """A value before it is parsed: NFKC (full-width digits and signs become half-width), trimmed."""
    return _visible(unicodedata.normalize("NFKC", text)).strip()


def prose(raw: Raw) -> str:
    """A text of several lines: control characters and trailing blanks go, its own spaces and lines stay."""
    text = plain(raw).replace("\r\n", "\n").replace("\r", "\n")
    text = _CONTROL.sub("", _BIDI.sub("", _ZERO_WIDTH.sub("", text)))
    return unicodedata.normalize(
        "NFC", "\n".join(line.rstrip() for line in text.split("\n")).strip("\u3000 \t\n\xa0")
    )


def name(raw: Raw) -> str:
    """A name on one line: nothing invisible, single spaces; a line break between Chinese characters goes."""
    text = _BREAK.sub("", _JOINERS.sub("", prose(raw)))
    return unicodedata.normalize("NFC", " ".join(text.split()))


def code(raw: Raw) -> str:
    """A code: half-width, without any white space."""
    text = "".join(half(_JOINERS.sub("", plain(raw))).split())
    return unicodedata.normalize("NFKC", text)  # again: without the spaces, marks meet their letters


def invisible(text: str) -> bool:
    """True when cleaning removed zero-width characters (harmless, but the author did not see them)."""
    return bool(_ZERO_WIDTH.search(text))


def deceptive(text: str) -> bool:
    """True for characters that make a name look like another one: bidi overrides and control characters."""
    return bool(_BIDI.search(text) or _CONTROL.search(text))
