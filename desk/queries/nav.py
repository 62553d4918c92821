"""The small numbers beside the navigation: what waits for a person."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from content_calendar.states import DeliveryState, PostState
from content_calendar.tables import Brand, Delivery, Notice, Post


@dataclass(frozen=True, slots=True)
class Waiting:
    """Posts to review, deliveries nobody knows about, notices unread."""

    review: int = 0
    unknown: int = 0
    notices: int = 0


def waiting(session: Session, brand: Brand) -> Waiting:
    """The three counts in one statement."""
    review = select(func.count()).where(Post.brand_id == brand.id, Post.state == PostState.in_review)
    unknown = select(func.count()).where(
        Delivery.brand_id == brand.id, Delivery.state == DeliveryState.unknown
    )
    notices = select(func.count()).where(Notice.brand_id == brand.id, Notice.read_at.is_(None))
    row = session.execute(
        select(review.scalar_subquery(), unknown.scalar_subquery(), notices.scalar_subquery())
    ).one()
    return Waiting(*row)
