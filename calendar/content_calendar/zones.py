"""Wall time and zone to instant, the one place where daylight saving is decided.

A slot is a wall time in a brand's zone. In a gap (the clock jumps over it) it moves forward to the first
valid minute; in an overlap (it happens twice) the first one counts. Both are told to the caller so that
the calendar can show them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


@dataclass(frozen=True)
class Placed:
    """An instant and how it was found: ``exact``, ``gap`` (moved forward) or ``overlap`` (first of two)."""

    instant: datetime
    how: Literal["exact", "gap", "overlap"]


def zone(name: str) -> ZoneInfo:
    """The IANA zone of this name; ValueError when there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(name) from error


def place(day: date, wall: time, where: ZoneInfo) -> Placed:
    """The UTC instant at which the wall clock in ``where`` shows ``wall`` on ``day``."""
    local = datetime.combine(day, wall.replace(tzinfo=None), tzinfo=where)
    instant = local.astimezone(UTC)
    if instant.astimezone(where).replace(tzinfo=None) != local.replace(tzinfo=None):
        return Placed(_after_gap(local), "gap")
    later = local.replace(fold=1).astimezone(UTC)
    return Placed(instant, "overlap" if later != instant else "exact")


def _after_gap(local: datetime) -> datetime:
    """The first valid instant after a skipped wall time: where the zone's offset changes."""
    where = local.tzinfo
    low, high = int((local - timedelta(days=1)).timestamp()), int((local + timedelta(days=1)).timestamp())
    offset = datetime.fromtimestamp(low, where).utcoffset()
    while high - low > 1:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, where).utcoffset() == offset:
            low = middle
        else:
            high = middle
    return datetime.fromtimestamp(high, UTC)


def local_day(instant: datetime, where: ZoneInfo) -> date:
    """The calendar day of ``instant`` in ``where``."""
    return instant.astimezone(where).date()
