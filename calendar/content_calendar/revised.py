"""Reading revisions: their facts as facts, their hash as it should be, and which one is the newest.

Used by whoever must know what an approval stands on: review, the door of the ledger, the queue.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from content_calendar.tables import Post, Revision
from prompts.brief import Fact
from prompts.draft import revision_hash


def facts_of(revision: Revision) -> tuple[Fact, ...]:
    """The facts a revision stands on, with the values known when it was written."""
    return tuple(Fact(**fact) for fact in revision.facts)


def recomputed_hash(revision: Revision) -> str:
    """The hash over what is stored now: differs from ``revision.hash`` when somebody altered the row."""
    return revision_hash(revision.text, facts_of(revision), revision.picture)


def newest(session: Session, post: Post) -> Revision | None:
    """The post's newest revision, None before anything was written."""
    return session.get(Revision, post.revision_id) if post.revision_id is not None else None


def newest_many(session: Session, posts: Iterable[Post]) -> dict[int, Revision]:
    """Post id → newest revision, in one statement."""
    ids = {post.revision_id: post.id for post in posts if post.revision_id is not None}
    rows = session.scalars(select(Revision).where(Revision.id.in_(ids)))
    return {ids[row.id]: row for row in rows}
