"""The audit trail, newest first, in pages that hold still while new events come in."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from content_calendar.tables import AuditEvent, Brand

PAGE = 100
PEOPLE = "people"  # not a kind of subject: what people did, whatever to


@dataclass(frozen=True, slots=True)
class Trail:
    """A page of events; ``before`` is where the next page begins, None at the end."""

    events: tuple[AuditEvent, ...]
    before: int | None


def load(
    session: Session, brand: Brand | None, *, before: int | None = None, subject: str = "", who: str = ""
) -> Trail:
    """Events of this brand and of the house (users, tokens), older than event ``before``."""
    query = select(AuditEvent).order_by(AuditEvent.id.desc()).limit(PAGE + 1)
    mine = AuditEvent.brand_id.is_(None)
    query = query.where(or_(mine, AuditEvent.brand_id == brand.id) if brand else mine)
    if before is not None:
        query = query.where(AuditEvent.id < before)
    if subject == PEOPLE:
        query = query.where(AuditEvent.actor.startswith("user:"))
    elif subject:
        query = query.where(AuditEvent.subject == subject)
    if who:
        query = query.where(AuditEvent.actor == f"user:{who}")
    events = tuple(session.scalars(query))
    return Trail(events[:PAGE], events[PAGE - 1].id if len(events) > PAGE else None)
