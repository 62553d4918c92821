"""The first run: which of the three steps to a first week are done, and which is next."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from content_calendar.tables import Brand, Post, User
from desk.auth.roles import Role


@dataclass(frozen=True, slots=True)
class Guide:
    """What is there already: a brand, a colleague who can decide or send, something planned."""

    brand: bool
    people: bool
    planned: bool

    @property
    def done(self) -> bool:
        """True when there is nothing left to guide to."""
        return self.brand and self.people and self.planned

    @property
    def next(self) -> int:
        """The number of the first step that is not done."""
        return next((n for n, there in enumerate((self.brand, self.people, self.planned), 1) if not there), 0)


def load(session: Session, brand: Brand | None, visitor_id: int) -> Guide:
    """Two statements; programs are no colleagues."""
    others = select(func.count()).where(
        User.id != visitor_id, User.active.is_(True), User.role != Role.service
    )
    planned = brand is not None and session.scalar(select(Post.id).where(Post.brand_id == brand.id).limit(1))
    return Guide(brand is not None, bool(session.scalar(others)), bool(planned))
