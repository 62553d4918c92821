"""Holes: moments the SOP asks for that no post fills, so that an editor sees on Monday what Thursday lacks.

Only days that were planned at all are looked at: an unplanned week is one empty page, not two hundred holes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from content_calendar.plan.slots import Slot, expand
from content_calendar.states import PostState
from content_calendar.tables import Brand, Post, SopRow
from desk.queries.cards import Card

_EMPTY_AGAIN = (PostState.rejected, PostState.missed)  # their moment has no text to go out


@dataclass(frozen=True, slots=True)
class Hole:
    """A moment of one tier without a post; ``row_id`` is the SOP row that asks for it."""

    day: date
    time: str
    tier: str
    kind: str
    theme: str
    row_id: int | None


def load(
    session: Session, brand: Brand, *, first: date, last: date, posts: Sequence[Card], now: datetime
) -> list[Hole]:
    """The holes from ``first`` to ``last`` that are still to come: two statements. ``posts``: every card of the days."""
    planned = {card.day for card in posts}
    if not planned:
        return []
    rows = session.scalars(select(SopRow).where(SopRow.brand_id == brand.id, SopRow.active)).all()
    asked = [
        slot for slot in expand(rows, start=first, end=last, zone=ZoneInfo(brand.zone))
        if slot.day in planned and slot.due_at > now
    ]  # fmt: skip
    taken = {(card.day, card.time, card.tier) for card in posts if card.state not in _EMPTY_AGAIN}
    open_ = [slot for slot in asked if (slot.day, slot.time, slot.tier) not in taken]
    moved = _elsewhere(session, brand, open_)
    return sorted(
        {_hole(slot) for slot in open_ if slot.key not in moved},
        key=lambda hole: (hole.day, hole.time, hole.tier),
    )


def _elsewhere(session: Session, brand: Brand, slots: Sequence[Slot]) -> set[str]:
    """Keys whose post stands at another moment, or was taken off on purpose."""
    found = session.scalars(
        select(Post.slot_key).where(
            Post.brand_id == brand.id, Post.slot_key.in_([slot.key for slot in slots]),
            Post.state.not_in(_EMPTY_AGAIN),
        )
    )  # fmt: skip
    return set(found)


def _hole(slot: Slot) -> Hole:
    return Hole(slot.day, slot.time, slot.tier, slot.kind, slot.theme, slot.row_id)
