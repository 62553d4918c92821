"""Claims: who may carry a delivery next, for how long, and what becomes of a claim that never finished.

A claim is a lease with an end and a fence number that grows with every claim. Work of a dispatcher that
died is taken back by the reaper: what was only claimed is planned again, what was in a call is unknown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, Update, bindparam, func, or_, select, text, update
from sqlalchemy.orm import Session

from content_calendar import lanes, lateness
from content_calendar.ledger import bulk, moves, unknowns
from content_calendar.ledger.freeze import EARLY
from content_calendar.ledger.late import WAITING
from content_calendar.ledger.outgoing import Claim
from content_calendar.states import DeliveryState, PostState
from content_calendar.tables import Brand, Delivery, Group, Post

_WHOLE_LOCK = 0x43465748  # "CFWH": one dispatcher at a time claims what travels together
_AT_ONCE = 5_000


def claim(
    session: Session,
    *,
    owner: str,
    now: datetime,
    limit: int,
    lease: timedelta,
    until: datetime | None = None,
    late_after: timedelta = lateness.LATE_AFTER,
) -> list[Claim]:
    """Take up to ``limit`` deliveries whose moment (and next try) has come by ``until`` (default: now).

    Soonest first. Not of a paused brand or group, nor of a post that is not releasing, nor what is later
    than ``late_after``: that is a backlog and gets its turn from :mod:`content_calendar.ledger.late` first.
    On PostgreSQL rows another dispatcher is taking are passed over; SQLite's writers are alone anyway.
    """
    by, backlog = until or now, now - late_after
    query = _due(by, backlog, limit).where(Delivery.channel.not_in(lanes.WHOLE))
    rows = [
        *session.execute(query.with_for_update(of=Delivery, skip_locked=True)),
        *_whole(session, by, backlog),
    ]
    if not rows:
        return []
    _take(session, rows, owner, now=now, until=now + lease)
    return [
        Claim(
            delivery_id=row.id, fence=row.fence + 1, post_id=row.post_id, group_id=row.group_id,
            channel=row.channel, address=row.address, due_at=row.due_at,
            fire_at=max(row.due_at, row.next_try_at or row.due_at),
        )
        for row in rows
    ]  # fmt: skip


def _take(session: Session, rows: Sequence[Any], owner: str, *, now: datetime, until: datetime) -> None:
    """The rows, locked by this transaction, become the owner's."""
    sqlite, connection = bulk.is_sqlite(session), session.connection()
    told = {
        "b_at": now,
        "b_actor": f"system:{owner}"[:80],
        "b_after": DeliveryState.claimed.value,
        "b_detail": {},
    }
    for state in sorted({row.state for row in rows}):
        alike = bulk.ids(row.id for row in rows if row.state == state)
        connection.execute(moves.audit_statement(sqlite), {**told, "b_before": state, bulk.IDS: alike})
    every = {bulk.IDS: bulk.ids(row.id for row in rows), "b_owner": owner, "b_until": until}
    connection.execute(_take_statement(sqlite), every)


@lru_cache(maxsize=2)
def _take_statement(sqlite: bool) -> Update:
    d = Delivery.__table__.c
    return (
        update(Delivery.__table__)  # type: ignore[arg-type]
        .where(bulk.among(d.id, sqlite=sqlite), func.coalesce(d.state, "").in_(WAITING))
        .values(
            state=DeliveryState.claimed.value, state_reason="", lease_owner=bindparam("b_owner"),
            lease_until=bindparam("b_until"), fence=d.fence + 1,
        )
    )  # fmt: skip


