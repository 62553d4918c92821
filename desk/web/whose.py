"""Whose groups a visitor may see or speak for on the send desk: one's own, those one stands in for, or everybody's."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from content_calendar import send_desk
from content_calendar.tables import Brand
from desk.errors import Forbidden
from desk.web.visit import Visit

SEES_ALL = frozenset({"editor", "lead", "service"})
SPEAKS_FOR_ALL = frozenset({"editor", "lead"})


def owners(session: Session, visit: Visit, brand: Brand, asked: str, free: frozenset[str]) -> Sequence[str]:
    """Whose list: the one asked for when the visitor may, else the visitor's own; Forbidden for another's."""
    mine = send_desk.owners_of(session, brand, visit.user(session), now=visit.now)
    everybody = visit.visitor.role in free
    if not asked:
        return [who.name for who in send_desk.who_is(session, brand)] if everybody and not mine else mine
    if asked not in mine and not everybody:
        raise Forbidden(
            f"「{asked[:40]}」的待发不归你，请让主管把你设为代班。",
            english=f"The list of {asked[:40]!r} is not yours; ask the lead to make you the deputy.",
        )
    return [asked]
