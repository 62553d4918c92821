"""The Chinese numerals every floor reads: what one sign is worth, and how the first few counts are written."""

from __future__ import annotations

WORDS = "零一二三四五六七八九十"
DIGITS = {sign: worth for worth, sign in enumerate(WORDS[:10])} | {"〇": 0, "两": 2}
COUNTS = DIGITS | {"十": 10}
