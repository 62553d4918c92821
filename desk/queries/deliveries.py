"""Deliveries as they truly stand, the question "did it arrive?", and pages of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from content_calendar.states import OPEN, DeliveryState
from content_calendar.tables import Attempt, Brand, Delivery, Group, Post, Release, Revision
from desk.errors import Missing

PAGE = 100
ASKED = 50  # unknown deliveries put before people at once


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which deliveries: every field narrows. ``state`` may be ``open``: promise 3's four open states."""

    day: date | None = None
    state: str = ""
    group: str = ""
    post: int | None = None
    id: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One delivery in a list."""

    id: str
    post_id: int
    line: str
    group_code: str
    group: str
    owner: str
    lane: str
    channel: str
    state: str
    reason: str
    day: date
    due_at: datetime
    sent_at: datetime | None
    late_ms: int | None
    tries: int
    remote_id: str


@dataclass(frozen=True, slots=True)
class Page:
    """A page of deliveries, the newest moment first; ``more`` when another page follows."""

    rows: tuple[Row, ...]
    total: int
    number: int
    more: bool


def load(session: Session, brand: Brand, wanted: Wanted, *, number: int = 1) -> Page:
    """Page ``number`` (from 1) of the deliveries wanted: two statements."""
    where = _where(brand, wanted)
    count = (
        select(func.count()).select_from(Delivery).join(Group, Group.id == Delivery.group_id).where(*where)
    )
    total = session.scalar(count) or 0
    first = (number - 1) * PAGE
    rows = session.execute(
        _rows()
        .where(*where)
        .order_by(Delivery.due_at.desc(), Delivery.post_id, Delivery.group_id)
        .limit(PAGE)
        .offset(first)
    )
    return Page(tuple(Row(*row) for row in rows), total, number, total > first + PAGE)


def listed(
    session: Session, brand: Brand, wanted: Wanted, *, after: tuple[datetime, str] | None, limit: int
) -> list[Row]:
    """Deliveries by moment and id, oldest first, those after the place ``after``."""
    where = _where(brand, wanted)
    if after is not None:
        at, identity = after
        where.append(or_(Delivery.due_at > at, and_(Delivery.due_at == at, Delivery.id > identity)))
    rows = session.execute(_rows().where(*where).order_by(Delivery.due_at, Delivery.id).limit(limit))
    return [Row(*row) for row in rows]


def unknown(session: Session, brand: Brand) -> tuple[Row, ...]:
    """Deliveries nobody knows about, oldest first: a person has to look into the group."""
    where = (Delivery.brand_id == brand.id, Delivery.state == DeliveryState.unknown)
    rows = session.execute(_rows().where(*where).order_by(Delivery.due_at, Delivery.id).limit(ASKED))
    return tuple(Row(*row) for row in rows)


def get(session: Session, brand: Brand, delivery_id: str) -> Row:
    """One delivery of this brand; Missing otherwise."""
    row = session.execute(_rows().where(Delivery.brand_id == brand.id, Delivery.id == delivery_id)).first()
    if row is None:
        raise Missing(
            f"没有编号为 {delivery_id[:40]} 的触达。",
            code="delivery.not_found",
            english=f"There is no delivery {delivery_id[:40]}.",
        )
    return Row(*row)


def attempts(session: Session, delivery_ids: Sequence[str]) -> dict[str, list[Attempt]]:
    """Every network try of these deliveries, in order."""
    found: dict[str, list[Attempt]] = {}
    rows = session.scalars(
        select(Attempt)
        .where(Attempt.delivery_id.in_(delivery_ids))
        .order_by(Attempt.delivery_id, Attempt.number)
    )
    for row in rows:
        found.setdefault(row.delivery_id, []).append(row)
    return found


def _rows() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Delivery.id, Delivery.post_id, Revision.first_line, Group.code, Group.name, Group.owner, Delivery.lane,
            Delivery.channel, Delivery.state, Delivery.state_reason, Delivery.day, Delivery.due_at, Delivery.sent_at,
            Delivery.late_ms, Delivery.tries, Delivery.remote_id,
        )
        .join(Group, Group.id == Delivery.group_id)
        .join(Post, Post.id == Delivery.post_id)
        .join(Release, Release.id == Delivery.release_id)
        .join(Revision, Revision.id == Release.revision_id)
    )  # fmt: skip


def _where(brand: Brand, wanted: Wanted) -> list[ColumnElement[bool]]:
    where = [Delivery.brand_id == brand.id]
    if wanted.day is not None:
        where.append(Delivery.day == wanted.day)
    if wanted.state == "open":
        where.append(Delivery.state.in_(OPEN))
    elif wanted.state:
        where.append(Delivery.state == wanted.state)
    if wanted.group:
        where.append(Group.code == wanted.group)
    if wanted.post is not None:
        where.append(Delivery.post_id == wanted.post)
    if wanted.id:
        where.append(Delivery.id == wanted.id)
    return where
