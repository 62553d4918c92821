"""Days and moments: 2026-12-01, 2026.12.1 20:00, 11月28日晚8点, 12-1, Excel days, day numbers.

A day without its year takes the year that brings it closest to an anchor: the middle of the workbook's full
dates, else today. Moments are wall time in the brand's zone until :func:`content_calendar.zones.place` makes them instants.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from content_calendar.workbook.values.text import Raw
from content_calendar.workbook.values.times import CLOCK, DAY, clock_minutes, tidy, written_minutes
from content_calendar.workbook.values.unreadable import Unreadable

FIRST, LAST = date(2000, 1, 1), date(2099, 12, 31)
_EPOCH = date(1899, 12, 30)
_WEEKDAY = re.compile(r"\s*[(\[【]?\s*(?:周|星期|礼拜)\s*([1-7一二三四五六日天末])\s*[)\]】]?\s*")
_FULL = r"(?P<year>\d{4}|\d{2}(?=\s*年))\s*(?:[-/.]|年)\s*(?P<month>\d{1,2})\s*(?:[-/.]|月)\s*(?P<day>\d{1,2})(?:\s*[日号]|(?!\d))"
_SHORT = r"(?P<month>\d{1,2})\s*(?:[-/.]|月)\s*(?P<day>\d{1,2})(?:\s*[日号]|(?!\d))"
_COMPACT = r"(?P<year>20\d{2})(?P<month>\d{2})(?P<day>\d{2})(?!\d)"
_DAY_PATTERNS = tuple(re.compile(pattern) for pattern in (_FULL, _COMPACT, _SHORT))
_OFFSET = re.compile(r"(?:z|[+-]\d{2}:?\d{2})\Z")
_CLOCK = re.compile(CLOCK)


@dataclass(frozen=True)
class Day:
    """A written day. ``year`` is None where none was written; ``weekday`` (ISO) where one was."""

    year: int | None
    month: int
    day: int
    weekday: int | None = None

    def on(self, anchor: date | None) -> date:
        """The date meant; Unreadable when it does not exist or no year can be told."""
        if self.year is not None:
            return _date(self.year, self.month, self.day)
        if anchor is None:
            raise bad_date()
        near = [
            found for year in (anchor.year - 1, anchor.year, anchor.year + 1) if (found := _maybe(year, self))
        ]
        if not near:
            raise bad_date()
        return min(near, key=lambda found: abs((found - anchor).days))


@dataclass(frozen=True)
class Moment:
    """A written moment: its day and its minutes after midnight (None: only a day was written)."""

    day: Day
    minutes: int | None
    offset: timedelta | None = None  # written with it: 2026-12-01T20:00+08:00
    seconds: int = 0


def bad_date() -> Unreadable:
    """What a day should have looked like."""
    return Unreadable(
        "bad_date", "2000 到 2099 年间的日期，如 2026-11-26 或 11月26日", "a date, like 2026-11-26"
    )


def bad_moment() -> Unreadable:
    """What a moment should have looked like."""
    return Unreadable(
        "bad_moment", "日期和时间，如 2026-11-26 20:00", "a date and time, like 2026-11-26 20:00"
    )


def _maybe(year: int, day: Day) -> date | None:
    try:
        return date(year, day.month, day.day)
    except ValueError:
        return None


def _date(year: int, month: int, day: int) -> date:
    try:
        found = date(year + 2000 if year < 100 else year, month, day)
    except ValueError as error:
        raise bad_date() from error
    if not FIRST <= found <= LAST:
        raise bad_date()
    return found


def exact(found: date) -> Day:
    """A :class:`Day` with its year."""
    checked = _date(found.year, found.month, found.day)
    return Day(checked.year, checked.month, checked.day)


def written_day(text: str) -> tuple[Day, str]:
    """The day at the start of a tidy text, and what follows it."""
    for pattern in _DAY_PATTERNS:
        match = pattern.match(text)
        if match:
            groups = match.groupdict()
            year = int(groups["year"]) if groups.get("year") else None
            rest = text[match.end() :]
            weekday = _WEEKDAY.match(rest)
            day = Day(
                year, int(groups["month"]), int(groups["day"]), _iso(weekday.group(1)) if weekday else None
            )
            return day, rest[weekday.end() :] if weekday else rest.strip()
    raise bad_date()


def _iso(word: str) -> int | None:
    index = "一二三四五六日".find("日" if word == "天" else word)
    return int(word) if word.isdigit() else (index + 1 if index >= 0 else None)


def parse_day(raw: Raw) -> Day:
    """The day in a cell; a moment's time is dropped."""
    if isinstance(raw, datetime):
        return exact((raw + timedelta(milliseconds=500)).date())
    if isinstance(raw, date):
        return exact(raw)
    if isinstance(raw, float | int) and not isinstance(raw, bool):
        return exact(_from_number(float(raw)).date())
    if not isinstance(raw, str):
        raise bad_date()
    day, rest = written_day(_without_leading_weekday(tidy(raw)))
    if rest and not re.fullmatch(r"(?:0?0:00(?::00)?)", rest):
        raise bad_date()
    return day


def parse_moment(raw: Raw) -> Moment:
    """The moment in a cell; ``minutes`` is None when only a day stands there (or a day at midnight)."""
    if isinstance(raw, datetime):
        return _of(raw + timedelta(milliseconds=500))
    if isinstance(raw, date):
        return Moment(exact(raw), None)
    if isinstance(raw, float | int) and not isinstance(raw, bool):
        return _of(_from_number(float(raw)))
    if not isinstance(raw, str):
        raise bad_moment()
    try:
        return _written_moment(_without_leading_weekday(tidy(raw)))
    except Unreadable as error:
        raise bad_moment() from error


def _of(moment: datetime) -> Moment:
    whole = bool(moment.hour or moment.minute or moment.second)
    return Moment(
        exact(moment.date()), moment.hour * 60 + moment.minute if whole else None, None, moment.second
    )


def _from_number(value: float) -> datetime:
    """A day number that Excel shows as a number because the cell has no date format."""
    if not 36526 <= value < 73051:  # 2000-01-01 to 2099-12-31
        raise bad_date()
    return datetime.combine(_EPOCH, time()) + timedelta(seconds=round(value * 86400))


def _without_leading_weekday(text: str) -> str:
    match = _WEEKDAY.match(text)
    return text[match.end() :] if match else text


def _written_moment(text: str) -> Moment:
    day, rest = written_day(text)
    rest = rest.strip(" t,，").strip()
    if not rest:
        return Moment(day, None)
    offset = _OFFSET.search(rest)
    if offset and ":" in rest[: offset.start()]:
        return _with_offset(day, rest[: offset.start()], offset.group())
    match = _CLOCK.fullmatch(rest)
    if match and match.group("second"):
        return Moment(day, clock_minutes(match), None, int(match.group("second")))
    minutes = written_minutes(rest)
    if not 0 <= minutes <= DAY:
        raise bad_moment()
    return Moment(day, minutes)


def _with_offset(day: Day, clock: str, written: str) -> Moment:
    if day.year is None:
        raise bad_moment()
    digits = written.replace(":", "")
    offset = timedelta(0)
    if digits != "z":
        offset = timedelta(hours=int(digits[1:3]), minutes=int(digits[3:5])) * (-1 if digits[0] == "-" else 1)
    match = _CLOCK.fullmatch(clock.strip())
    seconds = int(match.group("second") or 0) if match else 0
    return Moment(day, written_minutes(clock), offset, seconds)
