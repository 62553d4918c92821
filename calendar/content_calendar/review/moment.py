"""Giving a post another moment: always a new approval, never into the past, a quiet hour or a taken slot."""

from __future__ import annotations

from datetime import date, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from content_calendar import zones
from content_calendar.errors import CalendarError, StateConflict
from content_calendar.ledger import withdraw
from content_calendar.review import approvals, hold_still, people
from content_calendar.states import PostState, move_post
from content_calendar.tables import Brand, Post, User

P = PostState
_MOVABLE = frozenset({P.planned, P.in_review, P.changes_requested, P.approved, P.held, P.missed})
_GONE = (P.cancelled, P.rejected, P.missed)  # posts that no longer need their slot


class BadMoment(CalendarError):
    """That moment cannot be chosen; the message says why."""

    code = "post.bad_moment"


def reschedule(session: Session, post: Post, *, day: date, time: time, user: User, now: datetime) -> datetime:
    """Move the post to ``time`` (wall time in its zone) on ``day``; the new instant.

    Refused while or after it goes out, into the past, into the brand's quiet hours, or where the same tier
    already has a post. Approved and missed posts go back to review; others keep their state.
    """
    actor = people.require(user, people.EDITORS, "改时间", "move posts")
    hold_still.take(session, post)
    state = hold_still.expect(post, _MOVABLE, "改时间", "moved")
    brand = session.get_one(Brand, post.brand_id)
    placed = zones.place(day, time, zones.zone(post.zone))
    _must_suit(session, post, brand, placed.instant, time, now)
    before = {"day": post.day.isoformat(), "time": post.time}
    if state is P.held:
        withdraw(session, post, actor=actor, now=now)
    approvals.revoke(session, post, actor=actor, now=now, reason="改了发送时间")
    wall = placed.instant.astimezone(zones.zone(post.zone))  # in a gap the clock shows a later minute
    values = {"day": wall.date(), "time": f"{wall:%H:%M}", "due_at": placed.instant, "touched": True}
    detail = {"before": before, "after": {"day": wall.date().isoformat(), "time": f"{wall:%H:%M}"}}
    if state in {P.approved, P.missed}:
        move_post(
            session, post, P.in_review, expected=state, actor=actor, now=now, reason="改了发送时间",
            detail=detail, **values,
        )  # fmt: skip
    else:
        hold_still.change(
            session, post, expected=state, actor=actor, now=now, action="post.moved", detail=detail, **values
        )
    return placed.instant


def in_quiet_hours(brand: Brand, wall: time) -> bool:
    """True between the brand's quiet_from (included) and quiet_to (excluded), also over midnight."""
    start, end, at = brand.quiet_from, brand.quiet_to, f"{wall:%H:%M}"
    if not start or not end or start == end:
        return False
    return start <= at < end if start < end else at >= start or at < end


def _must_suit(
    session: Session, post: Post, brand: Brand, instant: datetime, wall: time, now: datetime
) -> None:
    if instant <= now:
        raise BadMoment(
            "不能改到已经过去的时间。", code="post.in_the_past", english="That moment has passed."
        )
    if in_quiet_hours(brand, wall):
        raise BadMoment(
            f"{wall:%H:%M} 在免打扰时段（{brand.quiet_from}–{brand.quiet_to}）内，请换一个时间。",
            code="post.quiet_hours",
            english=f"{wall:%H:%M} lies in the quiet hours ({brand.quiet_from}-{brand.quiet_to}).",
        )
    other = session.scalar(
        select(Post.id).where(
            Post.brand_id == post.brand_id, Post.tier == post.tier, Post.due_at == instant,
            Post.id != post.id, Post.state.not_in(_GONE),
        ).limit(1)
    )  # fmt: skip
    if other is not None:
        raise StateConflict(
            f"该层级在 {wall:%H:%M} 已有内容 {other}，请换一个时间。",
            code="post.slot_taken",
            english=f"Post {other} of the same tier already has that moment.",
        )
