"""The sum of promise 3: planned = sent + handed_over + refused + unknown + skipped + expired + cancelled + open.

``planned`` is counted from the audiences that were frozen, never from the deliveries themselves, so that
a delivery that vanished, doubled or never ended makes the sum break, and is named.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from content_calendar import lateness, notices
from content_calendar.ledger.unknowns import ANSWERED
from content_calendar.states import OPEN, DeliveryState, PostState
from content_calendar.tables import Attempt, Brand, Delivery, Group, Post, Release

_STATES = frozenset(state.value for state in DeliveryState)
_OPEN = frozenset(state.value for state in OPEN)
_TOLD = {DeliveryState.sent.value, DeliveryState.handed_over.value, DeliveryState.confirmed.value}


@dataclass(frozen=True)
class Fault:
    """Something that must not be. ``subject``: delivery:<id>, post:<id> or group:<id>."""

    code: str
    subject: str
    text: str


@dataclass(frozen=True)
class GroupSum:
    """One group's line: what it was to get and where each of it stands."""

    group_id: int
    code: str
    name: str
    planned: int
    by_state: dict[str, int]


@dataclass(frozen=True)
class DaySum:
    """One brand's day. ``by_state`` counts every delivery state; ``open`` is promise 3's open."""

    day: date
    planned: int
    by_state: dict[str, int]
    open: int
    faults: tuple[Fault, ...] = ()
    by_group: tuple[GroupSum, ...] = field(default=(), repr=False)

    @property
    def holds(self) -> bool:
        """True when nothing was lost, doubled or left lying."""
        return not self.faults and self.planned == sum(self.by_state.values())


def day_sum(
    session: Session,
    brand: Brand,
    day: date,
    *,
    now: datetime | None = None,
    grace: timedelta = lateness.GRACE,
) -> DaySum:
    """Count one day, in a constant number of statements.

    ``now`` also looks for what lies about too long (due for longer than ``grace``, or in a call beyond its
    lease); without it only the sum and the rows are compared. A simulated clock needs a longer ``grace``.
    """
    releases = session.execute(
        select(Release.id, Release.post_id, Release.audience).where(
            Release.brand_id == brand.id, Release.day == day
        )
    ).all()
    rows = _deliveries(session, [release.id for release in releases])
    planned = Counter(group for release in releases for group in release.audience)
    states: dict[int, Counter[str]] = {}
    for row in rows:
        states.setdefault(row.group_id, Counter())[row.state] += 1
    totals = sum(states.values(), Counter[str]())
    faults = [*_against_audience(releases, rows), *_of_rows(rows), *_of_attempts(session, rows)]
    faults += [*_of_groups(planned, states), *_forgotten(session, rows)]
    if now is not None:
        faults += _left_lying(session, brand, rows, now, grace)
        faults += _never_frozen(session, brand, day, now - grace)
    return DaySum(
        day=day, planned=planned.total(), by_state=dict(totals), faults=tuple(faults),
        open=sum(count for state, count in totals.items() if state in _OPEN),
        by_group=_lines(session, planned, states),
    )  # fmt: skip


def check(
    session: Session, brand: Brand, day: date, *, now: datetime, grace: timedelta = lateness.GRACE
) -> DaySum:
    """Count the day and shout, once a day, when the sum breaks."""
    found = day_sum(session, brand, day, now=now, grace=grace)
    if not found.holds:
        first = found.faults[0].text if found.faults else "各状态之和与计划数不符。"
        notices.tell(
            session, brand_id=brand.id, code="ledger.broken", subject=f"day:{day.isoformat()}", now=now,
            level="alarm", text=f"{day.isoformat()} 的发送账目对不上（{len(found.faults)} 处）：{first}",
        )  # fmt: skip
    return found


def _deliveries(session: Session, release_ids: Sequence[int]) -> Sequence[Any]:
    query = select(
        Delivery.id, Delivery.post_id, Delivery.release_id, Delivery.group_id, Delivery.state,
        Delivery.due_at, Delivery.next_try_at, Delivery.lease_until,
    ).where(Delivery.release_id.in_(release_ids))  # fmt: skip
    return session.execute(query).all()


def _against_audience(releases: Sequence[Any], rows: Sequence[Any]) -> Iterable[Fault]:  # fmt: skip
    have = {(row.release_id, row.group_id): row for row in rows}
    wanted = {(release.id, group): release for release in releases for group in release.audience}
    for key, release in wanted.items():
        if key not in have:
            text = f"内容 {release.post_id} 对社群 {key[1]} 的触达不见了。"
            yield Fault("delivery.missing", f"post:{release.post_id}", text)
    for key, row in have.items():
        if key not in wanted:
            yield Fault(
                "delivery.extra",
                f"delivery:{row.id}",
                f"内容 {row.post_id} 多出一条对社群 {key[1]} 的触达。",
            )


