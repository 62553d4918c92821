"""An owner's list of the day: what to send, into which groups, until when, and how far each of them is.

Reads a fixed number of statements (and one more for each text with live values). The text is the released revision's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from content_calendar import forms, lanes, lateness, mass, zones
from content_calendar.forms import Card
from content_calendar.ledger import texts
from content_calendar.states import DeliveryState
from content_calendar.tables import Brand, Delivery, Group, Post, Release, Revision, SelfReport

_SHOWN = ("confirm", "hand_off")
_OVER = frozenset(
    {DeliveryState.confirmed, DeliveryState.refused, DeliveryState.expired, DeliveryState.cancelled, DeliveryState.skipped}
)  # fmt: skip


@dataclass(frozen=True)
class GroupLine:
    """One group of an item. ``said``: the owner's own word (done, postponed, cannot); ``proof``: who confirmed it."""

    delivery_id: str
    code: str
    name: str
    chat_id: str
    state: str
    reason: str
    proof: str
    said: str
    said_reason: str
    until: datetime | None

    @property
    def open(self) -> bool:
        """True while somebody still has to do something about it."""
        return self.state not in _OVER and self.said != "done"


@dataclass(frozen=True)
class Item:
    """One post for one owner. The slot is a window: from ``opens_at`` to ``ends_at``.

    ``text`` is for copying, without pictures; ``pictures`` are SHA-256 hashes.
    """

    post_id: int
    owner: str
    lane: str
    kind: str
    slot_at: datetime
    opens_at: datetime
    ends_at: datetime
    text: str
    card: Card | None
    pictures: tuple[str, ...]
    groups: tuple[GroupLine, ...]

    @property
    def open(self) -> int:
        """How many groups still wait."""
        return sum(group.open for group in self.groups)


def of_day(
    session: Session, brand: Brand, owners: Collection[str], day: date, *, now: datetime
) -> list[Item]:
    """The items of these owners on a local day, by slot. Nothing that was not released stands on a list."""
    rows = session.execute(_query(brand, owners, day)).all()
    grouped: dict[tuple[int, str, str], list[Any]] = {}
    for row in rows:
        grouped.setdefault((row.Post.id, row.owner, row.lane), []).append(row)
    said: dict[int, str] = {}
    for row in rows:
        if row.Post.id not in said:
            said[row.Post.id] = texts.said(session, brand, row.Post, row.Revision, now=now).text
    return [_item(brand, said[post_id], group) for (post_id, _, _), group in grouped.items()]


def _query(brand: Brand, owners: Collection[str], day: date) -> Any:
    return (
        select(
            Post, Revision, Delivery.id, Delivery.lane, Delivery.state, Delivery.state_reason, Delivery.proof, Group.owner,
            Group.code, Group.name, Group.address, SelfReport.state.label("said"), SelfReport.reason.label("said_reason"),
            SelfReport.until,
        )
        .join(Post, Post.id == Delivery.post_id)
        .join(Release, Release.id == Delivery.release_id)
        .join(Revision, Revision.id == Release.revision_id)
        .join(Group, Group.id == Delivery.group_id)
        .outerjoin(SelfReport, SelfReport.delivery_id == Delivery.id)
        .where(
            Delivery.brand_id == brand.id, Delivery.day == day, Delivery.lane.in_(_SHOWN), Delivery.channel != "demo",
            Delivery.state != DeliveryState.skipped, Group.owner.in_(list(owners)),
        )
        .order_by(Post.due_at, Post.id, Group.owner, Group.row, Group.id)
    )  # fmt: skip


def _item(brand: Brand, text: str, rows: list[Any]) -> Item:
    first = rows[0]
    message = forms.read(text)
    opens, ends = window(brand, first.lane, first.Post)
    return Item(
        post_id=first.Post.id, owner=first.owner, lane=first.lane, kind=first.Post.kind, slot_at=first.Post.due_at,
        opens_at=opens, ends_at=ends, text=message.plain, card=message.card, pictures=message.pictures,
        groups=tuple(_lines(rows)),
    )  # fmt: skip


def _lines(rows: Iterable[Any]) -> Iterable[GroupLine]:
    for row in rows:
        yield GroupLine(
            row.id, row.code, row.name, row.address, row.state, row.state_reason, row.proof, row.said or "",
            row.said_reason or "", row.until,
        )  # fmt: skip


def window(brand: Brand, lane: str, post: Post) -> tuple[datetime, datetime]:
    """When a post of a lane may be sent by its owner: a mass-send's window, or until the day's quiet hours."""
    if lane == "confirm":
        found = mass.window(post.due_at, brand)
        return found.opens_at, found.ends_at
    where = zones.zone(brand.zone)
    midnight = zones.place(post.day + timedelta(days=1), time(), where).instant
    quiet = lateness.quiet_after(post.due_at, brand)
    return lanes.call_at("sidebar", post.due_at), min(midnight, quiet or midnight)
