"""What editors wish of posts that are written again: a wish in the audit trail, open until a revision answers it.

A wish is a request for changes with its reason, or the wish to have a post written once more. It stands in the database
before any worker is called, so no lost message loses it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from content_calendar import audit, revised
from content_calendar.states import PostState
from content_calendar.tables import AuditEvent, Post

AGAIN = "post.rewrite_asked"
REMEMBERED = timedelta(days=2)  # an older wish nobody could fulfil is forgotten


@dataclass(frozen=True)
class Wish:
    """Somebody's wish about one post; ``text`` may be empty: just once more."""

    post_id: int
    text: str
    actor: str


def note(session: Session, post: Post, text: str, *, actor: str, now: datetime) -> None:
    """Write down that the post is to be written once more."""
    audit.note(
        session, brand_id=post.brand_id, now=now, actor=actor, action=AGAIN, subject="post",
        subject_id=post.id, detail={"reason": text},
    )  # fmt: skip


def of(session: Session, posts: Sequence[Post]) -> dict[int, Wish]:
    """Post id → the newest wish no revision has answered yet; two statements."""
    if not posts:
        return {}
    newest = revised.newest_many(session, posts)
    query = (
        select(AuditEvent.subject_id, AuditEvent.at, AuditEvent.actor, AuditEvent.detail)
        .where(
            AuditEvent.subject == "post",
            AuditEvent.subject_id.in_([str(post.id) for post in posts]),
            or_(AuditEvent.after == PostState.changes_requested, AuditEvent.action == AGAIN),
        )
        .order_by(AuditEvent.id)
    )
    found = {}
    for subject_id, at, actor, detail in session.execute(query):
        answer = newest.get(int(subject_id))
        if answer is None or at >= answer.created_at:
            found[int(subject_id)] = Wish(int(subject_id), str(detail.get("reason", "")), actor)
    return found


def unanswered(session: Session, *, now: datetime) -> list[int]:
    """Ids of posts somebody wished to be written once more and nobody has."""
    query = select(AuditEvent.subject_id).where(
        AuditEvent.action == AGAIN, AuditEvent.subject == "post", AuditEvent.at > now - REMEMBERED
    )
    ids = sorted({int(subject_id) for subject_id in session.scalars(query)})
    posts = session.scalars(select(Post).where(Post.id.in_(ids))).all()
    return sorted(of(session, posts))