def _of_rows(rows: Sequence[Any]) -> Iterable[Fault]:
    for row in rows:
        if row.state not in _STATES:
            yield Fault(
                "delivery.state_unknown", f"delivery:{row.id}", f"触达 {row.id} 的状态「{row.state}」不认识。"
            )


def _of_attempts(session: Session, rows: Sequence[Any]) -> Iterable[Fault]:
    """Two attempts that both arrived, and deliveries called sent that no attempt vouches for."""
    release_ids = {row.release_id for row in rows}
    query = (
        select(Attempt.delivery_id)
        .join(Delivery, Delivery.id == Attempt.delivery_id)
        .where(
            Delivery.release_id.in_(release_ids),
            or_(Attempt.outcome.in_(("sent", "handed_over")), Attempt.code == ANSWERED),
        )
    )
    arrived = Counter(session.scalars(query))
    for row in rows:
        if arrived[row.id] > 1:
            text = f"触达 {row.id} 有 {arrived[row.id]} 次送达记录，可能发重了。"
            yield Fault("delivery.doubled", f"delivery:{row.id}", text)
        if row.state in _TOLD and not arrived[row.id]:
            text = f"触达 {row.id} 记为已送达，却没有送达记录。"
            yield Fault("delivery.unproved", f"delivery:{row.id}", text)


def _forgotten(session: Session, rows: Sequence[Any]) -> Iterable[Fault]:
    """Still open although its post is called released or cancelled: nobody will ever send it."""
    query = select(Post.id).where(
        Post.id.in_({row.post_id for row in rows if row.state in _OPEN}),
        Post.state.in_((PostState.released, PostState.cancelled)),
    )
    over = set(session.scalars(query))
    for row in rows:
        if row.post_id in over and row.state in _OPEN:
            text = f"内容 {row.post_id} 已结束，触达 {row.id} 却还没有完。"
            yield Fault("delivery.forgotten", f"delivery:{row.id}", text)


def _of_groups(planned: Counter[int], states: dict[int, Counter[str]]) -> Iterable[Fault]:
    for group_id in planned.keys() | states.keys():
        counted = states.get(group_id, Counter()).total()
        if counted != planned[group_id]:
            text = f"社群 {group_id} 计划 {planned[group_id]} 条，账上 {counted} 条。"
            yield Fault("sum.mismatch", f"group:{group_id}", text)


def _left_lying(
    session: Session, brand: Brand, rows: Sequence[Any], now: datetime, grace: timedelta
) -> Iterable[Fault]:
    """In a call beyond its lease, or due for longer than ``grace`` and still not taken up."""
    waiting = {DeliveryState.planned.value, DeliveryState.retry_wait.value, DeliveryState.claimed.value}
    going = set(
        session.scalars(select(Post.id).where(Post.brand_id == brand.id, Post.state == PostState.releasing))
    )
    paused = set(
        session.scalars(select(Group.id).where(Group.brand_id == brand.id, Group.paused_at.is_not(None)))
    )
    for row in rows:
        if row.state == DeliveryState.sending and (row.lease_until is None or row.lease_until < now):
            yield Fault("delivery.stuck", f"delivery:{row.id}", f"触达 {row.id} 停在「发送中」，已过租期。")
        turn = max(row.due_at, row.next_try_at or row.due_at)
        free = brand.paused_at is None and row.post_id in going and row.group_id not in paused
        if row.state in waiting and free and turn < now - grace:
            text = f"触达 {row.id} 到点超过一分钟还没有发。"
            yield Fault("delivery.overdue", f"delivery:{row.id}", text)


def _never_frozen(session: Session, brand: Brand, day: date, before: datetime) -> Iterable[Fault]:
    """Approved, due, and nobody took it up: the dispatcher is not there."""
    if brand.paused_at is not None:
        return
    query = select(Post.id).where(
        Post.brand_id == brand.id, Post.day == day, Post.state == PostState.approved, Post.occasion == "",
        Post.due_at < before,
    )  # fmt: skip
    for post_id in session.scalars(query):
        text = f"内容 {post_id} 已批准，到点超过一分钟还没有开始发，请检查发送服务。"
        yield Fault("post.overdue", f"post:{post_id}", text)


def _lines(session: Session, planned: Counter[int], states: dict[int, Counter[str]]) -> tuple[GroupSum, ...]:
    ids = planned.keys() | states.keys()
    query = select(Group.id, Group.code, Group.name).where(Group.id.in_(ids)).order_by(Group.id)
    return tuple(
        GroupSum(row.id, row.code, row.name, planned[row.id], dict(states.get(row.id, Counter())))
        for row in session.execute(query)
    )
