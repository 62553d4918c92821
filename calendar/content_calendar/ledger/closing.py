"""How a release ends: closed when every delivery has ended, withdrawn while nothing has left yet.

A delivery whose outcome is unknown keeps its post open: somebody still has to answer for it.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, delete, exists, select
from sqlalchemy.orm import Session

from content_calendar import audit
from content_calendar.ledger import moves
from content_calendar.ledger.refusing import ACTOR
from content_calendar.states import OPEN, DeliveryState, PostState, move_post
from content_calendar.tables import Attempt, Delivery, Post, QuotaEntry, Release

_UNENDED = OPEN | {DeliveryState.unknown}
_CANCELLABLE = OPEN - {DeliveryState.sending}


def close_finished(session: Session, *, now: datetime, post_id: int | None = None) -> int:
    """Posts whose deliveries have all ended become released; how many."""
    query = _finished().with_for_update(of=Post, skip_locked=True)
    if post_id is not None:
        query = query.where(Post.id == post_id)
    found = session.execute(query).all()
    for post, release in found:
        release.closed_at = now
        move_post(
            session, post, PostState.released, expected=PostState.releasing, actor=ACTOR, now=now,
            reason=post.state_reason,
        )  # fmt: skip
    return len(found)


def finished(session: Session) -> bool:
    """True when :func:`close_finished` would find something."""
    return session.execute(_finished().limit(1)).first() is not None


def _finished() -> Select[*tuple[Post, Release]]:
    unended = exists().where(Delivery.post_id == Post.id, Delivery.state.in_(_UNENDED))
    return (
        select(Post, Release)
        .join(Release, Release.post_id == Post.id)
        .where(Post.state == PostState.releasing, Release.closed_at.is_(None), ~unended)
    )


def begun(session: Session, post: Post) -> bool:
    """True when at least one attempt for this post was ever opened."""
    query = select(Attempt.id).join(Delivery, Delivery.id == Attempt.delivery_id)
    return session.scalar(query.where(Delivery.post_id == post.id).limit(1)) is not None


def withdraw(session: Session, post: Post, *, actor: str, now: datetime) -> bool:
    """Undo the freezing of a post none of which has left; False when something has.

    The caller holds the post's row lock; opening attempts takes the same lock, so nothing can slip out
    between the question and the deletion. A claim somebody still holds finds no row at the door.
    """
    release = session.scalar(select(Release).where(Release.post_id == post.id))
    if release is None:
        return True
    if begun(session, post):
        return False
    session.execute(delete(Delivery).where(Delivery.post_id == post.id))
    session.execute(delete(QuotaEntry).where(QuotaEntry.post_id == post.id))
    session.delete(release)
    audit.note(
        session, brand_id=post.brand_id, now=now, actor=actor, action="release.withdrawn", subject="post",
        subject_id=post.id, detail={"groups": len(release.audience)},
    )  # fmt: skip
    session.flush()
    return True


def cancel_rest(
    session: Session,
    post: Post,
    *,
    actor: str,
    now: datetime,
    reason: str,
    to: DeliveryState = DeliveryState.cancelled,
) -> int:
    """End every delivery of the post that is not in a call right now (as cancelled or expired); how many."""
    rows = session.execute(
        select(Delivery.id, Delivery.state).where(
            Delivery.post_id == post.id, Delivery.state.in_(_CANCELLABLE)
        )
    ).all()
    wanted = [moves.Move(row.id, DeliveryState(row.state), to, reason=reason) for row in rows]
    return len(moves.apply(session, wanted, actor=actor, now=now))
