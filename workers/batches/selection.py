"""Which posts a batch is to write, and which texts its drafts must not repeat."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from content_calendar.errors import NotFound
from content_calendar.states import PostState
from content_calendar.tables import Brand, Post, Revision
from prompts.brief import Level
from workers.batches import claims

HEARD = timedelta(days=7)  # what the groups were told so recently is not told again
AHEAD = timedelta(days=1)  # nor what already waits right after
UNHEARD = (PostState.cancelled, PostState.rejected)


@dataclass(frozen=True)
class Window:
    """Posts due from ``start`` (included) to ``end`` (excluded)."""

    start: datetime
    end: datetime


def waiting(session: Session, brand: Brand, window: Window, *, now: datetime) -> list[int]:
    """Ids of the brand's posts in ``window`` that want a text and are still to come, first due first."""
    query = (
        select(Post.id)
        .where(
            Post.brand_id == brand.id,
            Post.state.in_(claims.CLAIMABLE),
            Post.due_at >= max(window.start, now),
            Post.due_at < window.end,
            Post.write_attempts < claims.MOST_TRIES,
        )
        .order_by(Post.due_at, Post.id)
    )
    return list(session.scalars(query))


def brand_of(session: Session, ids: Sequence[int]) -> Brand:
    """The brand of these posts; NotFound when there is no such post."""
    brand = session.scalar(
        select(Brand).join(Post, Post.brand_id == Brand.id).where(Post.id.in_(ids)).limit(1)
    )
    if brand is None:
        shown = "、".join(map(str, ids[:5]))
        raise NotFound(f"没有编号为 {shown} 的内容。", english=f"There is no post {shown}.")
    return brand


def taken_by_tier(session: Session, posts: Sequence[Post]) -> dict[Level, list[str]]:
    """Tier → texts its groups heard in the last week or will hear next day, oldest first; one statement."""
    if not posts:
        return {}
    first = min(post.due_at for post in posts) - HEARD
    last = max(post.due_at for post in posts) + AHEAD
    query = (
        select(Post.tier, Revision.text)
        .join(Revision, Revision.id == Post.revision_id)
        .where(
            Post.brand_id == posts[0].brand_id,
            Post.due_at.between(first, last),
            Post.state.not_in(UNHEARD),
            Post.id.not_in([post.id for post in posts]),
        )
        .order_by(Post.due_at)
    )
    texts = defaultdict(list)
    for tier, text in session.execute(query):
        texts[cast(Level, tier)].append(text)
    return dict(texts)
