"""The rehearsal: what would go out, when, to whom, by which lane, and every conflict; nothing is sent or changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from content_calendar.plan.audience import Seat, seats_of
from content_calendar.plan.outline import draw
from content_calendar.plan.report import LEVEL_NAMES, Conflict, Level
from content_calendar.states import POST_NAMES, PostState
from content_calendar.tables import Brand, Post, Revision

_TO_COME = frozenset(set(PostState) - {PostState.released, PostState.cancelled, PostState.missed})
_GOING = frozenset({PostState.approved, PostState.releasing})
_SEAT_LEVELS: dict[str, Level] = {
    "channel_missing": "warning",
    "over_cap": "warning",
    "mass_send_used": "warning",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One planned delivery. ``why_not`` is Chinese and empty exactly when ``will_send``."""

    at: datetime  # aware, in the post's zone
    post_id: int
    kind: str
    tier: str
    theme: str
    group: str  # code
    group_name: str
    owner: str
    channel: str
    lane: str
    state: str
    revision: str  # hash of the newest revision, empty when nothing is written
    will_send: bool
    why_not: str


@dataclass(frozen=True)
class Rehearsal:
    """Lines in order of time, and the conflicts of the same days."""

    lines: tuple[Line, ...]
    conflicts: tuple[Conflict, ...]


def rehearse(
    session: Session, brand: Brand, *, start: date, days: int, now: datetime,
    installed: frozenset[str] | None = None,
) -> Rehearsal:  # fmt: skip
    """Rehearse ``days`` days from ``start``. Works on a reading session; posts whose moment is over are left out."""
    posts = _posts(session, brand, start, start + timedelta(days=days - 1), now)
    hashes = _hashes(session, posts)
    places = seats_of(session, posts, installed=installed)
    lines = tuple(_lines(posts, hashes, places, brand))
    return Rehearsal(lines, _conflicts(session, brand, posts, places, start, days, now, installed))


def _posts(session: Session, brand: Brand, first: date, last: date, now: datetime) -> Sequence[Post]:
    return session.scalars(
        select(Post)
        .where(
            Post.brand_id == brand.id, Post.day >= first, Post.day <= last, Post.due_at > now,
            Post.state.in_(_TO_COME), Post.occasion == "",
        )
        .order_by(Post.due_at, Post.id)
    ).all()  # fmt: skip


def _hashes(session: Session, posts: Sequence[Post]) -> dict[int, str]:
    ids = [post.revision_id for post in posts if post.revision_id is not None]
    rows = session.execute(select(Revision.post_id, Revision.hash).where(Revision.id.in_(ids)))
    return dict(rows.tuples().all())


def _lines(
    posts: Sequence[Post], hashes: dict[int, str], places: dict[int, list[Seat]], brand: Brand
) -> Iterator[Line]:
    for post in posts:
        stops = _why_not(post, brand)
        at = post.due_at.astimezone(ZoneInfo(post.zone))
        for seat in places[post.id]:
            why = stops or seat.skip
            yield Line(
                at, post.id, post.kind, post.tier, post.theme, seat.group_code, seat.group_name, seat.owner,
                seat.channel, seat.lane, post.state, hashes.get(post.id, ""), not why, why,
            )  # fmt: skip


def _why_not(post: Post, brand: Brand) -> str:
    """Why nothing of a post goes out as things stand; empty when it does."""
    if brand.paused_at is not None:
        return "品牌已暂停发送"
    if post.state in _GOING:
        return ""
    if post.state in {PostState.planned, PostState.writing, PostState.in_review}:
        return "尚未批准"
    return POST_NAMES[PostState(post.state)]


def _conflicts(
    session: Session, brand: Brand, posts: Sequence[Post], places: dict[int, list[Seat]], start: date, days: int,
    now: datetime, installed: frozenset[str] | None,
) -> tuple[Conflict, ...]:  # fmt: skip
    """What planning would say now, what stands on the posts, and whom the seats pass over."""
    outline = draw(session, brand, start=start, days_ahead=days, now=now, installed=installed)
    ids = {key: post.id for key, post in outline.posts.items()}
    told = [replace(item, post_id=ids.get(item.slot or "")) for item in outline.conflicts]
    known = {(item.kind, item.post_id) for item in told}
    for post in posts:
        for note in post.conflicts:
            if (note["kind"], post.id) not in known:
                told.append(_noted(post, note))
    missing = sum(slot.key not in outline.posts for slot in outline.slots)
    if missing:
        text = f"有 {missing} 个时段还没有排进日历，所以不在预演里。请先运行 chongfen plan。"
        told.append(Conflict("unplanned", "warning", text, start))
    whole = {item.tier for item in told if item.kind == "channel_missing"}  # said once for the tier is enough
    passed = _passed_over(posts, places)
    return (*told, *(item for item in passed if item.kind != "channel_missing" or item.tier not in whole))


def _noted(post: Post, note: dict[str, Any]) -> Conflict:
    """A conflict as it was stored on a post when it was planned."""
    return Conflict(note["kind"], note["level"], note["text"], post.day, post.tier, post.id, post.slot_key)


def _passed_over(posts: Sequence[Post], places: dict[int, list[Seat]]) -> Iterator[Conflict]:
    for post in posts:
        skipped = Counter((seat.skip_code, seat.skip) for seat in places[post.id] if seat.skip)
        for (code, why), count in sorted(skipped.items()):
            text = f"{post.day.month}月{post.day.day}日{post.time}这一条有 {count} 个{LEVEL_NAMES[post.tier]}层级的群收不到：{why}。"
            yield Conflict(code, _SEAT_LEVELS.get(code, "notice"), text, post.day, post.tier, post.id)
