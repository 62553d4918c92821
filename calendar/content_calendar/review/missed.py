"""Posts whose moment passed unapproved: marked missed once, and the lead is told. They are never sent."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from content_calendar import notices
from content_calendar.states import POST_NAMES, PostState, move_post
from content_calendar.tables import Post

P = PostState
_UNAPPROVED = (P.planned, P.writing, P.in_review, P.changes_requested)


def overdue(session: Session, *, now: datetime) -> bool:
    """True when :func:`mark_missed` would find something."""
    query = select(Post.id).where(Post.state.in_(_UNAPPROVED), Post.due_at < now)
    return session.scalar(query.limit(1)) is not None


def mark_missed(session: Session, *, now: datetime, limit: int = 500) -> list[Post]:
    """Mark unapproved posts whose moment has passed; those that were marked now.

    Held and rejected posts stay as they are: a person decided about them.
    """
    query = (
        select(Post)
        .where(Post.state.in_(_UNAPPROVED), Post.due_at < now)
        .order_by(Post.due_at, Post.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    posts = list(session.scalars(query))
    for post in posts:
        was = P(post.state)
        reason = f"到点时还是「{POST_NAMES[was]}」"
        move_post(session, post, P.missed, expected=was, actor="system:calendar", now=now, reason=reason)
        notices.tell(
            session, brand_id=post.brand_id, code="post.missed", subject=f"post:{post.id}", now=now, again=True,
            text=f"{post.day:%m-%d} {post.time} 的内容 {post.id} {reason}，没有发出，已标为错过。",
        )  # fmt: skip
    return posts
