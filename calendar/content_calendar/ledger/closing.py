"""How a release ends: closed when every delivery has ended, withdrawn while nothing has left yet.

A delivery whose outcome is unknown keeps its post open: somebody still has to answer for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, delete, exists, func, select
from sqlalchemy.orm import Session

from content_calendar import audit, notices
from content_calendar.ledger import moves
from content_calendar.ledger.refusing import ACTOR
from content_calendar.states import DELIVERY_NAMES, OPEN, DeliveryState, PostState, move_post
from content_calendar.tables import Attempt, Delivery, Post, QuotaEntry, Release

_UNENDED = OPEN | {DeliveryState.unknown}
_CANCELLABLE = OPEN - {DeliveryState.sending}
_REACHED = (DeliveryState.sent, DeliveryState.handed_over, DeliveryState.confirmed)


def close_finished(session: Session, *, now: datetime, post_id: int | None = None) -> int:
    """Posts whose deliveries have all ended become released; how many were closed.

    A post that reached nobody is never silently called released: the lead is told, and when not even one
    call was made it is held instead, so that it can be given another moment.
    """
    query = _finished().with_for_update(of=Post, skip_locked=True)
    if post_id is not None:
        query = query.where(Post.id == post_id)
    found = session.execute(query).all()
    counts = _counts(session, [post.id for post, _ in found])
    for post, release in found:
        reached = sum(counts[post.id][state] for state in _REACHED)
        if reached or not counts[post.id]:
            _close(session, post, release, PostState.released, post.state_reason, now)
            continue
        why = "没有一个社群收到：" + "，".join(
            f"{DELIVERY_NAMES[DeliveryState(state)]} {count}" for state, count in counts[post.id].items()
        )
        _close(
            session, post, release, PostState.released if begun(session, post) else PostState.held, why, now
        )
        notices.tell(
            session, brand_id=post.brand_id, code="post.unsent", subject=f"post:{post.id}", now=now, again=True,
            text=f"{post.day:%m-%d} {post.time} 的内容 {post.id} {why}。",
        )  # fmt: skip
    return len(found)


def _close(session: Session, post: Post, release: Release, to: PostState, reason: str, now: datetime) -> None:
    release.closed_at = now if to is PostState.released else None
    move_post(session, post, to, expected=PostState.releasing, actor=ACTOR, now=now, reason=reason)


def _counts(session: Session, post_ids: Sequence[int]) -> dict[int, Counter[str]]:
    """Post id → how many of its deliveries stand in which state."""
    query = select(Delivery.post_id, Delivery.state, func.count()).where(Delivery.post_id.in_(post_ids))
    found: dict[int, Counter[str]] = {post_id: Counter() for post_id in post_ids}
    for post_id, state, count in session.execute(query.group_by(Delivery.post_id, Delivery.state)):
        found[post_id][state] = count
    return found


def unended(session: Session, post: Post) -> bool:
    """True while a delivery of the post is still open or its outcome unknown."""
    query = select(Delivery.id).where(Delivery.post_id == post.id, Delivery.state.in_(_UNENDED))
    return session.scalar(query.limit(1)) is not None


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
