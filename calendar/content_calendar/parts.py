"""The parts of a message that a channel can only say in several calls: each written down before its call, none said twice.

A part that arrived stays said, whatever becomes of the others; one whose answer was lost is said again only in an attempt that
a person asked for.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from content_calendar import notices
from content_calendar.tables import DeliveryPart


def arrived(session: Session, delivery_id: str) -> frozenset[int]:
    """Numbers of the parts that are surely there."""
    query = select(DeliveryPart.number).where(
        DeliveryPart.delivery_id == delivery_id, DeliveryPart.outcome == "sent"
    )
    return frozenset(session.scalars(query))


def begin(session: Session, delivery_id: str, number: int, kind: str, *, now: datetime) -> bool:
    """Write down that a part is about to be said; False when it has arrived already."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    fresh = {"outcome": "", "code": "", "at": now}
    statement = (
        insert(DeliveryPart)
        .values(delivery_id=delivery_id, number=number, kind=kind, **fresh)
        .on_conflict_do_update(
            index_elements=["delivery_id", "number"], set_=fresh, where=DeliveryPart.outcome != "sent"
        )
        .returning(DeliveryPart.number)
    )
    return session.scalar(statement) is not None


def end(session: Session, delivery_id: str, number: int, outcome: str, *, code: str, now: datetime) -> None:
    """What became of a part."""
    session.execute(
        update(DeliveryPart)
        .where(DeliveryPart.delivery_id == delivery_id, DeliveryPart.number == number)
        .values(outcome=outcome, code=code[:80], at=now)
        .execution_options(synchronize_session=False)
    )


def tell(session: Session, brand_id: int, delivery_id: str, group: str, why: str, *, now: datetime) -> None:
    """The group has read a part only; the lead decides whether the rest is worth another post."""
    notices.tell(
        session, brand_id=brand_id, code="delivery.partial", subject=f"delivery:{delivery_id}", now=now,
        text=f"「{group}」收到了文字，图片没发出（{why}）。不会自动补发，要补就到群里手发那张图。",
    )  # fmt: skip
