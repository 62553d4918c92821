"""What the database holds of a brand's workbook, in the same shapes as what a file says."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from content_calendar.brands import CANARY_UID
from content_calendar.errors import CalendarError
from content_calendar.rules import house
from content_calendar.tables import Brand, Persona
from content_calendar.workbook.content import BrandSheet, PersonaSheet, WorkbookContent
from content_calendar.workbook.parts import PARTS, Part, from_table
from content_calendar.workbook.sheets import rule


def brand_called(session: Session, name: str) -> Brand | None:
    """The customer's brand with this name; CalendarError for the name the machine keeps for itself."""
    brand = session.scalars(select(Brand).where(Brand.name == name)).one_or_none()
    if brand is not None and brand.uid == CANARY_UID:
        raise CalendarError(
            f"品牌名「{name}」是系统自用的，请换一个品牌名。",
            code="brand.reserved",
            english=f"The brand name {name} is the machine's own; choose another.",
        )
    return brand


def persona_of(session: Session, brand: Brand) -> Persona | None:
    """The brand's persona (the first, if there were several)."""
    return session.scalars(select(Persona).where(Persona.brand_id == brand.id).order_by(Persona.id)).first()


def rows_of(session: Session, brand: Brand, part: Part) -> list[Any]:
    """Every stored row of a part, also what is no longer listed, in the order of the workbook."""
    return list(
        session.scalars(
            select(part.table).where(part.table.brand_id == brand.id).order_by(part.table.row, part.table.id)
        )
    )


def brand_sheet(brand: Brand) -> BrandSheet:
    """The stored brand as plain data."""
    values: dict[str, Any] = {item.name: getattr(brand, item.name) for item in fields(BrandSheet)}
    return BrandSheet(**values | {"forbidden": tuple(brand.forbidden), "extra": dict(brand.extra)})


def persona_sheet(persona: Persona | None) -> PersonaSheet:
    """The stored persona as plain data."""
    if persona is None:
        return PersonaSheet(code="", nickname="")
    return PersonaSheet(persona.code, persona.nickname, persona.intro, persona.manner)


def content_of(session: Session, brand: Brand) -> WorkbookContent:
    """Everything of the workbook that is in force."""
    rows: dict[str, Any] = {
        part.field: tuple(
            from_table(part, stored)
            for stored in rows_of(session, brand, part)
            if not part.leaves or stored.active
        )
        for part in PARTS
    }
    rules = tuple(rule.of_stored(row) for row in house.active(session, brand.id) if rule.told(row))
    return WorkbookContent(
        brand=brand_sheet(brand),
        persona=persona_sheet(persona_of(session, brand)),
        rules=rules or None,
        **rows,
    )
