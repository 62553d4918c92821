"""One cell of the brand edited at the desk: understood, shown when it moves facts that posts stand on, then written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from content_calendar import zones
from content_calendar.tables import Brand
from content_calendar.workbook import brand_cell, one_cell, one_cell_apply
from content_calendar.workbook.brand_cell import BrandEdit
from content_calendar.workbook.one_cell import Cell, Edit
from desk.errors import Missing
from generator.checks.brand import catalogue
from workers.checks import recheck
from workers.runtime import Runtime

BRAND = "品牌"


@dataclass(frozen=True)
class Outcome:
    """What became of an edit. Not ``done``: it was refused, or somebody must first say that ``relying`` posts may change."""

    edit: Edit | BrandEdit
    relying: int = 0
    done: bool = False

    @property
    def asks(self) -> bool:
        """True when it would be written once somebody agrees."""
        return not self.done and self.edit.after is not None


def save(
    runtime: Runtime,
    brand: Brand,
    cell: Cell,
    typed: str,
    *,
    was: str,
    agreed: bool,
    actor: str,
    now: datetime,
) -> Outcome:
    """Understand ``typed`` and write it; ``agreed``: the difference was shown and is wanted. Drafts are checked again."""
    if cell.sheet == BRAND:
        _must_be_of(brand, cell)
        return _save_pair(runtime, brand, cell.header, typed, was=was, agreed=agreed, actor=actor, now=now)
    edit = _read(runtime, brand, cell, typed, was, zones.local_day(now, zones.zone(brand.zone)))
    if edit.after is None:
        return Outcome(edit)
    if not edit.fields:
        return Outcome(edit, done=True)
    with runtime.database.write() as session:
        mine = session.get_one(Brand, brand.id)
        one_cell.must_be(session, mine, cell, was)
        relying = one_cell_apply.relying(session, mine, edit, now=now)
        if (relying or edit.issues) and not agreed:
            return Outcome(edit, relying)
        one_cell_apply.apply(session, mine, edit, actor=actor, now=now, seal=runtime.settings.secrets.seal)
    recheck.after_change(runtime, brand.id)
    return Outcome(edit, relying, done=True)


def written(session: Session, brand: Brand, cell: Cell) -> str:
    """What the cell says now."""
    if cell.sheet == BRAND:
        _must_be_of(brand, cell)
        return brand_cell.written(session, brand, cell.header)
    return one_cell.written(session, brand, cell)


def _must_be_of(brand: Brand, cell: Cell) -> None:
    """A form of another brand must not be written into the one chosen meanwhile."""
    if cell.row_id != brand.id:
        raise Missing(
            "这一格是另一个品牌的，请先切换品牌。", code="cell.row_gone", english="This cell belongs to another brand; switch first."
        )  # fmt: skip


def _save_pair(
    runtime: Runtime, brand: Brand, header: str, typed: str, *, was: str, agreed: bool, actor: str, now: datetime
) -> Outcome:  # fmt: skip
    """The same for a pair of the brand's own sheet."""
    with runtime.database.write() as session:
        mine = session.get_one(Brand, brand.id)
        edit = brand_cell.read(session, mine, header, typed, was=was)
        if edit.after is None or not edit.fields:
            return Outcome(edit, done=edit.after is not None)
        relying = one_cell_apply.shaken(
            session, mine, lambda: brand_cell.apply(session, mine, edit, actor=one_cell_apply.TRIAL, now=now), now=now
        )  # fmt: skip
        if (relying or edit.issues) and not agreed:
            return Outcome(edit, relying)
        brand_cell.apply(session, mine, edit, actor=actor, now=now)
    recheck.after_change(runtime, brand.id)
    return Outcome(edit, relying, done=True)


def _read(runtime: Runtime, brand: Brand, cell: Cell, typed: str, was: str, today: date) -> Edit:
    with runtime.database.read() as session:
        mine = session.get_one(Brand, brand.id)
        return one_cell.read(session, mine, cell, typed, was=was, today=today, rules=catalogue())
