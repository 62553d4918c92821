"""When two durations are the same: 48小时 is 两天, 一周 is 7天, 半小时 is 30分钟, half a year is six months.

Only what is exactly equal counts. A working day is no day, a month no thirty days, and 半天 is what people say of a while.
"""

from __future__ import annotations

from decimal import Decimal

_MINUTES = {"分钟": 1, "刻钟": 15, "小时": 60, "天": 1_440, "日": 1_440, "周": 10_080, "星期": 10_080}
_MONTHS = {"月": 1, "年": 12}
_HALF = Decimal("0.5")
Length = tuple[str, Decimal]


def length(value: Decimal, unit: str) -> Length:
    """What a duration comes to; equal ones are the same, whatever the units they are told in."""
    plain = unit.removeprefix("个")
    if plain in _MINUTES and not (plain in ("天", "日") and value == _HALF):
        return "minutes", value * _MINUTES[plain]
    if plain in _MONTHS:
        return "months", value * _MONTHS[plain]
    return plain, value
