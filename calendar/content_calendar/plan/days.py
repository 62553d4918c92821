"""What a day is: official working day or holiday, lunar festival, solar term, and the names worth a hook.

The official calendar (节假日与调休) comes from chinesecalendar, which only knows the years the State Council has
announced; for any other year the plain weekday rule stands in and the caller is told. Festival and solar
term names come from lunar-python.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

import chinese_calendar
from lunar_python import Lunar, Solar

WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
SOLAR_TERMS = (
    "立春", "雨水", "惊蛰", "春分", "清明", "谷雨", "立夏", "小满", "芒种", "夏至", "小暑", "大暑",
    "立秋", "处暑", "白露", "秋分", "寒露", "霜降", "立冬", "小雪", "大雪", "冬至", "小寒", "大寒",
)  # fmt: skip
FESTIVALS = (
    "元旦", "除夕", "春节", "元宵节", "情人节", "妇女节", "清明节", "劳动节", "端午节", "母亲节", "儿童节", "父亲节",
    "七夕节", "中秋节", "教师节", "重阳节", "国庆节", "圣诞节", "腊八节",
)  # fmt: skip
_HOLIDAYS = {
    "New Year's Day": "元旦", "Spring Festival": "春节", "Tomb-sweeping Day": "清明节", "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节", "National Day": "国庆节", "Mid-autumn Festival": "中秋节",
}  # fmt: skip
_FIXED = {(1, 1): "元旦", (5, 1): "劳动节", (6, 1): "儿童节", (9, 10): "教师节", (10, 1): "国庆节"}
_ALIKE = {
    "元宵": "元宵节", "端午": "端午节", "七夕": "七夕节", "中秋": "中秋节", "重阳": "重阳节",
    "国庆": "国庆节", "腊八": "腊八节", "元旦节": "元旦", "三八妇女节": "妇女节", "五一": "劳动节", "六一": "儿童节",
}  # fmt: skip


@lru_cache(maxsize=64)
def covered(year: int) -> bool:
    """True when the official holidays of ``year`` are known."""
    try:
        chinese_calendar.is_workday(date(year, 1, 1))
    except NotImplementedError:
        return False
    return True


def workday(day: date) -> bool:
    """True on an official working day: a worked Saturday is one, a holiday Monday is not.

    In a year that is not :func:`covered`, Monday to Friday.
    """
    if not covered(day.year):
        return day.isoweekday() <= 5
    return bool(chinese_calendar.is_workday(day))


@lru_cache(maxsize=2048)
def names(day: date) -> frozenset[str]:
    """Every solar term and festival name that may truly be said of ``day``, holidays' later days included."""
    return frozenset(festive(day)) | frozenset(_holiday(day))


@lru_cache(maxsize=2048)
def festive(day: date) -> tuple[str, ...]:
    """Solar term and festivals that fall exactly on ``day``, solar term first."""
    solar = Solar.fromYmd(day.year, day.month, day.day)
    lunar = solar.getLunar()
    found = [
        lunar.getJieQi(),
        *lunar.getFestivals(),
        *solar.getFestivals(),
        _FIXED.get((day.month, day.day), ""),
    ]
    wanted = {canonical(name) for name in found if name}
    known = [name for name in (*SOLAR_TERMS, *FESTIVALS) if name in wanted]
    return tuple(dict.fromkeys(known))


def _holiday(day: date) -> tuple[str, ...]:
    if not covered(day.year):
        return ()
    rest, name = chinese_calendar.get_holiday_detail(day)
    return (_HOLIDAYS[name],) if rest and name in _HOLIDAYS else ()


def canonical(name: str) -> str:
    """The one form of a festival's name: 端午 and 端午节 are the same, as are 元旦节 and 元旦."""
    return _ALIKE.get(name, name)


_NAMED = re.compile("|".join(sorted({*SOLAR_TERMS, *FESTIVALS, *_ALIKE}, key=len, reverse=True)))


def named_in(text: str) -> tuple[str, ...]:
    """Solar terms and festivals that ``text`` names, in order, in canonical form."""
    return tuple(dict.fromkeys(canonical(match.group()) for match in _NAMED.finditer(text)))


@lru_cache(maxsize=64)
def spring_festival(year: int) -> date:
    """The first day of the lunar year that begins in the solar ``year``."""
    solar = Lunar.fromYmd(year, 1, 1).getSolar()
    return date(solar.getYear(), solar.getMonth(), solar.getDay())


def weekday(day: date) -> str:
    """周一 … 周日."""
    return WEEKDAYS[day.weekday()]
