"""Giving a post another moment: always a new approval, never into the past, a quiet hour or a taken slot.

A move can be undone for a few seconds by whoever made it: the post stands again where an approval had been
given for it, so that approval stands again too.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from content_calendar import zones
from content_calendar.errors import CalendarError, StateConflict
from content_calendar.ledger import withdraw
from content_calendar.review import approvals, hold_still, people
from content_calendar.states import PostState, move_post
from content_calendar.tables import Approval, AuditEvent, Brand, Post, User

P = PostState
_MOVABLE = frozenset({P.planned, P.in_review, P.changes_requested, P.approved, P.held, P.missed})
UNDO = timedelta(seconds=15)  # ten on the screen, and the way to us
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
    _must_suit(session, brand, post, placed.instant, time, now=now)
    before = {"day": post.day.isoformat(), "time": post.time}
    if state is P.held:
        withdraw(session, post, actor=actor, now=now)
    revoked = approvals.revoke(session, post, actor=actor, now=now, reason="改了发送时间")
    wall = placed.instant.astimezone(zones.zone(post.zone))  # in a gap the clock shows a later minute
    values = {"day": wall.date(), "time": f"{wall:%H:%M}", "due_at": placed.instant, "touched": True}
    after = {"day": wall.date().isoformat(), "time": f"{wall:%H:%M}"}
    detail = {"before": before, "after": after, "revoked": list(revoked), "touched": post.touched}
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


def undo(session: Session, post: Post, *, user: User, now: datetime) -> datetime:
    """Take back the move this person made within the last :data:`UNDO`; the instant it stands at again.

    StateConflict when anything happened to the post since; refusals as for a move. An approval that the move
    revoked stands again: it was given for this revision at this moment, and both are as they were.
    """
    actor = people.require(user, people.EDITORS, "改时间", "move posts")
    state = hold_still.take(session, post)
    last = session.scalar(
        select(AuditEvent)
        .where(AuditEvent.subject == "post", AuditEvent.subject_id == str(post.id))
        .order_by(AuditEvent.id.desc())
        .limit(1)
    )
    if last is None or "before" not in last.detail or last.actor != actor or now - last.at > UNDO:
        raise StateConflict(
            f"内容 {post.id} 的改期已不能撤销，请再改一次时间。",
            code="post.no_undo",
            english=f"The move of post {post.id} can no longer be undone; move it again.",
        )
    day, wall = (
        date.fromisoformat(last.detail["before"]["day"]),
        time.fromisoformat(last.detail["before"]["time"]),
    )
    brand = session.get_one(Brand, post.brand_id)
    placed = zones.place(day, wall, zones.zone(post.zone))
    _must_suit(session, brand, post, placed.instant, wall, now=now)
    values = {
        "day": day,
        "time": f"{wall:%H:%M}",
        "due_at": placed.instant,
        "touched": last.detail["touched"],
    }
    detail = {"undone": last.id}
    if last.before == P.approved and _stands_again(session, last.detail["revoked"], placed.instant, now):
        move_post(
            session, post, P.approved, expected=state, actor=actor, now=now, reason="撤销改期", detail=detail,
            **values,
        )  # fmt: skip
    else:
        hold_still.change(
            session,
            post,
            expected=state,
            actor=actor,
            now=now,
            action="post.move_undone",
            detail=detail,
            **values,
        )
    return placed.instant


def _must_suit(
    session: Session, brand: Brand, post: Post, instant: datetime, wall: time, *, now: datetime
) -> None:
    """A welcome disturbs nobody at its moment, which is only its last: any that is still to come will do."""
    if not post.occasion or instant <= now:
        must_suit(session, brand, post.tier, instant, wall, now=now, besides=post.id)


def _stands_again(session: Session, ids: list[int], due_at: datetime, now: datetime) -> bool:
    """Lift the revocation of the approval among ``ids`` that was given for this very moment."""
    wanted = session.scalar(
        select(Approval.id).where(Approval.id.in_(ids), Approval.due_at == due_at, Approval.expires_at > now)
    )
    if wanted is None:
        return False
    session.execute(update(Approval).where(Approval.id == wanted).values(revoked_at=None, revoke_reason=""))
    return True


def in_quiet_hours(brand: Brand, wall: time) -> bool:
    """True between the brand's quiet_from (included) and quiet_to (excluded), also over midnight."""
    start, end, at = brand.quiet_from, brand.quiet_to, f"{wall:%H:%M}"
    if not start or not end or start == end:
        return False
    return start <= at < end if start < end else at >= start or at < end


def must_suit(
    session: Session,
    brand: Brand,
    tier: str,
    instant: datetime,
    wall: time,
    *,
    now: datetime,
    besides: int = 0,
) -> None:
    """Refuse a moment in the past, in quiet hours, or where the tier has a post other than ``besides``."""
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
            Post.brand_id == brand.id, Post.tier == tier, Post.due_at == instant,
            Post.id != besides, Post.state.not_in(_GONE),
        ).limit(1)
    )  # fmt: skip
    if other is not None:
        raise StateConflict(
            f"该层级在 {wall:%H:%M} 已有内容 {other}，请换一个时间。",
            code="post.slot_taken",
            english=f"Post {other} of the same tier already has that moment.",
        )
