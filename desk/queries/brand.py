"""What the workbook says, as tables to look at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from content_calendar.tables import (
    Brand,
    Campaign,
    Group,
    KnowledgeItem,
    Persona,
    Product,
    Script,
    SopRow,
    Tier,
)

# tab → (model, order)
TABS: dict[str, type[Any]] = {
    "tiers": Tier,
    "products": Product,
    "campaigns": Campaign,
    "sop": SopRow,
    "scripts": Script,
    "knowledge": KnowledgeItem,
    "groups": Group,
}
# tab → its sheet in the workbook
SHEETS = {
    "tiers": "层级", "products": "商品", "campaigns": "活动", "sop": "SOP", "scripts": "话术", "knowledge": "知识",
    "groups": "社群",
}  # fmt: skip


def counts(session: Session, brand: Brand) -> dict[str, int]:
    """How many rows each tab has; one statement."""
    columns = [_live(model, brand).scalar_subquery().label(name) for name, model in TABS.items()]
    return dict(session.execute(select(*columns)).one()._mapping)


def _live(model: type[Any], brand: Brand) -> Any:
    query = select(func.count()).select_from(model).where(model.brand_id == brand.id)
    return query.where(model.active) if hasattr(model, "active") else query


def rows(session: Session, brand: Brand, tab: str) -> Sequence[Any]:
    """The rows of one tab in the workbook's order, those no longer listed left out."""
    model = TABS[tab]
    query = select(model).where(model.brand_id == brand.id).order_by(model.row, model.id).limit(2000)
    return session.scalars(query.where(model.active) if hasattr(model, "active") else query).all()


def personas(session: Session, brand: Brand) -> Sequence[Persona]:
    """The voices that speak for the brand."""
    return session.scalars(select(Persona).where(Persona.brand_id == brand.id).order_by(Persona.id)).all()
