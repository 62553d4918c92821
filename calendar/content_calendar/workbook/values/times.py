"""Times of day: 9:00, 09：30, 9点半, 上午10点, 晚8点, 20时, Excel times and fractions of a day, all to HH:MM.

What two people could read differently (晚1点, 9.3 as a number) is refused rather than guessed.
"""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta

from content_calendar.workbook.values.numerals import to_digits
from content_calendar.workbook.values.text import Raw, half
from content_calendar.workbook.values.unreadable import Unreadable

DAY = 24 * 60
_OFFSETS: dict[str, str] = {  # a word before (or after) the hour -> how it is counted
    **dict.fromkeys(("上午", "早上", "早晨", "清晨", "早间", "晨", "早"), "as it is"),
    **dict.fromkeys(("下午", "午后", "傍晚", "pm"), "afternoon"),
    **dict.fromkeys(
        ("晚上", "今晚", "当晚", "明晚", "夜里", "夜间", "晚间", "夜晚", "深夜", "半夜", "午夜", "晚"),
        "evening",
    ),
    **dict.fromkeys(("中午", "午间"), "noon"),
    **dict.fromkeys(("凌晨", "am"), "small hours"),
}
_WORDS = "|".join(sorted(_OFFSETS, key=len, reverse=True))
CLOCK = (
    rf"(?P<half>{_WORDS})?\s*(?P<hour>\d{{1,2}})"
    r"\s*(?P<mark>:|点|時|时|h)\s*"
    r"(?:(?P<minute>\d{1,2})\s*分?(?::(?P<second>\d{1,2})(?:\.\d+)?)?|(?P<part>半|一刻|1刻|三刻|3刻))?"
    r"\s*(?:钟|整|准时|正)?\s*(?P<after>am|pm)?"
)
_CLOCK = re.compile(CLOCK + r"\Z")
_BARE = re.compile(rf"(?P<half>{_WORDS})?\s*(?P<hour>\d{{1,2}})\s*(?P<after>am|pm)?\Z")
_DOTTED = re.compile(r"(\d{1,2})\.(\d{2})\Z")
_COMPACT = re.compile(r"(\d{1,2})(\d{2})\Z")
_DASHES = re.compile("[\u2010-\u2015\u2212\u301c\u30fc]+")
_SPLIT = re.compile(r"\s*(?:-{1,2}|~|到|至)\s*")


def bad_time() -> Unreadable:
    """What a time should have looked like."""
    return Unreadable(
        "bad_time", "00:00 到 23:59 之间的时间，如 09:00、晚8点", "a time from 00:00 to 23:59, like 09:00"
    )


def parse_time(raw: Raw) -> str:
    """The time of day in the cell as HH:MM (seconds are dropped); Unreadable when it is none."""
    return as_text(_minutes(raw), last=DAY - 1)


def as_text(minutes: int, *, last: int = DAY) -> str:
    """Minutes since midnight as HH:MM."""
    if not 0 <= minutes <= last:
        raise bad_time()
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _minutes(raw: Raw) -> int:
    if isinstance(raw, bool):
        raise bad_time()
    if isinstance(raw, str):
        return written_minutes(raw)
    if isinstance(raw, float | int):
        return _number_minutes(float(raw))
    if isinstance(raw, timedelta):
        return round(raw.total_seconds()) // 60
    if isinstance(raw, time):
        return round(raw.hour * 3600 + raw.minute * 60 + raw.second + raw.microsecond / 1e6) // 60
    if isinstance(raw, datetime):
        return _datetime_minutes(raw)
    raise bad_time()  # a date at midnight: 24:00 typed as a time, or a day in the wrong column


def _datetime_minutes(raw: datetime) -> int:
    """A moment's time; Excel keeps 25:00 as a moment in the year 1900."""
    moment = raw + timedelta(milliseconds=500)
    past = DAY if moment.year <= 1900 else 0
    return past + moment.hour * 60 + moment.minute


def _number_minutes(value: float) -> int:
    if not 0 <= value < 1e6:
        raise bad_time()
    if value < 1:
        return round(value * DAY * 60) // 60
    whole = int(value)
    if whole != value or 24 < whole < 100:
        raise bad_time()  # 9.3 may be 9:30 or 9:18
    return whole * 60 if whole <= 24 else whole // 100 * 60 + _below_60(whole % 100)


def _below_60(minutes: int) -> int:
    if minutes > 59:
        raise bad_time()
    return minutes


def tidy(text: str) -> str:
    """Half-width, digits for numerals, lower case: what the patterns of times and dates expect."""
    text = _DASHES.sub("-", half(text).lower()).replace("零点", "0点").replace("正午", "中午12点")
    return to_digits(re.sub(r"中午12点(?=\d)", "中午", text))


def written_minutes(text: str) -> int:
    """Minutes since midnight in a written time; 24:00 is 1440."""
    text = tidy(text)
    for pattern in (_CLOCK, _BARE):
        match = pattern.match(text)
        if match:
            return clock_minutes(match)
    for pattern in (_DOTTED, _COMPACT):
        match = pattern.match(text)
        if match:
            return int(match.group(1)) * 60 + _below_60(int(match.group(2)))
    raise bad_time()


def clock_minutes(match: re.Match[str]) -> int:
    """Minutes since midnight of a match of CLOCK."""
    groups = match.groupdict()
    hour = int(groups["hour"])
    if groups.get("mark") == ":" and groups.get("minute") is None:
        raise bad_time()
    minute = int(groups.get("minute") or 0)
    minute = {"半": 30, "一刻": 15, "1刻": 15, "三刻": 45, "3刻": 45}.get(groups.get("part") or "", minute)
    _below_60(minute)
    _below_60(int(groups.get("second") or 0))
    word = groups.get("half") or groups.get("after") or ""
    return _on_the_clock(hour, _OFFSETS.get(word, "as it is")) * 60 + minute


def _on_the_clock(hour: int, counted: str) -> int:
    """The hour from 0 to 24 that ``hour`` means in that part of the day."""
    if counted == "as it is" or hour > 12:
        return hour
    if counted == "small hours":
        return hour % 12
    if counted == "noon":
        return hour if hour >= 10 else hour + 12
    if counted == "afternoon":
        return 12 if hour == 12 else hour + 12
    if hour < 5:
        raise bad_time()  # 晚1点: tonight or tomorrow?
    return hour + 12


def parse_range(raw: Raw) -> tuple[str, str]:
    """A daily span (22:30-08:30, 晚10点半至次日8点半) as two HH:MM; 24:00 is 00:00. Equal ends: no span."""
    if not isinstance(raw, str):
        raise _bad_range()
    text = re.sub(r"每天|每日|次日|第二天|第2天|隔天|翌日", "", tidy(raw))
    parts = _SPLIT.split(text)
    if len(parts) != 2:
        raise _bad_range()
    try:
        start, end = (as_text(written_minutes(part)) for part in parts)
    except Unreadable as error:
        raise _bad_range() from error
    return start.replace("24:00", "00:00"), end.replace("24:00", "00:00")


def _bad_range() -> Unreadable:
    return Unreadable("bad_time_range", "起止时间，如 22:30-08:30", "a span of times, like 22:30-08:30")
