"""The sum of promise 3: planned = sent + handed_over + refused + unknown + skipped + expired + cancelled + open.

``planned`` is counted from the audiences that were frozen, never from the deliveries themselves, so that
a delivery that vanished, doubled or never ended makes the sum break, and is named. The database counts: every delivery
is looked at each minute, but only one row a release and state comes back, and those that are open or wrong.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import Session

from content_calendar import lateness, notices
from content_calendar.ledger import bulk
from content_calendar.ledger.unknowns import ANSWERED
from content_calendar.states import OPEN, DeliveryState, PostState
from content_calendar.tables import Attempt, Brand, Delivery, Group, Post, Release

_STATES = frozenset(state.value for state in DeliveryState)
_OPEN = frozenset(state.value for state in OPEN)
_TOLD = {DeliveryState.sent.value, DeliveryState.handed_over.value, DeliveryState.confirmed.value}
AT_ONCE = 10_000  # groups named in one statement: databases take some 30,000 parameters


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
    of_day = select(Release.post_id).where(Release.brand_id == brand.id, Release.day == day)
    parts = _parts(session, of_day)
    planned = Counter(group for release in releases for group in release.audience)
    counted: Counter[int] = Counter()
    totals: Counter[str] = Counter()
    for part in parts:
        counted.update(part.groups)
        totals[part.state] += len(part.groups)
    still = _still_open(session, of_day)
    faults = [*_against_audience(session, releases, parts), *_of_states(session, of_day, parts)]
    faults += [*_of_attempts(session, of_day), *_of_groups(planned, counted), *_forgotten(session, still)]
    if now is not None:
        faults += _left_lying(session, brand, still, now, grace)
        faults += _never_frozen(session, brand, day, now - grace)
    return DaySum(
        day=day, planned=planned.total(), by_state=dict(totals), faults=tuple(faults),
        open=sum(count for state, count in totals.items() if state in _OPEN),
        by_group=_lines(session, planned, _by_group(parts)),
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


Posts = Select[int]  # the posts whose releases belong to the day


def _parts(session: Session, posts: Posts) -> Sequence[Any]:
    """Release and state → the groups whose delivery stands so."""
    groups = bulk.gathered(Delivery.group_id, sqlite=bulk.is_sqlite(session)).label("groups")
    query = select(Delivery.release_id, Delivery.state, groups).where(Delivery.post_id.in_(posts))
    return session.execute(query.group_by(Delivery.release_id, Delivery.state)).all()


def _still_open(session: Session, posts: Posts) -> Sequence[Any]:
    query = select(
        Delivery.id, Delivery.post_id, Delivery.group_id, Delivery.state, Delivery.due_at, Delivery.next_try_at,
        Delivery.lease_until,
    ).where(Delivery.post_id.in_(posts), func.coalesce(Delivery.state, "").in_(_OPEN))  # fmt: skip
    return session.execute(query.order_by(Delivery.id)).all()


def _against_audience(session: Session, releases: Sequence[Any], parts: Sequence[Any]) -> Iterable[Fault]:
    have: dict[int, set[int]] = {}
    for part in parts:
        have.setdefault(part.release_id, set()).update(part.groups)
    wanted = {release.id: set(release.audience) for release in releases}
    for release in releases:
        for group in sorted(wanted[release.id] - have.get(release.id, set())):
            text = f"内容 {release.post_id} 对社群 {group} 的触达不见了。"
            yield Fault("delivery.missing", f"post:{release.post_id}", text)
    extra = {(key, group) for key, groups in have.items() for group in groups - wanted.get(key, set())}
    if extra:
        yield from _extra(session, extra)


def _extra(session: Session, pairs: set[tuple[int, int]]) -> Iterable[Fault]:
    """``pairs``: release and group."""
    query = select(Delivery.id, Delivery.release_id, Delivery.group_id, Delivery.post_id)
    query = query.where(Delivery.group_id.in_({group for _, group in pairs})).order_by(Delivery.id)
    for row in session.execute(query):
        if (row.release_id, row.group_id) in pairs:
            text = f"内容 {row.post_id} 多出一条对社群 {row.group_id} 的触达。"
            yield Fault("delivery.extra", f"delivery:{row.id}", text)


def _of_states(session: Session, posts: Posts, parts: Sequence[Any]) -> Iterable[Fault]:
    strange = {part.state for part in parts} - _STATES
    if not strange:
        return
    query = select(Delivery.id, Delivery.state).where(
        Delivery.post_id.in_(posts), Delivery.state.in_(strange)
    )
    for row in session.execute(query.order_by(Delivery.id)):
        text = f"触达 {row.id} 的状态「{row.state}」不认识。"
        yield Fault("delivery.state_unknown", f"delivery:{row.id}", text)


def _of_attempts(session: Session, posts: Posts) -> Iterable[Fault]:
    """Two attempts that both arrived, and deliveries called sent that no attempt vouches for."""
    proved = or_(Attempt.outcome.in_(("sent", "handed_over")), Attempt.code == ANSWERED)
    doubled = (
        select(Delivery.id, func.count().label("times"))
        .join(Attempt, Attempt.delivery_id == Delivery.id)
        .where(Delivery.post_id.in_(posts), proved)
        .group_by(Delivery.id)
        .having(func.count() > 1)
        .order_by(Delivery.id)
    )
    for row in session.execute(doubled):
        text = f"触达 {row.id} 有 {row.times} 次送达记录，可能发重了。"
        yield Fault("delivery.doubled", f"delivery:{row.id}", text)
    vouched = exists().where(Attempt.delivery_id == Delivery.id, proved)
    # Not by the index over states: the posts of the day are few, what was ever sent is not.
    told = func.coalesce(Delivery.state, "").in_(_TOLD)
    unproved = select(Delivery.id).where(Delivery.post_id.in_(posts), told, ~vouched)
    for key in session.scalars(unproved.order_by(Delivery.id)):
        text = f"触达 {key} 记为已送达，却没有送达记录。"
        yield Fault("delivery.unproved", f"delivery:{key}", text)


def _forgotten(session: Session, rows: Sequence[Any]) -> Iterable[Fault]:
    """Still open although its post is called released or cancelled: nobody will ever send it."""
    query = select(Post.id).where(
        Post.id.in_({row.post_id for row in rows}),
        Post.state.in_((PostState.released, PostState.cancelled)),
    )
    over = set(session.scalars(query))
    for row in rows:
        if row.post_id in over:
            text = f"内容 {row.post_id} 已结束，触达 {row.id} 却还没有完。"
            yield Fault("delivery.forgotten", f"delivery:{row.id}", text)


def _of_groups(planned: Counter[int], counted: Counter[int]) -> Iterable[Fault]:
    for group_id in planned.keys() | counted.keys():
        if counted[group_id] != planned[group_id]:
            text = f"社群 {group_id} 计划 {planned[group_id]} 条，账上 {counted[group_id]} 条。"
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


def _by_group(parts: Sequence[Any]) -> dict[int, dict[str, int]]:
    """Group → how many of its deliveries stand in which state."""
    found: dict[int, dict[str, int]] = {}
    for part in parts:
        for group_id in part.groups:
            line = found.setdefault(group_id, {})
            line[part.state] = line.get(part.state, 0) + 1
    return found


def _lines(
    session: Session, planned: Counter[int], states: dict[int, dict[str, int]]
) -> tuple[GroupSum, ...]:
    wanted = sorted(planned.keys() | states.keys())
    query = select(Group.id, Group.code, Group.name).order_by(Group.id)
    parts = (wanted[at : at + AT_ONCE] for at in range(0, len(wanted), AT_ONCE))
    return tuple(
        GroupSum(row.id, row.code, row.name, planned[row.id], states.get(row.id, {}))
        for part in parts
        for row in session.execute(query.where(Group.id.in_(part)))
    )
