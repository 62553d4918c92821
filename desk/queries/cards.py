"""Cards: the calendar's posts as the desk lists them, with what will make each one fail.

One statement for the posts with their newest text, one for findings, one for groups: the count does not grow
with the number of posts. Columns are read, not objects: two thousand of them must cost milliseconds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from content_calendar.lanes import CHANNELS, CUSTOMER_CHANNELS
from content_calendar.states import PostState
from content_calendar.tables import Brand, Campaign, FindingRow, Group, Post, Revision

P = PostState
UNDECIDED = frozenset({P.planned, P.writing, P.in_review, P.changes_requested, P.rejected, P.held})
SOON = timedelta(minutes=30)  # unapproved this near to its moment: it will be missed unless somebody acts


@dataclass(frozen=True, slots=True)
class Risk:
    """Why a post will not go out as things stand; ``text`` is for a person, ``code`` for a program."""

    code: str
    text: str
    number: int = 0


@dataclass(frozen=True, slots=True)
class Card:
    """One post in a list. ``day``/``time`` are wall time in the brand's zone, ``due_at`` is the instant."""

    id: int
    day: date
    time: str
    due_at: datetime
    kind: str
    tier: str
    state: str
    state_reason: str
    lane: str
    line: str  # first line of the newest text; the theme while there is none
    has_text: bool
    author: str
    blocks: int
    warns: int
    groups: int
    campaign: str
    campaign_id: int | None
    stage: str | None
    angle: str | None
    offer: bool
    owner: str
    revision_hash: str
    risks: tuple[Risk, ...]


@dataclass(frozen=True, slots=True)
class Reach:
    """Active groups of one tier: how many, how many paused, and how many lack a channel address."""

    groups: int = 0
    paused: int = 0
    unaddressed: int = 0


_NOBODY = Reach()
_OVER = frozenset({"released", "cancelled", "missed"})
_COLUMNS = (
    Post.id,
    Post.day,
    Post.time,
    Post.due_at,
    Post.kind,
    Post.tier,
    Post.state,
    Post.state_reason,
    Post.lane,
    Post.theme,
    Post.campaign_id,
    Post.stage,
    Post.angle,
    Post.offer,
    Post.owner,
    Post.conflicts,
    Post.revision_id,
    Revision.first_line,
    Revision.author,
    Revision.hash,
    Campaign.name,
)


def load(
    session: Session,
    brand: Brand,
    *where: ColumnElement[bool],
    now: datetime,
    limit: int | None = None,
    by_tier: bool = True,
) -> list[Card]:
    """The brand's posts that meet ``where``, by moment, tier (unless not ``by_tier``) and id: three statements."""
    statement = (
        select(*_COLUMNS)
        .outerjoin(Revision, Revision.id == Post.revision_id)
        .outerjoin(Campaign, Campaign.id == Post.campaign_id)
        .where(Post.brand_id == brand.id, *where)
        .order_by(Post.due_at, *([_tier_order()] if by_tier else []), Post.id)
        .limit(limit)
    )
    rows = session.execute(statement).all()
    found = findings(session, brand, where)
    reach = reach_by_tier(session, brand)
    return [_card(row, brand, found, reach, now) for row in rows]


def of_days(first: date, last: date) -> tuple[ColumnElement[bool], ...]:
    """Posts of the calendar whose wall day lies between two days; the instants beside it let the database use its index."""
    begin = datetime.combine(first, time.min, UTC) - timedelta(days=1)
    end = datetime.combine(last, time.max, UTC) + timedelta(days=1)
    return (
        Post.day >= first, Post.day <= last, Post.due_at >= begin, Post.due_at <= end, Post.occasion == "",
    )  # fmt: skip


def _tier_order() -> ColumnElement[int]:
    return case({"high": 0, "mid": 1, "low": 2}, value=Post.tier, else_=3)


def findings(
    session: Session, brand: Brand, where: Iterable[ColumnElement[bool]]
) -> dict[int, tuple[int, int]]:
    """(blocks, warns) of each newest revision, by revision id."""
    rows = session.execute(
        select(FindingRow.revision_id, FindingRow.verdict, func.count())
        .join(Post, Post.revision_id == FindingRow.revision_id)
        .where(Post.brand_id == brand.id, *where)
        .group_by(FindingRow.revision_id, FindingRow.verdict)
    )
    counted: dict[int, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for revision_id, verdict, count in rows:
        blocks, warns = counted[revision_id]
        counted[revision_id] = (blocks + count, warns) if verdict == "block" else (blocks, warns + count)
    return counted


def reach_by_tier(session: Session, brand: Brand) -> dict[str, Reach]:
    """How many groups a post of each tier reaches."""
    unaddressed = (Group.address == "") & Group.channel.in_(
        [key for key, info in CHANNELS.items() if info.needs_address and key not in CUSTOMER_CHANNELS]
    )
    rows = session.execute(
        select(
            Group.tier,
            func.count(),
            func.count(Group.paused_at),
            func.sum(case((unaddressed, 1), else_=0)),
        )
        .where(Group.brand_id == brand.id, Group.active)
        .group_by(Group.tier)
    )
    return {
        tier: Reach(count, paused, 0 if brand.demo else int(missing or 0))
        for tier, count, paused, missing in rows
    }


def _card(
    row: Sequence[Any],
    brand: Brand,
    found: dict[int, tuple[int, int]],
    reach: dict[str, Reach],
    now: datetime,
) -> Card:
    # Unpacked at once: asking a row for twenty names costs more than everything else here.
    (
        post_id, day, wall, due_at, kind, tier, state, state_reason, lane, theme, campaign_id, stage, angle, offer,
        owner, conflicts, revision_id, first_line, author, digest, campaign,
    ) = row  # fmt: skip
    blocks, warns = found.get(revision_id, (0, 0)) if revision_id else (0, 0)
    reached = reach.get(tier, _NOBODY)
    over = due_at <= now or state in _OVER
    return Card(
        id=post_id, day=day, time=wall, due_at=due_at, kind=kind, tier=tier, state=state, state_reason=state_reason,
        lane=lane, line=first_line or theme, has_text=revision_id is not None, author=author or "", blocks=blocks,
        warns=warns, groups=reached.groups, campaign=campaign or "", campaign_id=campaign_id, stage=stage,
        angle=angle, offer=offer, owner=owner, revision_hash=digest or "",
        risks=() if over else tuple(_risks(state, due_at - now, conflicts, blocks, reached, brand)),
    )  # fmt: skip


def _risks(
    state: str,
    left: timedelta,
    conflicts: list[dict[str, Any]] | None,
    blocks: int,
    reach: Reach,
    brand: Brand,
) -> Iterable[Risk]:
    """What stands between a future post and its groups, worst first. ``left``: time until its moment."""
    undecided = state in UNDECIDED
    if undecided and left <= SOON:
        yield Risk("unapproved", "再过 {n} 分钟就到点，还没有批准", max(1, round(left.total_seconds() / 60)))
    if blocks and undecided:
        yield Risk("block", "有 {n} 处必改，不能批准", blocks)
    for conflict in conflicts or ():
        if conflict.get("level") == "error":
            yield Risk("conflict", str(conflict.get("text", "")))
    if not reach.groups:
        yield Risk("no_groups", "这个层级没有社群，发不出去")
    elif reach.unaddressed:
        yield Risk("channel", "有 {n} 个群缺通道地址，会被跳过", reach.unaddressed)
    if brand.paused_at is not None and state == P.approved:
        yield Risk("paused", "发送已全部暂停")
