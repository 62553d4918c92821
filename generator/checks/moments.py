"""Days and times of day as a post names them: 11月26日, 明晚8点, 周四, 20:00-22:00.

Finds them in a plain text (see :mod:`generator.checks.views`) and says what they may mean. A bare
"8点" may be morning or evening, so a time is a set of minutes of the day; a bare weekday may be this
week's or the next one's, so a day is a set of dates.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from generator.checks import numerals

_N = r"\d{1,2}|[一二三四五六七八九十]{1,3}"
_DATE = re.compile(
    rf"(?:(?P<year>20\d\d)\s?[-/.年]\s?(?P<m1>\d{{1,2}})\s?[-/.月]\s?(?P<d1>\d{{1,2}})[日号]?"
    rf"|(?<![\d.])(?P<m2>{_N})月(?P<d2>{_N})[日号]?"
    rf"|(?<![\d.月:])(?P<d3>\d{{1,2}})[日号](?=[开截前晚早上下中凌到至起之，。,！!、）)]|\d{{1,2}}[:点]|$))"
)
_RELATIVE = {"大后": 3, "后": 2, "明": 1, "今": 0, "当": 0, "昨": -1, "前": -2}
_NEAR = re.compile(r"(?P<near>大后|后|明|今|昨|前|当)(?:天|日|晚|早|夜)(?![子们])")
_WEEKDAY = re.compile(
    r"(?P<which>每|上上|下下|上|下|本|这|逢)?个?(?:周|星期|礼拜)(?P<day>[一二三四五六日天])(?![年期])"
)
_PERIODS = r"凌晨|清晨|早上|早晨|上午|早间|中午|午间|下午|午后|傍晚|晚上|晚间|夜里|深夜|今晚|明晚|昨晚|当晚|今早|明早|每晚|早|晚|午"
_CLOCK = re.compile(
    rf"(?P<period>{_PERIODS})?\s?(?:(?<!\d)(?P<h1>[01]?\d|2[0-4])\s?:\s?(?P<m1>[0-5]\d)(?!\d)"
    rf"|(?<![\d.])(?P<h2>{_N})\s?[点时](?![事尤间候而])(?:(?P<half>半|整|一刻|三刻)|(?P<m2>[0-5]?\d)分?(?![的步个条]))?)"
)
_NOT_CLOCK_AFTER = re.compile(r"(?:建议|注意|提醒|理由|原因|好处|小|要|经验|心得|感受|说明|、|\))")
_CLOCK_AFTER = re.compile(r"(?:钟|前|后|开|见|到|至|起|准|整|截|结|来|抢|发|公布|，|。|-|~)")


@dataclass(frozen=True, slots=True)
class Day:
    """A day named in a text. ``dates`` are what it may mean; ``near`` for 今天, 明晚; ``weekday`` 0-6."""

    start: int
    end: int
    dates: tuple[date, ...]
    exact: bool  # written with a month: 11月26日
    weekday: int | None = None
    recurring: bool = False  # 每周三
    near: bool = False


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day named in a text; ``minutes`` are the minutes since midnight it may mean."""

    start: int
    end: int
    minutes: tuple[int, ...]


def days(text: str, today: date) -> Iterator[Day]:
    """Every day named in ``text`` by a post of ``today``, in order of kind, then place."""
    for match in _DATE.finditer(text):
        found = _date(match, today)
        if found is not None:
            exact = match["d3"] is None
            yield Day(match.start(), match.end(), found, exact)
    for match in _NEAR.finditer(text):
        day = today + timedelta(days=_RELATIVE[match["near"]])
        yield Day(match.start(), match.end(), (day,), exact=False, near=True)
    for match in _WEEKDAY.finditer(text):
        yield _weekday(match, today)


def _date(match: re.Match[str], today: date) -> tuple[date, ...] | None:
    year = int(match["year"]) if match["year"] else None
    month = _small(match["m1"] or match["m2"]) if match["d3"] is None else None
    day = _small(match["d1"] or match["d2"] or match["d3"])
    if day is None or (month is None and match["d3"] is None):
        return None
    if month is None:
        months = {(today.year, today.month), _next_month(today), _last_month(today)}
        return tuple(sorted(made for y, m in months if (made := _made(y, m, day)) is not None))
    years = (year,) if year else (today.year, today.year + 1, today.year - 1)
    return tuple(made for y in years if (made := _made(y, month, day)) is not None)


def _small(written: str) -> int | None:
    if written.isdigit():
        return int(written)
    value = numerals.chinese(written)
    return int(value) if value is not None else None


def _made(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _next_month(day: date) -> tuple[int, int]:
    return (day.year + day.month // 12, day.month % 12 + 1)


def _last_month(day: date) -> tuple[int, int]:
    return (day.year - (day.month == 1), (day.month - 2) % 12 + 1)


def _weekday(match: re.Match[str], today: date) -> Day:
    number = "一二三四五六日".find(match["day"].replace("天", "日"))
    monday = today - timedelta(days=today.weekday())
    which = match["which"] or ""
    weeks = {"上上": -2, "上": -1, "本": 0, "这": 0, "下": 1, "下下": 2}.get(which)
    if weeks is not None:
        dates: tuple[date, ...] = (monday + timedelta(days=number + 7 * weeks),)
    else:
        dates = tuple(monday + timedelta(days=number + 7 * w) for w in (0, 1, -1))
    return Day(
        match.start(), match.end(), dates, exact=False, weekday=number, recurring=which in {"每", "逢"}
    )


def clocks(text: str) -> Iterator[Clock]:
    """Every time of day named in ``text``."""
    for match in _CLOCK.finditer(text):
        if match["h2"] is not None and not _is_clock(match, text):
            continue
        hour = _small(match["h1"] or match["h2"])
        if hour is None or hour > 24:
            continue
        written = "exact" if (match["h1"] or "").startswith("0") else match["period"] or ""
        yield Clock(match.start(), match.end(), _minutes(hour, _minute(match), written))


def _is_clock(match: re.Match[str], text: str) -> bool:
    """ "三点建议" and "一点点" are no times; "8点" and "晚上八点" are."""
    if match["period"] and match["period"] not in {"早", "午"}:
        return True
    after = text[match.end() : match.end() + 3]
    if _NOT_CLOCK_AFTER.match(after):
        return False
    if match["h2"].isdigit() or match["half"]:
        return True
    return bool(match["h2"] != "一" and _CLOCK_AFTER.match(after))


def _minute(match: re.Match[str]) -> int:
    if match["m1"] or match["m2"]:
        return int(match["m1"] or match["m2"])
    return {"半": 30, "一刻": 15, "三刻": 45}.get(match["half"] or "", 0)


def _minutes(hour: int, minute: int, period: str) -> tuple[int, ...]:
    if period.endswith(("晚", "晚上", "晚间", "夜里", "深夜", "傍晚", "下午", "午后")):
        hours = {hour if hour > 12 else hour + 12 if hour < 12 else 12}
        if hour == 12 and period.endswith(("晚", "晚上", "晚间", "夜里", "深夜")):
            hours = {24, 0}
    elif period in {"中午", "午间", "午"}:
        hours = {hour if hour >= 10 else hour + 12}
    elif period:
        hours = {hour}
    else:
        hours = {hour, hour + 12} if 0 < hour <= 12 else {hour}
    return tuple(sorted(h * 60 + minute for h in hours if h <= 24))
