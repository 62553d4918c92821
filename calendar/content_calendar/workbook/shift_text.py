"""Dates, trade days and solar terms inside texts: moved by whole weeks, dropped, or renamed.

Only what belongs to campaigns is touched: a month-and-day, a full date. Editions (2026版, 2026年10月版) and report numbers stay.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

_FULL = re.compile(r"(?<!\d)(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)")
_CHINESE = re.compile(r"(?<![\d年])(?:(\d{4})年)?(\d{1,2})月(\d{1,2})([日号])")
_MONTH_WORD = re.compile(r"(?<![一二三四五六七八九十\d])(十[一二]|[一二三四五六七八九十])月(?=了)")
_TRADE = r"(?:双(?:11|12|十一|十二|1[12])|(?<!\d)618(?!\d)|三八节|38节|女神节|女王节|年货节|99大促|双旦|黑五)"
_TRADE_END = re.compile(_TRADE + r"(?=结束)")
_TRADE_WORD = re.compile(r"(?:今年)?" + _TRADE + r"(?:大促|狂欢节?|购物节)?的?")
_NUMERALS = ("", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")
TERMS = ("小寒", "大寒", "立春", "雨水", "惊蛰", "春分", "清明", "谷雨", "立夏", "小满", "芒种", "夏至",
         "小暑", "大暑", "立秋", "处暑", "白露", "秋分", "寒露", "霜降", "立冬", "小雪", "大雪", "冬至")  # fmt: skip
# Days that cannot move: a post about one of them is untrue on any other day.
FIXED = re.compile(
    "|".join(TERMS)
    + r"|元旦|春节|除夕|元宵|情人节|妇女节|劳动节|五一|母亲节|儿童节|端午|父亲节|七夕|教师节|中秋|国庆|重阳|万圣节|感恩节|圣诞"
    r"|每月\d{1,2}[日号]|新的一个月"
)


def move_dates(text: str, weeks: int, near: date) -> str:
    """The text with each written day moved by ``weeks``; a day without a year lies closest to ``near``."""
    text = _FULL.sub(lambda match: _full(match, weeks), text)
    text = _CHINESE.sub(lambda match: _chinese(match, weeks, near), text)
    return _MONTH_WORD.sub(lambda match: _month(match, weeks, near), text)


def _full(match: re.Match[str], weeks: int) -> str:
    try:
        day = date(*(int(part) for part in match.groups())) + timedelta(weeks=weeks)
    except ValueError:
        return match.group()
    return day.isoformat()


def _chinese(match: re.Match[str], weeks: int, near: date) -> str:
    year, month, day, mark = match.groups()
    found = _nearest(int(month), int(day), near) if year is None else _day(int(year), int(month), int(day))
    if found is None:
        return match.group()
    moved = found + timedelta(weeks=weeks)
    return (f"{moved.year}年" if year else "") + f"{moved.month}月{moved.day}{mark}"


def _month(match: re.Match[str], weeks: int, near: date) -> str:
    """十一月了 said on a day ``near``: the month of that day after the move."""
    return f"{_NUMERALS[(near + timedelta(weeks=weeks)).month]}月"


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _nearest(month: int, day: int, near: date) -> date | None:
    found = [there for year in (near.year - 1, near.year, near.year + 1) if (there := _day(year, month, day))]
    return min(found, key=lambda there: abs((there - near).days)) if found else None


def drop_trade_words(text: str) -> str:
    """The text without words tied to a fixed trade day (双12美白精华单品折扣 → 美白精华单品折扣)."""
    return _TRADE_WORD.sub("", _TRADE_END.sub("活动", text))


def term_in(text: str) -> str | None:
    """The solar term a text names."""
    return next((term for term in TERMS if term in text), None)


def nearest_term(day: date) -> tuple[date, str]:
    """The solar term closest to ``day``: its date (in China) and its name."""
    from lunar_python import Solar

    for step in range(10):
        for there in (day - timedelta(days=step), day + timedelta(days=step)):
            name = Solar.fromYmd(there.year, there.month, there.day).getLunar().getJieQi()
            if name:
                return there, str(name)
    raise AssertionError("a solar term comes about every 15 days")
