"""Clean posts in review, and what became of them: for the tests that decide by keyboard and in bulk."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import update

from content_calendar.tables import Brand, Post, Revision
from prompts.draft import revision_hash
from workers.runtime import Runtime


def clean_posts(runtime: Runtime, shop: Any, make: Any, count: int) -> list[int]:
    """The ids of this many posts of one day, an hour apart; nothing else is in review."""
    with runtime.database.write() as session:
        session.query(Post).filter(Post.state == "in_review").update({"state": "planned"})
        brand, day = session.get_one(Brand, shop.brand), make.monday + timedelta(days=1)
        made = [make.post(session, brand, day=day, wall=f"{9 + n:02d}:30").id for n in range(count)]
        for revision in session.query(Revision).all():
            plain = {"facts": [], "hash": revision_hash(revision.text, ())}
            session.execute(update(Revision).where(Revision.id == revision.id).values(**plain))
        return made


def states(runtime: Runtime, ids: list[int]) -> list[str]:
    """The posts' states, in the order of their ids."""
    with runtime.database.read() as session:
        return [session.get_one(Post, each).state for each in ids]
