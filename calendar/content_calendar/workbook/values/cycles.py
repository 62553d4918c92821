"""Cycles (周期): on which days a row of the SOP comes round, from words, weekdays, days of the month or dates.

The rule that is stored and that the planner reads has exactly one of these shapes:
``{"weekdays": [1..7]}`` (ISO, Monday is 1), ``{"weekdays": [1..5], "workdays": true}`` (工作日: public holidays and 调休 count),
``{"month_days": [1..31]}`` (-1 is the last day) or ``{"dates": ["2026-11-23", ...]}``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from content_calendar.workbook.values.dates import Day, parse_day, written_day
from content_calendar.workbook.values.text import Raw
from content_calendar.workbook.values.times import tidy
from content_calendar.workbook.values.unreadable import Unreadable

_ALL = (1, 2, 3, 4, 5, 6, 7)
_WORDS: dict[str, tuple[int, ...]] = {
    **dict.fromkeys(
        ("每天", "每日", "天天", "日常", "全周", "daily", "everyday", "日更", "一周7天", "每天1次"), _ALL
    ),
    **dict.fromkeys(("周末", "每周末", "双休日", "双休", "weekend", "weekends"), (6, 7)),
}
_WORKDAYS = ("工作日", "每个工作日", "每工作日", "workday", "workdays", "weekdays", "平日")
_ENGLISH = {"mon": 1, "tue": 2, "wed": 3, "thu": 4, "fri": 5, "sat": 6, "sun": 7}
_PREFIX = re.compile(r"每?(?:周|星期|礼拜)")
_WEEK_RANGE = re.compile(r"([1-7])[-~到至]([1-7])")
_MONTH = re.compile(r"每(?:个)?月(?:的)?(.+)")
_DATES_AT_MOST = 400


@dataclass(frozen=True)
class Cycle:
    """What the cell says: as written, and as a rule of one of the shapes above; ``weekday_wrong`` names a slip."""

    written: str
    rule: dict[str, Any]
    weekday_wrong: str = ""
    yearless: bool = False

    @property
    def stored(self) -> str:
        """The words to keep: as written, but dates with their years (a year must not change at the next reading)."""
        return "、".join(_runs(self.rule["dates"])) if self.yearless else self.written


def parse_cycle(raw: Raw, anchor: date | None) -> Cycle:
    """The cycle in a cell; Unreadable when a person would have to ask."""
    if not isinstance(raw, str):
        try:
            day = parse_day(raw).on(anchor)
        except Unreadable as error:
            raise bad_cycle() from error
        return Cycle(day.isoformat(), {"dates": [day.isoformat()]})
    written = " ".join(raw.split())
    text = "".join(tidy(raw).split()).replace("星期", "周").replace("礼拜", "周")
    words = _by_word(text) or _by_weekdays(text) or _by_month_days(text)
    return Cycle(written, words) if words else _by_dates(written, tidy(raw), anchor)


def bad_cycle() -> Unreadable:
    """What a cycle should have looked like."""
    return Unreadable(
        "bad_cycle",
        "每天、工作日、周末、周一、周三-周五、每月8日或日期 2026-11-26",
        "daily, 周一, 周三-周五, 每月8日 or dates",
    )


def _by_word(text: str) -> dict[str, Any] | None:
    if text in _WORKDAYS:
        return {"weekdays": [1, 2, 3, 4, 5], "workdays": True}
    return {"weekdays": list(_WORDS[text])} if text in _WORDS else None


def _by_weekdays(text: str) -> dict[str, Any] | None:
    """周一, 每周一、三、五, 周135, 周三-周五, 周六至周一, 周六日."""
    for word, number in _ENGLISH.items():
        text = re.sub(rf"(?<![a-z]){word}[a-z]*\.?", f"周{number}", text)
    if not _PREFIX.match(text):
        return None
    body = re.sub(r"[天日]", "7", _PREFIX.sub("", text).replace("每", ""))
    body = re.sub(r"[、,，;；/+和及与&|]", "", body)
    days: list[int] = []
    for first, last in _WEEK_RANGE.findall(body):
        days += _week_span(int(first), int(last))
    rest = _WEEK_RANGE.sub("", body)
    if not re.fullmatch(r"[1-7末]*", rest) or not (days or rest):
        return None
    days += [day for char in rest for day in ((6, 7) if char == "末" else (int(char),))]
    return {"weekdays": sorted(set(days))}


def _week_span(first: int, last: int) -> list[int]:
    return [(first - 1 + step) % 7 + 1 for step in range((last - first) % 7 + 1)]


def _by_month_days(text: str) -> dict[str, Any] | None:
    """每月8日, 每月1日和15日, 每月1、15号, 每月1-5日, 每月最后一天."""
    match = _MONTH.match(text)
    if not match:
        return None
    body = re.sub(r"最后1天|月末|月底|末日|底", "-1", match.group(1)).replace("每月", "")
    days: list[int] = []
    for part in re.split(r"[、,，;；/+和及与&|]", re.sub(r"[日号]", "", body)):
        span = re.fullmatch(r"(\d{1,2})[-~到至](\d{1,2})", part)
        if span:
            days += range(int(span.group(1)), int(span.group(2)) + 1)
        elif re.fullmatch(r"\d{1,2}|-1", part):
            days.append(int(part))
        else:
            return None
    if not days or any(not (1 <= day <= 31 or day == -1) for day in days):
        return None
    return {"month_days": sorted(set(days))}


def _by_dates(written: str, text: str, anchor: date | None) -> Cycle:
    found: list[date] = []
    slips: list[str] = []
    yearless = False
    try:
        for part in filter(None, re.split(r"[、,，;；\n]|\s和\s|和|及", text)):
            days, part_yearless = _span(part.strip(), anchor, found[-1] if found else None, slips)
            found += days
            yearless = yearless or part_yearless
    except Unreadable as error:
        raise bad_cycle() from error
    if not found or len(found) > _DATES_AT_MOST:
        raise bad_cycle()
    return Cycle(
        written, {"dates": [day.isoformat() for day in sorted(set(found))]}, "、".join(slips), yearless
    )


def _span(part: str, anchor: date | None, before: date | None, slips: list[str]) -> tuple[list[date], bool]:
    """One date, or the days from one to another (11月26日-11月29日, 11月26-29日, 11.26至11.29)."""
    if before is not None and (match := re.fullmatch(r"(\d{1,2})[日号]", part)):
        return [Day(before.year, before.month, int(match.group(1))).on(None)], True  # 11月26日、28日
    day, rest = written_day(part)
    first = day.on(anchor)
    _slip(day, first, slips)
    rest = re.sub(r"^\s*(?:-{1,2}|~|至|到)\s*", "→", rest)
    if not rest:
        return [first], day.year is None
    if not rest.startswith("→"):
        raise bad_cycle()
    last = _span_end(rest[1:], first, slips)
    if not first <= last <= first + timedelta(days=_DATES_AT_MOST):
        raise bad_cycle()
    return [first + timedelta(days=step) for step in range((last - first).days + 1)], day.year is None


def _span_end(text: str, first: date, slips: list[str]) -> date:
    match = re.fullmatch(r"(\d{1,2})\s*[日号]?", text)
    if match:
        return Day(first.year, first.month, int(match.group(1))).on(None)
    day, rest = written_day(text)
    if rest:
        raise bad_cycle()
    last = day.on(first)
    _slip(day, last, slips)
    return last


def _slip(day: Day, meant: date, slips: list[str]) -> None:
    if day.weekday is not None and day.weekday != meant.isoweekday():
        slips.append(f"{meant.isoformat()} 是周{'一二三四五六日'[meant.isoweekday() - 1]}")


def _runs(days: list[str]) -> list[str]:
    """Dates as written text; three and more in a row become a span."""
    dates = [date.fromisoformat(day) for day in days]
    runs: list[list[date]] = []
    for day in dates:
        if runs and day - runs[-1][-1] == timedelta(days=1):
            runs[-1].append(day)
        else:
            runs.append([day])
    return [
        text
        for run in runs
        for text in ([f"{run[0]}至{run[-1]}"] if len(run) > 2 else [str(day) for day in run])
    ]
