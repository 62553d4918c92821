"""Chinese numerals up to 99 as digits, so that 九点半, 两盒 and 十一月 read like 9点半, 2盒 and 11月."""

from __future__ import annotations

import re

from prompts.numerals import DIGITS

_RUN = re.compile("[零〇一二两三四五六七八九十]+")


def number(written: str) -> int | None:
    """二十三 → 23; None when it is not a numeral up to 99."""
    if written in DIGITS:
        return DIGITS[written]
    tens, ten, ones = written.partition("十")
    if not ten or len(tens) > 1 or len(ones) > 1:
        return None
    if (tens and tens not in DIGITS) or (ones and ones not in DIGITS):
        return None
    return (DIGITS[tens] if tens else 1) * 10 + (DIGITS[ones] if ones else 0)


def to_digits(text: str) -> str:
    """The text with each numeral in digits (a run without 十 digit by digit)."""

    def digits(match: re.Match[str]) -> str:
        run = match.group()
        value = number(run)
        if value is not None or "十" in run:
            return run if value is None else str(value)
        return "".join(str(DIGITS[char]) for char in run)  # 二〇二六, 周一三五

    return _RUN.sub(digits, text)
