"""The other decisions of an editor: send back, reject, hold, go on, cancel, say something."""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from content_calendar import notices, revised
from content_calendar.errors import CalendarError, StateConflict
from content_calendar.learning import pairs
from content_calendar.ledger import (
    begun,
    cancel_rest,
    close_finished,
    door,
    unended,
    withdraw,
)
from content_calendar.review import approvals, hold_still, people
from content_calendar.states import PostState, move_post
from content_calendar.tables import Comment, Post, Release, User

P = PostState
_MENTION = re.compile(r"@([\w.\-]{1,80})")
_OPEN_QUESTION = frozenset({P.in_review, P.approved})
_HOLDABLE = frozenset({P.planned, P.in_review, P.changes_requested, P.approved, P.releasing})
_CANCELLABLE = frozenset(
    {
        P.planned, P.writing, P.in_review, P.changes_requested, P.approved, P.held, P.rejected, P.missed,
        P.releasing,
    }
)  # fmt: skip


def request_changes(session: Session, post: Post, *, user: User, reason: str, now: datetime) -> None:
    """Back to the writer with a reason; an approval is revoked."""
    _turn_down(session, post, P.changes_requested, user=user, reason=reason, now=now, what="要求修改")


def reject(session: Session, post: Post, *, user: User, reason: str, now: datetime) -> None:
    """Not this post; it leaves the calendar unless it is written again."""
    _turn_down(session, post, P.rejected, user=user, reason=reason, now=now, what="退稿")


def _turn_down(
    session: Session, post: Post, to: PostState, *, user: User, reason: str, now: datetime, what: str
) -> None:
    actor = people.require(user, people.EDITORS, what, "decide on posts")
    reason = people.reason_given(reason, what)
    hold_still.take(session, post)
    allowed = _OPEN_QUESTION | ({P.changes_requested} if to is P.rejected else set())
    state = hold_still.expect(post, frozenset(allowed), what, "turned down")
    approvals.revoke(session, post, actor=actor, now=now, reason=f"{what}：{reason}")
    pairs.forget(session, post)
    move_post(session, post, to, expected=state, actor=actor, now=now, reason=reason, touched=True)


def hold(session: Session, post: Post, *, user: User, reason: str, now: datetime) -> None:
    """Stop it, also in the middle of its fan-out: calls in flight finish, no other is made.

    Any person may hold; a held post has no way straight back to approved.
    """
    actor = people.require(user, people.PEOPLE, "暂缓内容", "hold")
    reason = people.reason_given(reason, "暂缓")
    hold_still.take(session, post)
    state = hold_still.expect(post, _HOLDABLE, "暂缓", "held")
    move_post(session, post, P.held, expected=state, actor=actor, now=now, reason=reason, touched=True)


def resume_post(session: Session, post: Post, *, user: User, now: datetime) -> PostState:
    """Lift a hold. What had begun to go out goes on when the door still grants it (approved, on time,
    facts fresh); everything else goes back to review, its approval revoked. Returns the new state.
    """
    actor = people.require(user, people.EDITORS, "恢复内容", "resume")
    hold_still.take(session, post)
    hold_still.expect(post, frozenset({P.held}), "恢复", "resumed")
    if _goes_on(session, post, now):
        # A person has just answered "send it late": the policy must not ask again.
        move_post(session, post, P.releasing, expected=P.held, actor=actor, now=now, late_policy="send_late")
        close_finished(session, now=now, post_id=post.id)
        return P(post.state)
    withdraw(session, post, actor=actor, now=now)
    approvals.revoke(session, post, actor=actor, now=now, reason="暂缓后恢复，需重新审核")
    move_post(session, post, P.in_review, expected=P.held, actor=actor, now=now)
    return P.in_review


