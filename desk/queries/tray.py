"""The review tray: what waits for an editor, the most pressing first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from content_calendar.states import PostState
from content_calendar.tables import Brand, Post
from desk.queries import cards
from desk.queries.cards import Card

MOST = 300  # posts laid out at once


@dataclass(frozen=True, slots=True)
class Tray:
    """What is to be reviewed, in order, and how many there are in all."""

    cards: tuple[Card, ...]
    total: int

    @property
    def clean(self) -> int:
        """How many have no finding at all."""
        return sum(1 for card in self.cards if not card.blocks and not card.warns)

    def position(self, post_id: int) -> int | None:
        """Where the post stands, from 0."""
        return next((at for at, card in enumerate(self.cards) if card.id == post_id), None)


def load(session: Session, brand: Brand, *, now: datetime) -> Tray:
    """Posts in review whose moment is still to come; four statements."""
    waiting = (Post.state == PostState.in_review, Post.due_at > now)
    found = cards.load(session, brand, *waiting, now=now, limit=MOST)
    total = session.scalar(select(func.count()).where(Post.brand_id == brand.id, *waiting)) or 0
    return Tray(tuple(sorted(found, key=lambda card: (-pressing(card, now), card.due_at, card.id))), total)


def pressing(card: Card, now: datetime) -> float:
    """How pressing a post is: risk over hours left. A blocked one takes longest to mend, an offer costs most when wrong."""
    hours = max(0.25, (card.due_at - now).total_seconds() / 3600)
    risk = 1.0 + min(card.blocks, 2) + 0.5 * bool(card.warns) + 0.5 * card.offer
    return risk / hours
