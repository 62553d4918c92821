"""Taking a post in hand: lock its row first, so that two people at once are told apart, never merged.

Every function of review starts here. On PostgreSQL the row lock makes the second caller wait and then see
the first one's change; on SQLite the writing transaction already is alone.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CursorResult, update
from sqlalchemy.orm import Session

from content_calendar import audit
from content_calendar.errors import StateConflict
from content_calendar.states import POST_NAMES, PostState
from content_calendar.tables import Post


def take(session: Session, post: Post) -> PostState:
    """Lock the post and read it anew; its state as it is now."""
    session.refresh(post, with_for_update=True)
    return PostState(post.state)


def expect(post: Post, allowed: frozenset[PostState], what: str, english: str) -> PostState:
    """The post's state when it is one of ``allowed``; StateConflict names the state otherwise."""
    state = PostState(post.state)
    if state in allowed:
        return state
    raise StateConflict(
        f"内容 {post.id} 处于「{POST_NAMES[state]}」，不能{what}。",
        english=f"Post {post.id} is {state}; it cannot be {english}.",
    )


def change(
    session: Session,
    post: Post,
    *,
    expected: PostState,
    actor: str,
    now: datetime,
    action: str,
    detail: dict[str, Any],
    **values: Any,
) -> None:
    """Set columns of a post without moving it, if it is still ``expected``; audited like a move."""
    done = session.execute(
        update(Post)
        .where(Post.id == post.id, Post.state == expected)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    if not isinstance(done, CursorResult) or done.rowcount != 1:
        raise StateConflict(
            f"内容 {post.id} 刚被别人改动过，请刷新后再试。",
            english=f"Post {post.id} was changed by somebody else; refresh and try again.",
        )
    audit.note(
        session, brand_id=post.brand_id, now=now, actor=actor, action=action, subject="post",
        subject_id=post.id, detail=detail,
    )  # fmt: skip
    session.flush()
    session.refresh(post)
