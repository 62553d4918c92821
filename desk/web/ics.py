"""The calendar as an iCalendar feed (RFC 5545): wall times with their zone, texts escaped, lines folded at 75 bytes.

Written by hand: a feed is one kind of event and one zone, and a zone's rules are taken from the system's own data for the days
that are fed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f\u2028\u2029]")
_FOLD = 73  # bytes before the line goes on: 75 with the space it goes on with


@dataclass(frozen=True, slots=True)
class Event:
    """One post as a calendar shows it."""

    uid: str
    start: datetime
    title: str
    text: str
    url: str
    status: str  # CONFIRMED | TENTATIVE | CANCELLED
    kind: str


def feed(
    name: str, where: ZoneInfo, events: Iterable[Event], *, first: date, last: date, now: datetime
) -> str:
    """The whole calendar."""
    stamp = f"{now.astimezone(UTC):%Y%m%dT%H0000Z}"
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Chongfen//Calendar//ZH", "METHOD:PUBLISH", f"X-WR-CALNAME:{_said(name)}",
        f"X-WR-TIMEZONE:{where.key}", "REFRESH-INTERVAL;VALUE=DURATION:PT15M", *_zone(where, first, last),
        *(line for event in events for line in _event(event, where, stamp)), "END:VCALENDAR",
    ]  # fmt: skip
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))


def _event(event: Event, where: ZoneInfo, stamp: str) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{_said(event.uid)}"
    yield f"DTSTAMP:{stamp}"
    yield f"DTSTART;TZID={where.key}:{event.start.astimezone(where):%Y%m%dT%H%M%S}"
    yield "DURATION:PT15M"
    yield f"SUMMARY:{_said(event.title)}"
    yield f"DESCRIPTION:{_said(event.text)}"
    yield f"URL:{event.url}"
    yield f"CATEGORIES:{_said(event.kind)}"
    yield f"STATUS:{event.status}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _zone(where: ZoneInfo, first: date, last: date) -> Iterator[str]:
    """The zone's offsets over the days that are fed, each from the moment it began to hold."""
    yield "BEGIN:VTIMEZONE"
    yield f"TZID:{where.key}"
    begin = datetime.combine(first - timedelta(days=1), time.min, UTC)
    before: timedelta | None = None
    for hour in range(((last - first).days + 3) * 24):
        instant = begin + timedelta(hours=hour)
        local = instant.astimezone(where)
        offset = local.utcoffset() or timedelta(0)
        if offset == before:
            continue
        part = "DAYLIGHT" if local.dst() else "STANDARD"
        earlier = offset if before is None else before
        started = (instant + earlier).replace(tzinfo=None)
        yield from (
            f"BEGIN:{part}", f"DTSTART:{started:%Y%m%dT%H%M%S}", f"TZOFFSETFROM:{_offset(earlier)}", f"TZOFFSETTO:{_offset(offset)}",
            f"TZNAME:{local.tzname()}", f"END:{part}",
        )  # fmt: skip
        before = offset
    yield "END:VTIMEZONE"


def _offset(offset: timedelta) -> str:
    minutes = int(offset.total_seconds() // 60)
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}{abs(minutes) % 60:02d}"


def _said(text: str) -> str:
    """Text as a value: nothing in it can end the line or begin another property."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    plain = _CONTROL.sub(" ", plain).replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return plain.replace("\n", "\\n")


def _folded(line: str) -> Iterator[str]:
    """The line in pieces of at most 75 bytes, never through a character."""
    piece, size, lead = "", 0, ""
    for character in line:
        width = len(character.encode("utf-8", "replace"))
        if size + width > _FOLD:
            yield lead + piece
            piece, size, lead = "", 0, " "
        piece, size = piece + character, size + width
    yield lead + piece
