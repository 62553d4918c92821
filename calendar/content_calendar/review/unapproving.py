"""Taking back one's own approval within seconds: a slip of the finger on the tray, not a second opinion.

Only what this person approved, only while nothing has begun to go out, and only for :data:`UNDO`; later, sending the post
back or holding it says why.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from content_calendar.errors import StateConflict
from content_calendar.learning import pairs
from content_calendar.ledger import begun, withdraw
from content_calendar.review import approvals, hold_still, people
from content_calendar.states import PostState, move_post
from content_calendar.tables import Approval, Post, User

UNDO = timedelta(seconds=15)  # the desk offers it for ten; the rest is the way there
_REASON = "撤销批准"


def unapprove(session: Session, post: Post, *, user: User, now: datetime) -> PostState:
    """Back to review, as if it had not been approved; the state it is in again.

    The first of two approvals is taken back without a move. StateConflict ``approval.no_undo`` when it is somebody else's,
    too old, or the post has begun to go out.
    """
    actor = people.require(user, people.EDITORS, "撤销批准", "take an approval back")
    state = hold_still.take(session, post)
    given = session.scalar(
        select(Approval)
        .where(Approval.post_id == post.id, Approval.revoked_at.is_(None))
        .order_by(Approval.id.desc())
        .limit(1)
    )
    if given is None or given.user_id != user.id or now - given.decided_at > UNDO:
        raise _refused(post)
    if state not in {PostState.approved, PostState.in_review} or begun(session, post):
        raise _refused(post)
    approvals.revoke_one(session, post, given.id, actor=actor, now=now, reason=_REASON)
    if state is PostState.approved:
        withdraw(session, post, actor=actor, now=now)
        pairs.forget(session, post)
        move_post(session, post, PostState.in_review, expected=state, actor=actor, now=now, reason=_REASON)
    return PostState(post.state)


def _refused(post: Post) -> StateConflict:
    return StateConflict(
        f"内容 {post.id} 的批准已不能撤销；要拦住它，请退回或暂缓。",
        code="approval.no_undo",
        english=f"The approval of post {post.id} can no longer be undone; send it back or hold it.",
    )