def _whole(session: Session, by: datetime, backlog: datetime) -> Sequence[Any]:
    """Everything that is due where all groups of one owner travel together: never shared between two dispatchers."""
    if session.get_bind().dialect.name == "postgresql":
        mine = session.scalar(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": _WHOLE_LOCK})
        if not mine:
            return ()
    query = _due(by, backlog, _AT_ONCE).where(Delivery.channel.in_(lanes.WHOLE))
    return session.execute(query.with_for_update(of=Delivery, skip_locked=True)).all()


def claimable(
    session: Session, *, now: datetime, until: datetime, late_after: timedelta = lateness.LATE_AFTER
) -> bool:
    """True when :func:`claim` would find something: a look before the write lock is taken."""
    return session.execute(_due(until, now - late_after, 1)).first() is not None


def waiting(session: Session, *, now: datetime) -> tuple[int, datetime | None]:
    """How many deliveries could have left by now and nobody has taken, and since when the oldest could."""
    could = func.coalesce(Delivery.next_try_at, Delivery.due_at)
    query = (
        select(func.count(), func.min(could))
        .join(Post, Post.id == Delivery.post_id)
        .join(Brand, Brand.id == Delivery.brand_id)
        .join(Group, Group.id == Delivery.group_id)
        .where(
            Delivery.state.in_(WAITING), Delivery.due_at <= now, could <= now,
            Post.state == PostState.releasing, Brand.paused_at.is_(None), Group.paused_at.is_(None),
        )
    )  # fmt: skip
    count, oldest = session.execute(query).one()
    return count, oldest


def _due(until: datetime, backlog: datetime, limit: int) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Delivery.id, Delivery.fence, Delivery.state, Delivery.brand_id, Delivery.post_id,
            Delivery.group_id, Delivery.channel, Delivery.due_at, Delivery.next_try_at, Group.address,
        )
        .join(Post, Post.id == Delivery.post_id)
        .join(Brand, Brand.id == Delivery.brand_id)
        .join(Group, Group.id == Delivery.group_id)
        .where(
            Delivery.state.in_(WAITING),
            Delivery.due_at <= until,
            or_(Delivery.next_try_at.is_(None), Delivery.next_try_at <= until),
            or_(Delivery.due_at >= backlog, Delivery.next_try_at >= backlog),
            Post.state == PostState.releasing,
            Brand.paused_at.is_(None),
            Group.paused_at.is_(None),
        )
        .order_by(Delivery.due_at, Delivery.id)
        .limit(limit)
    )  # fmt: skip


def renewable(session: Session, *, owner: str, now: datetime, lease: timedelta) -> bool:
    """True when :func:`renew` would find something: a look before the write lock is taken."""
    query = select(Delivery.id).where(*_aging(owner, now, lease)).limit(1)
    return session.scalar(query) is not None


def renew(session: Session, *, owner: str, now: datetime, lease: timedelta) -> int:
    """The owner lives and still holds its claims: leases a third over start anew; how many there were."""
    done = session.execute(
        update(Delivery)
        .where(*_aging(owner, now, lease))
        .values(lease_until=now + lease)
        .execution_options(synchronize_session=False)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]


def _aging(owner: str, now: datetime, lease: timedelta) -> tuple[ColumnElement[bool], ...]:
    return (
        Delivery.state == DeliveryState.claimed,
        Delivery.lease_owner == owner,
        Delivery.lease_until < now + lease * 2 / 3,
    )


def hand_back(
    session: Session, claims: Sequence[Claim], *, actor: str, now: datetime, reason: str = ""
) -> int:
    """Give claims back before anything was called; how many were still ours."""
    free: dict[str, Any] = {"lease_owner": "", "lease_until": None}
    wanted = [
        moves.Move(
            claim.delivery_id, DeliveryState.claimed, DeliveryState.planned, claim.fence, reason, values=free
        )
        for claim in claims
    ]
    return len(moves.apply(session, wanted, actor=actor, now=now))


