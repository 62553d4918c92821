"""The send desk: what an owner still has to send today, and for the lead who has not sent, and since when."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from content_calendar import pictures, send_desk
from content_calendar.send_desk import GroupLine, Item, Who
from content_calendar.tables import Brand


@dataclass(frozen=True)
class Owed:
    """One owner as the lead sees them: how much of today is open, since when, who stands in."""

    who: Who
    total: int
    open: int
    said: int  # the owner's own word
    proven: int  # the platform's word
    since: datetime | None  # the earliest open slot that has begun

    @property
    def late(self) -> bool:
        """True when something should have been sent by now."""
        return self.since is not None


@dataclass(frozen=True)
class List:
    """One day's list of some owners."""

    items: tuple[Item, ...]
    there: frozenset[str]  # pictures that can be opened

    @property
    def open(self) -> int:
        """Groups that still wait."""
        return sum(item.open for item in self.items)

    @property
    def total(self) -> int:
        """Groups in all."""
        return sum(len(item.groups) for item in self.items)


def load(session: Session, brand: Brand, owners: Collection[str], day: date, *, now: datetime) -> List:
    """The list of these owners, what is open and due first, what is over last."""
    items = send_desk.of_day(session, brand, owners, day, now=now)
    wanted = {digest for item in items for digest in item.pictures}
    there = frozenset(pictures.load(session, brand.id, wanted)) if wanted else frozenset()
    return List(tuple(sorted(items, key=lambda item: (item.open == 0, item.slot_at, item.post_id))), there)


def owed(session: Session, brand: Brand, day: date, *, now: datetime) -> Sequence[Owed]:
    """Every owner with something on today's list: those who are late first, the longest waiting on top."""
    known = {who.name: who for who in send_desk.who_is(session, brand)}
    items = send_desk.of_day(session, brand, list(known), day, now=now)
    found = [_owed(who, [item for item in items if item.owner == name], now) for name, who in known.items()]
    mine = [one for one in found if one.total]
    return sorted(mine, key=lambda one: (one.open == 0, one.since is None, one.since or now, one.who.name))


def _owed(who: Who, items: Sequence[Item], now: datetime) -> Owed:
    groups = [group for item in items for group in item.groups]
    begun = [item.slot_at for item in items if item.open and item.slot_at <= now]
    return Owed(
        who, len(groups), sum(item.open for item in items), sum(said(group) for group in groups),
        sum(group.proof == "platform" for group in groups), min(begun, default=None),
    )  # fmt: skip


def said(group: GroupLine) -> bool:
    """True where only the owner says that it was sent."""
    return group.said == "done" and group.proof != "platform"
