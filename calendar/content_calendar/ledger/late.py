"""Late work: what the brand's policy does with a backlog, and how what is still sent is spread out.

Found rows get their turn written into ``next_try_at`` (PER_SECOND a second overall, one per group each
GROUP_GAP), in the database, so that any number of dispatchers together keep the pace.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, or_, select, text, update
from sqlalchemy.orm import Session

from content_calendar import lanes, lateness, notices
from content_calendar.ledger import moves
from content_calendar.ledger.door import Refusal
from content_calendar.ledger.refusing import ACTOR, refuse
from content_calendar.states import DeliveryState, PostState
from content_calendar.tables import Brand, Delivery, Group, Post

WAITING = (DeliveryState.planned, DeliveryState.retry_wait)
_LOCK = 0x43464C54  # "CFLT": one pacer at a time on PostgreSQL
_AT_ONCE = 2000  # rows looked at in one sweep
_PER_STEP = 5  # a few together: each turn costs the dispatcher a transaction
_STEP = timedelta(seconds=_PER_STEP / lateness.PER_SECOND)


@dataclass(frozen=True)
class Swept:
    """What one sweep did, in deliveries (``asked`` in posts)."""

    paced: int = 0
    expired: int = 0
    skipped: int = 0
    asked: int = 0


@dataclass(frozen=True)
class _Late:
    delivery: Delivery
    post: Post
    brand: Brand
    group_paused: bool


def backlog(session: Session, *, now: datetime, late_after: timedelta = lateness.LATE_AFTER) -> bool:
    """True when a sweep would find something: a look before the write lock is taken."""
    return bool(_late(session, now, late_after, limit=1))


def sweep(session: Session, *, now: datetime, late_after: timedelta = lateness.LATE_AFTER) -> Swept:
    """Apply the late policy to everything that has waited longer than ``late_after``."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    rows = _late(session, now, late_after, limit=_AT_ONCE)
    asking = {
        row.post.id
        for row in rows
        if lateness.policy(row.post, row.brand) == "ask" and row.post.due_at < now - late_after
    }
    for post_id in asking:
        refuse(session, post_id, Refusal("late", "错过了发送时刻。要补发请恢复，不补发请取消。"), now=now)
    rows = [row for row in rows if row.post.id not in asking]
    over = [row for row in rows if now > lateness.deadline(row.post, row.brand)]
    ended = _end(session, over, now)
    paced = _pace(session, [row for row in rows if row not in over and not row.group_paused], now)
    skipped = sum(row.group_paused for row in over)
    return Swept(paced=paced, expired=ended - skipped, skipped=skipped, asked=len(asking))


def _late(session: Session, now: datetime, late_after: timedelta, *, limit: int) -> Sequence[_Late]:
    before = now - late_after
    query = (
        select(Delivery, Post, Brand, Group.paused_at)
        .join(Post, Post.id == Delivery.post_id)
        .join(Brand, Brand.id == Delivery.brand_id)
        .join(Group, Group.id == Delivery.group_id)
        .where(
            Delivery.state.in_(WAITING),
            Delivery.due_at < before,
            or_(Delivery.next_try_at.is_(None), Delivery.next_try_at < before),
            Post.state == PostState.releasing,
            Brand.paused_at.is_(None),
        )
        .order_by(Delivery.due_at, Delivery.id)
        .limit(limit)
        .execution_options(populate_existing=True)
    )
    return [_Late(*row[:3], group_paused=row[3] is not None) for row in session.execute(query)]


def _end(session: Session, rows: Sequence[_Late], now: datetime) -> int:
    """Beyond the window: expired, or skipped when it was the group that was paused."""
    wanted = [_ending(row) for row in rows]
    moves.apply(session, wanted, actor=ACTOR, now=now)
    for row in {row.post.id: row for row in rows if not row.group_paused}.values():
        notices.tell(
            session, brand_id=row.brand.id, code="post.expired", subject=f"post:{row.post.id}", now=now,
            text=f"{row.post.day:%m-%d} {row.post.time} 的内容 {row.post.id} 有社群没赶上补发时限，没有发出。",
        )  # fmt: skip
    return len(wanted)


def _ending(row: _Late) -> moves.Move:
    to = DeliveryState.skipped if row.group_paused else DeliveryState.expired
    reason = "群已暂停" if row.group_paused else "已过补发时限"
    return moves.Move(
        row.delivery.id, DeliveryState(row.delivery.state), to, fence=row.delivery.fence, reason=reason
    )


def _pace(session: Session, rows: Sequence[_Late], now: datetime) -> int:
    """Give each row its turn between the turns already given; oldest first."""
    if not rows:
        return 0
    taken = _turns_taken(session, now)
    last = _last_in_group(session, {row.delivery.group_id for row in rows}, now)
    turns: list[dict[str, object]] = [
        {"b_id": row.delivery.id, "b_state": row.delivery.state, "b_turn": now}
        for row in rows
        if row.delivery.channel in lanes.WHOLE  # one call for all of them: nothing to spread out
    ]
    free = 0
    for row in rows:
        if row.delivery.channel in lanes.WHOLE:
            continue
        group = row.delivery.group_id
        earliest = last[group] + lateness.GROUP_GAP if group in last else now
        while taken[free] >= _PER_STEP:
            free += 1
        step = max(free, -((now - earliest) // _STEP))  # the first whole step not before ``earliest``
        while taken[step] >= _PER_STEP:
            step += 1
        taken[step] += 1
        last[group] = now + step * _STEP
        turns.append({"b_id": row.delivery.id, "b_state": row.delivery.state, "b_turn": last[group]})
    _write_turns(session, turns)
    return len(turns)


def _write_turns(session: Session, turns: Sequence[dict[str, object]]) -> None:
    table = Delivery.__table__
    statement = (
        update(table)  # type: ignore[arg-type]
        .where(table.c.id == bindparam("b_id"), table.c.state == bindparam("b_state"))
        .values(next_try_at=bindparam("b_turn"))
    )
    session.connection().execute(statement, turns)


def _turns_taken(session: Session, now: datetime) -> Counter[int]:
    """How many waiting late deliveries already have their turn in which step from now on."""
    query = select(Delivery.next_try_at).where(
        Delivery.state.in_(WAITING), Delivery.next_try_at >= now, Delivery.due_at < now
    )
    return Counter((at - now) // _STEP for at in session.scalars(query) if at is not None)


def _last_in_group(session: Session, groups: set[int], now: datetime) -> dict[int, datetime]:
    """When each group was last sent something, or will be by a turn already given."""
    last: dict[int, datetime] = {}
    for column in (Delivery.sent_at, Delivery.next_try_at):
        query = (
            select(Delivery.group_id, func.max(column))
            .where(column > now - lateness.GROUP_GAP, Delivery.group_id.in_(groups))
            .group_by(Delivery.group_id)
        )
        for group_id, at in session.execute(query):
            if at is not None:
                last[group_id] = max(at, last.get(group_id, at))
    return last