def put_off(session: Session, turns: Sequence[tuple[Claim, datetime]], *, actor: str, now: datetime) -> int:
    """Give claims back with a turn each: their road is taken until then; how many were still ours."""
    wanted = [
        moves.Move(
            claim.delivery_id, DeliveryState.claimed, DeliveryState.planned, claim.fence, "通道限流，排队等待",
            {"lease_owner": "", "lease_until": None, "next_try_at": at},
        )
        for claim, at in turns
    ]  # fmt: skip
    return len(moves.apply(session, wanted, actor=actor, now=now))


def skip(session: Session, claims: Sequence[Claim], *, actor: str, now: datetime, reason: str) -> int:
    """End claims nothing can carry (no such channel here); how many were still ours."""
    free: dict[str, Any] = {"lease_owner": "", "lease_until": None}
    wanted = [
        moves.Move(claim.delivery_id, DeliveryState.claimed, DeliveryState.skipped, claim.fence, reason, free)
        for claim in claims
    ]
    return len(moves.apply(session, wanted, actor=actor, now=now))


def next_moment(session: Session, *, after: datetime) -> datetime | None:
    """The next instant after ``after`` at which something approved or frozen falls due; None: nothing."""
    approved = select(func.min(Post.due_at)).join(Brand, Brand.id == Post.brand_id)
    approved = approved.where(Post.state == PostState.approved, Brand.paused_at.is_(None))
    early = approved.where(Post.lane.in_(EARLY), Brand.demo.is_(False), Post.due_at > after + lanes.EARLIEST)
    turn = func.coalesce(Delivery.next_try_at, Delivery.due_at)
    frozen = (
        select(func.min(turn))
        .join(Post, Post.id == Delivery.post_id)
        .join(Brand, Brand.id == Delivery.brand_id)
        .where(
            Delivery.state.in_(WAITING), turn > after, Post.state == PostState.releasing,
            Brand.paused_at.is_(None),
        )
    )  # fmt: skip
    first = session.scalar(early)
    found = [session.scalar(approved.where(Post.due_at > after)), session.scalar(frozen)]
    found.append(None if first is None else first - lanes.EARLIEST)
    return min((at for at in found if at is not None), default=None)


@dataclass(frozen=True)
class Reaped:
    """What the reaper took back."""

    replanned: int = 0
    unknown: int = 0


def expired_leases(session: Session, *, now: datetime) -> bool:
    """True when the reaper would find something."""
    return session.scalar(_overdue(now).limit(1)) is not None


def _overdue(now: datetime) -> Select[Any]:
    states = (DeliveryState.claimed, DeliveryState.sending)
    return select(Delivery.id).where(Delivery.state.in_(states), Delivery.lease_until < now)


def reap(
    session: Session, *, now: datetime, guards: Mapping[str, float] | None = None, limit: int = 500
) -> Reaped:
    """Take back what a dead dispatcher left: claimed → planned, sending → unknown.

    ``guards``: channel → seconds during which it recognises the same delivery; within them an unknown
    delivery is planned again at once, with the same key, instead of asking a person.
    """
    query = (
        _overdue(now)
        .add_columns(Delivery.state, Delivery.fence)
        .limit(limit)
        .with_for_update(of=Delivery, skip_locked=True)
    )
    rows = session.execute(query).all()
    free: dict[str, Any] = {"lease_owner": "", "lease_until": None}
    claimed = [
        moves.Move(row.id, DeliveryState.claimed, DeliveryState.planned, row.fence, "领取者失联", free)
        for row in rows
        if row.state == DeliveryState.claimed
    ]
    sending = [
        moves.Move(row.id, DeliveryState.sending, DeliveryState.unknown, row.fence, "发送途中失联", free)
        for row in rows
        if row.state == DeliveryState.sending
    ]
    replanned = moves.apply(session, claimed, actor="system:reaper", now=now)
    unknown = moves.apply(session, sending, actor="system:reaper", now=now)
    again = unknowns.settle_by_guard(session, unknown, guards or {}, now=now)
    return Reaped(replanned=len(replanned), unknown=len(unknown) - again)
