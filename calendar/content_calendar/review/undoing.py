"""Taking back one's own last decision about a post, whatever it was, while nobody else has touched the post since.

What undoing means depends on what was done: an approval is withdrawn, what was sent back, turned down or held lies before
the editors again, a new text gives way to the one before it (as a newer version still: nothing is ever unwritten). What
cannot be taken back is said in one sentence, and changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from content_calendar.errors import StateConflict
from content_calendar.review import decisions, hold_still, moment, people, unapproving
from content_calendar.states import PostState, move_post
from content_calendar.tables import AuditEvent, Post, Revision, User

P = PostState
RECENT = timedelta(minutes=10)  # later nobody means "the last thing I did" any more
_TURNED = frozenset({P.changes_requested, P.rejected})
_REASON = "撤销刚才的决定"
_SILENT = frozenset({"post.rewrite_asked", "post.rechecked"})  # what nobody decided
# Puts the second's text in the place of the first's: every text is checked, and the checks live on another floor.
Restore = Callable[[Revision, Revision], object]


@dataclass(frozen=True)
class Undone:
    """What was taken back (approval, changes, rejection, hold, move, text) and where the post stands now."""

    what: str
    state: PostState


def undo_last(session: Session, post: Post, *, user: User, now: datetime, restore: Restore) -> Undone:
    """Take back what ``user`` decided last about ``post``; StateConflict ``decision.no_undo`` says why not."""
    people.require(user, people.EDITORS, "撤销", "undo a decision")
    state = hold_still.take(session, post)
    last = _last(session, post)
    if last is None or last.actor != f"user:{user.name}":
        raise _not_yours(post, last)
    if now - last.at > RECENT:
        raise _refused(post, f"是 {int(RECENT.total_seconds() // 60)} 分钟以前的事", "it was too long ago")
    if last.action.startswith("post.approv") or last.after == P.approved:
        return Undone("approval", unapproving.unapprove(session, post, user=user, now=now))
    if state in _TURNED and last.after == state:
        move_post(session, post, P.in_review, expected=state, actor=last.actor, now=now, reason=_REASON)
        return Undone("changes" if state is P.changes_requested else "rejection", P(post.state))
    if state is P.held and last.after == P.held:
        return Undone("hold", decisions.resume_post(session, post, user=user, now=now))
    if "before" in last.detail:
        moment.undo(session, post, user=user, now=now)
        return Undone("move", P(post.state))
    if "revision" in last.detail and state in {P.in_review, P.held}:
        restore(*_two(session, post))
        return Undone("text", P(post.state))
    raise _refused(post, "这一步没有可撤销的", "there is nothing to take back in it")


def _last(session: Session, post: Post) -> AuditEvent | None:
    """The newest event that somebody decided."""
    return session.scalar(
        select(AuditEvent)
        .where(
            AuditEvent.subject == "post",
            AuditEvent.subject_id == str(post.id),
            AuditEvent.action.not_in(_SILENT),
        )
        .order_by(AuditEvent.id.desc())
        .limit(1)
    )


def _two(session: Session, post: Post) -> tuple[Revision, Revision]:
    """The newest revision and the one before it."""
    rows = session.scalars(
        select(Revision).where(Revision.post_id == post.id).order_by(Revision.number.desc()).limit(2)
    ).all()
    if len(rows) < 2 or rows[0].id != post.revision_id:
        raise _refused(post, "它只有这一版", "there is only this version")
    return rows[0], rows[1]


def _not_yours(post: Post, last: AuditEvent | None) -> StateConflict:
    if last is None:
        return _refused(post, "还没有人决定过什么", "nobody has decided anything yet")
    who = last.actor.removeprefix("user:")
    return _refused(post, f"之后 {who} 又动过它", f"{who} has touched it since")


def _refused(post: Post, why: str, english: str) -> StateConflict:
    return StateConflict(
        f"内容 {post.id} 的上一步撤销不了：{why}。要拦住它，请退回或暂缓。",
        code="decision.no_undo",
        english=f"The last step on post {post.id} cannot be undone: {english}. Send it back or hold it instead.",
    )
