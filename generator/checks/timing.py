"""Days and times against their sources: unknown ones, wrong weekdays, a wrong start or end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from generator.checks.known import Known
from generator.checks.marks import Page
from generator.checks.mentions import Reading
from generator.checks.moments import Clock, Day
from prompts.brief import Brief
from prompts.draft import Finding

_NAMES = "一二三四五六日"
_ENDS = re.compile(r"^[^，,。！？!?；;\n]{0,8}?(?:结束|截止|收官|收工|到期|关闭)")
_STARTS = re.compile(r"^[^，,。！？!?；;\n]{0,6}?(?:开售|开抢|开卖|开始|开秒|上架|准时开)")
_ADJACENT = re.compile(r"[\s(（【:：,，]{0,2}")
_BETWEEN = re.compile(r"[\s(（）)的，,]{0,2}")
_GREETING = re.compile(r"^[早晚午]?(?:安|好|快乐|愉快|见|记|报|，|。)")


def check(page: Page, brief: Brief, table: Known, reading: Reading) -> Iterator[Finding]:
    """Findings for every day and time of the text that the brief does not bear out."""
    yield from _weekdays(page, reading)
    pairs = {id(clock): day for day, clock in _adjacent(page.view.text, reading)}
    for day in reading.days:
        yield from _day(page, table, day)
    for clock in reading.clocks:
        yield from _clock(page, table, clock, pairs.get(id(clock)))
    yield from _edges(page, brief, table, reading)


def _weekdays(page: Page, reading: Reading) -> Iterator[Finding]:
    """11月26日（周四）: the two must be the same day."""
    text = page.view.text
    exact = [day for day in reading.days if day.weekday is None]
    for weekday in (day for day in reading.days if day.weekday is not None and not day.recurring):
        beside = next((day for day in exact if _beside(text, day, weekday)), None)
        if beside is None or not beside.dates:
            continue
        real = beside.dates[0].weekday()
        if real == weekday.weekday or any(
            d.weekday() == weekday.weekday for d in beside.dates[1:2] if not beside.exact
        ):
            continue
        right = text[weekday.start : weekday.end - 1] + _NAMES[real]
        yield page.finding(
            "fact.weekday_contradicts", "block", weekday.start, weekday.end,
            f"{beside.dates[0].month}月{beside.dates[0].day}日是周{_NAMES[real]}，不是「{text[weekday.start : weekday.end]}」。",
            suggestion=f"改为{right}。", replacement=right,
        )  # fmt: skip


def _beside(text: str, one: Day, other: Day) -> bool:
    first, second = sorted((one, other), key=lambda day: day.start)
    return first.end <= second.start and bool(_ADJACENT.fullmatch(text[first.end : second.start]))


def _day(page: Page, table: Known, day: Day) -> Iterator[Finding]:
    if day.recurring or day.near or _known_day(table, day):
        return
    text = page.view.text[day.start : day.end]
    if day.weekday is not None and day.weekday in table.weekdays:
        return
    soft = day.weekday is not None and _GREETING.match(page.view.text[day.end : day.end + 3])
    yield page.finding(
        "fact.date_unknown", "warn" if soft else "block", day.start, day.end,
        f"日期「{text}」在这条内容的资料里找不到出处。", suggestion="请改成资料里的日期，或者删去。",
    )  # fmt: skip


def _known_day(table: Known, day: Day) -> bool:
    if day.exact and day.dates:
        near = min(day.dates, key=lambda d: abs((d - table.today).days))
        return table.date_known(near)
    return any(table.date_known(d) for d in day.dates)


def _adjacent(text: str, reading: Reading) -> Iterator[tuple[Day, Clock]]:
    """Times that stand right behind a day, or whose words hold one: 明晚8点, 11月26日20:00."""
    for clock in reading.clocks:
        for day in reading.days:
            inside = day.near and clock.start <= day.start < clock.end
            if inside or (day.end <= clock.start and _BETWEEN.fullmatch(text[day.end : clock.start])):
                yield day, clock


def _clock(page: Page, table: Known, clock: Clock, day: Day | None) -> Iterator[Finding]:
    text = page.view.text
    written = text[clock.start : clock.end]
    if not table.minutes.intersection(clock.minutes):
        yield page.finding(
            "fact.time_unknown", "block", clock.start, clock.end,
            f"时间「{written}」在这条内容的资料里找不到出处。", suggestion="请改成资料里的时间，或者删去。",
        )  # fmt: skip
        return
    if day is None or day.recurring or day.weekday is not None:
        return
    pairs = {(d, m) for d in day.dates for m in clock.minutes}
    if pairs & table.moments or not any(m for d, m in table.moments):
        return
    known_time = any(m in clock.minutes for _, m in table.moments)
    if not known_time and any(d in table.dates for d in day.dates):
        return  # the time is a daily one (opening hours), the day is known on its own
    start = min(day.start, clock.start)
    yield page.finding(
        "fact.moment_contradicts", "block", start, clock.end,
        f"「{text[start : clock.end]}」和资料里的时间对不上{_hint(table, clock)}。",
        suggestion="请按资料改日期或时间。",
    )  # fmt: skip


def _hint(table: Known, clock: Clock) -> str:
    when = sorted(d for d, m in table.moments if m in clock.minutes)
    return f"（资料里是{when[0].month}月{when[0].day}日）" if when else ""


def _edges(page: Page, brief: Brief, table: Known, reading: Reading) -> Iterator[Finding]:
    """今晚结束, 明天开售: the day must be one on which something of this brief ends or starts."""
    if brief.campaign is None:
        return
    for day in reading.days:
        after = page.view.text[day.end : day.end + 24]
        for pattern, days, word in ((_ENDS, table.ends, "结束"), (_STARTS, table.starts, "开始")):
            if pattern.match(after) and not _fits(table, day, days, word):
                right = sorted(days)[0]
                yield page.finding(
                    "fact.edge_contradicts", "block", day.start, day.end,
                    f"「{page.view.text[day.start : day.end]}」{word}，资料里是{right.month}月{right.day}日{word}。",
                    suggestion=f"改为{right.month}月{right.day}日。",
                )  # fmt: skip


def _fits(table: Known, day: Day, days: set[date], word: str) -> bool:
    if day.recurring or days & set(day.dates):
        return True
    named = [d for d in day.dates if d in table.dates]
    if any(d + timedelta(days=1) in days for d in day.dates if word == "结束") and not day.near:
        return False
    written = {f"{d.month}月{d.day}日" for d in named}
    return any(re.search(rf"{w}[^，,。\n]{{0,12}}{word}", table.corpus) for w in written)
