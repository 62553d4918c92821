"""Numbers as people write them: 1,280 and 1.2万, 两, 十二, 一千三百, 半; and what they are worth."""

from __future__ import annotations

import re
from decimal import Decimal

from prompts.numerals import DIGITS

ARABIC = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
CHINESE = r"[零〇一二两三四五六七八九十百千万半几]+"

_PLACES = {"十": 10, "百": 100, "千": 1000}
_SCALES = {"万": 10_000, "千": 1_000, "百": 100, "亿": 100_000_000, "k": 1_000, "w": 10_000, "": 1}
_PLAIN = re.compile(r"[零〇一二三四五六七八九]{2,}")


def arabic(written: str, scale: str = "") -> Decimal:
    """``"1,280"`` → 1280; with scale ``"万"`` ten thousand times as much."""
    return Decimal(written.replace(",", "")[:24]) * _SCALES[scale]


def chinese(written: str) -> Decimal | None:
    """``"一千三百"`` → 1300, ``"半"`` → 0.5; None for 几 and for what is no number (``"十几"``)."""
    if "几" in written or len(written) > 16:
        return None
    if written == "半":
        return Decimal("0.5")
    if _PLAIN.fullmatch(written):
        return Decimal("".join(str(DIGITS[sign]) for sign in written))
    return _places(written)


def _places(written: str) -> Decimal | None:
    total = section = digit = 0
    for sign in written:
        if sign in DIGITS:
            digit = DIGITS[sign]
        elif sign in _PLACES:
            section += (digit or 1) * _PLACES[sign]
            digit = 0
        elif sign == "万":
            total += (section + digit or 1) * 10_000
            section = digit = 0
        else:
            return None
    return Decimal(total + section + digit)
