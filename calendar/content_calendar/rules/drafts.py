"""Which drafts must be checked again: their rules or what they stand on are no longer what they were checked by."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from content_calendar import facts as source
from content_calendar.rules import runs
from content_calendar.states import PostState
from content_calendar.tables import Brand, CheckRun, Post, Revision

OPEN = (
    PostState.in_review,
    PostState.changes_requested,
    PostState.approved,
)  # written, and not yet going out


def due(session: Session, brand: Brand, rules: str, *, now: datetime, most: int | None = None) -> list[int]:
    """Ids of the brand's drafts to check again, the first to go out first; six statements, however many there are.

    ``rules``: the fingerprint of what they should have been checked by.
    """
    query = (
        select(Post.id, Revision.facts, CheckRun.rules, CheckRun.facts.label("checked"))
        .join(Revision, Revision.id == Post.revision_id)
        .outerjoin(CheckRun, CheckRun.revision_id == Revision.id)
        .where(Post.brand_id == brand.id, Post.state.in_(OPEN), Post.due_at > now)
        .order_by(Post.due_at, Post.id)
    )
    rows = session.execute(query).all()
    if not rows:
        return []
    wanted = {fact["id"] for row in rows for fact in row.facts if runs.compared(fact["id"])}
    values = source.current(session, brand.id, sorted(wanted), now=now) if wanted else {}
    goods = runs.goods(session, brand.id)
    found = [
        row.id
        for row in rows
        if row.rules != rules
        or row.checked != runs.digest({fact["id"]: values.get(fact["id"]) for fact in row.facts}, goods)
    ]
    return found[:most]


def waiting(session: Session, brand_id: int, *, now: datetime) -> int:
    """How many drafts of the brand a change of its rules would touch."""
    query = select(Post.id).where(
        Post.brand_id == brand_id, Post.state.in_(OPEN), Post.due_at > now, Post.revision_id.is_not(None)
    )
    return len(session.scalars(query).all())
