"""A period of days as an address asks for it: in order, not too long, by default the last fourteen days."""

from __future__ import annotations

from datetime import date, timedelta

from content_calendar import zones
from desk.errors import DeskError
from desk.queries import figures
from desk.web.addresses import parse_day
from desk.web.visit import Visit

USUAL = 14  # days without a choice


def period(visit: Visit, from_: str, to: str) -> tuple[date, date]:
    """First and last day; DeskError when they are in the wrong order or too far apart."""
    last = parse_day(to) or zones.local_day(visit.now, visit.zone)
    first = parse_day(from_) or last - timedelta(days=USUAL - 1)
    if first > last or (last - first).days >= figures.LONGEST:
        raise DeskError(
            f"起止日期要前后顺序，最多 {figures.LONGEST} 天。",
            code="figures.period",
            english=f"Give a first and a last day in order, at most {figures.LONGEST} days apart.",
        )
    return first, last
