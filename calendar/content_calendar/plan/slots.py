"""A slot: one planned moment for one tier, before it becomes a post; and the SOP rows expanded into slots."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Literal
from zoneinfo import ZoneInfo

from content_calendar import lanes, zones
from content_calendar.plan import cycles
from content_calendar.plan.report import Conflict
from content_calendar.tables import SopRow
from prompts.kinds import all_kinds

Standing = Literal["free", "fixed", "gone"]


@dataclass(frozen=True)
class Slot:
    """One (row or touch, date, tier). ``standing``: free to plan, fixed by a person or its progress, or gone.

    ``gone`` slots (cancelled, rejected, missed) keep their place in a campaign's count of touches and nothing else.
    """

    key: str
    tier: str
    kind: str
    kind_written: str
    lane: str
    day: date
    time: str  # wall time HH:MM
    due_at: datetime
    zone: str
    placed: Literal["exact", "gap", "overlap"] = "exact"
    theme: str = ""
    remark: str = ""
    owner: str = ""
    row_id: int | None = None
    row: int = 0  # Excel row, for messages
    dated: bool = False
    daily: bool = False
    campaign: str | None = None  # code
    campaign_id: int | None = None
    also: tuple[str, ...] = ()  # further campaigns the theme speaks of
    stage: str | None = None
    angle: str | None = None
    aidma: str | None = None
    touch: int | None = None
    touches: int | None = None
    standing: Standing = "free"
    notes: tuple[Conflict, ...] = ()

    @property
    def offer(self) -> bool:
        """True when it counts as an offer in the mix."""
        kind = all_kinds().get(self.kind)
        return bool(kind and kind.offer)

    @property
    def arc(self) -> bool:
        """True for a touch the planner added itself."""
        return self.key.startswith("arc:")

    def noting(self, kind: str, level: Literal["error", "warning", "notice"], text: str) -> Slot:
        """The slot with one more conflict on it."""
        found = Conflict(kind, level, text, day=self.day, tier=self.tier, slot=self.key)
        return replace(self, notes=(*self.notes, found))


def minutes(wall: str) -> int:
    """Minutes after midnight of HH:MM."""
    return int(wall[:2]) * 60 + int(wall[3:5])


def lane_for(channel: str) -> str:
    """The lane a SOP row's channel asks for."""
    return lanes.lane_of(channel) if channel in lanes.CHANNELS else "hand_off"


def expand(rows: Iterable[SopRow], *, start: date, end: date, zone: ZoneInfo) -> Iterator[Slot]:
    """Every slot of the rows from ``start`` to ``end`` (both included), in no particular order."""
    for row in rows:
        cycle = cycles.of(row.cycle_rule)
        daily = len(cycle.weekdays) == 7
        for day in cycles.span(start, end):
            if cycle.on(day):
                placed = zones.place(day, time.fromisoformat(row.time), zone)
                for tier in row.tiers:
                    yield Slot(
                        key=f"sop:{row.key}:{day.isoformat()}:{tier}", tier=tier, kind=row.kind,
                        kind_written=row.kind_written, lane=lane_for(row.channel), day=day, time=row.time,
                        due_at=placed.instant, zone=zone.key, placed=placed.how, theme=row.theme,
                        remark=row.remark, owner=row.owner, row_id=row.id, row=row.row, dated=cycle.dated, daily=daily,
                    )  # fmt: skip


def short(slot: Slot) -> str:
    """How a message names a slot: 11月26日20:00「神经酰胺修护面霜开售…」."""
    theme = slot.theme if len(slot.theme) <= 16 else f"{slot.theme[:15]}…"
    return f"{slot.day.month}月{slot.day.day}日{slot.time}「{theme or slot.kind_written or slot.kind}」"