def _goes_on(session: Session, post: Post, now: datetime) -> bool:
    bound = session.scalar(select(Release.revision_hash).where(Release.post_id == post.id))
    if bound is None or not unended(session, post):
        return False
    verdict = door.check(session, post, now)
    return isinstance(verdict, door.Granted) and verdict.revision.hash == bound


def cancel(session: Session, post: Post, *, user: User, reason: str, now: datetime) -> PostState:
    """Take it out of the calendar. Of a post that has begun to go out, what has not left is cancelled
    and the post closes as released with what did leave. Returns the new state.
    """
    actor = people.require(user, people.EDITORS, "取消内容", "cancel")
    reason = people.reason_given(reason, "取消")
    hold_still.take(session, post)
    state = hold_still.expect(post, _CANCELLABLE, "取消", "cancelled")
    if begun(session, post):
        return _cancel_rest(session, post, state, actor=actor, reason=reason, now=now)
    withdraw(session, post, actor=actor, now=now)
    approvals.revoke(session, post, actor=actor, now=now, reason=f"取消：{reason}")
    if state is P.releasing:
        move_post(session, post, P.held, expected=state, actor=actor, now=now, reason=reason)
        state = P.held
    move_post(session, post, P.cancelled, expected=state, actor=actor, now=now, reason=reason, touched=True)
    return P.cancelled


def _cancel_rest(
    session: Session, post: Post, state: PostState, *, actor: str, reason: str, now: datetime
) -> PostState:
    if state not in {P.releasing, P.held}:
        raise StateConflict(
            f"内容 {post.id} 已有社群收到，请先暂缓再取消其余社群。",
            english=f"Part of post {post.id} has been sent; hold it before cancelling the rest.",
        )
    approvals.revoke(session, post, actor=actor, now=now, reason=f"取消：{reason}")
    count = cancel_rest(session, post, actor=actor, now=now, reason=reason)
    if state is P.held:
        move_post(session, post, P.releasing, expected=P.held, actor=actor, now=now, reason="取消其余社群")
    hold_still.change(
        session, post, expected=P.releasing, actor=actor, now=now, action="post.rest_cancelled",
        detail={"groups": count, "reason": reason}, state_reason=f"其余 {count} 个社群已取消：{reason}"[:400],
        touched=True,
    )  # fmt: skip
    close_finished(session, now=now, post_id=post.id)
    return P(post.state)


def comment(
    session: Session, post: Post, text: str, *, user: User, now: datetime, start: int = 0, end: int = 0
) -> Comment:
    """Say something of a post, on characters ``start`` to ``end`` of its newest text or (0, 0) the whole."""
    people.require(user, people.PEOPLE, "评论", "comment")
    revision = revised.newest(session, post)
    length = len(revision.text) if revision else 0
    if not text.strip() or len(text) > 2000 or not 0 <= start <= end <= length:
        raise CalendarError(
            "评论不能为空或超过 2000 字，所指的文字须在内容之内。",
            code="review.comment_unusable",
            english="A comment needs 1 to 2000 characters and a range within the text.",
        )
    row = Comment(
        post_id=post.id, revision_id=post.revision_id, user_id=user.id, text=text.strip(), start=start,
        end=end, created_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    _tell_mentioned(session, post, row, user, now)
    return row


def _tell_mentioned(session: Session, post: Post, row: Comment, author: User, now: datetime) -> None:
    """A notice for everybody the comment names with an @: by user name or by how they are called."""
    called = set(_MENTION.findall(row.text))
    if not called:
        return
    wanted = select(User).where(User.active, or_(User.name.in_(called), User.display.in_(called)))
    for mentioned in session.scalars(wanted):
        who, whom = author.display or author.name, mentioned.display or mentioned.name
        notices.tell(
            session, brand_id=post.brand_id, code="comment.mention", subject=f"comment:{row.id}:{mentioned.id}",
            text=f"@{whom}：{who}在内容 {post.id} 的评论里提到你，请去看一眼。", now=now, level="info",
        )  # fmt: skip
