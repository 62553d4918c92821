"""Writing a workbook's content to the database: an update by identity, in few statements, inside the caller's transaction.

Nothing is ever deleted: what the workbook no longer lists becomes inactive, with its history. Products keep a price history;
scripts and knowledge made at the desk stay, until the workbook answers their question itself.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from content_calendar.addresses import Seal
from content_calendar.plan import trade_days
from content_calendar.tables import AuditEvent, Brand, Persona, PriceHistory, Product
from content_calendar.workbook import house_sheet, keeping, live, stored
from content_calendar.workbook.content import BrandSheet, ProductRow, WorkbookContent
from content_calendar.workbook.diff import BrandDiff, Changes, PartDiff, compare
from content_calendar.workbook.parts import Part, from_table, to_table


def apply(
    session: Session,
    content: WorkbookContent,
    *,
    now: datetime,
    actor: str,
    demo: bool | None = None,
    source: str = "",
    sha256: str = "",
    uid: Callable[[], str] = lambda: secrets.token_hex(16),
    seal: Seal | None = None,
) -> Changes:
    """Bring the brand to what ``content`` says and return what changed.

    ``demo`` (every group is played in the demo lane) is left as it is when None. ``source`` is the file's name. ``seal``
    encrypts addresses that are secrets; without it they are stored as they are written.
    """
    content = keeping.kept(session, content, seal)
    found = compare(session, content)
    before = _stated_before(found)
    brand = _write_brand(session, found.brand, content, demo=demo, uid=uid)
    brand.imported_at, brand.workbook_sha256 = now, sha256
    session.flush()
    for part in found.parts:
        _write_part(session, brand, part)
    keeping.seal_the_rest(session, brand, seal)
    house_sheet.write(session, brand, found.rules, now=now, actor=actor)
    _write_prices(session, brand, found, now=now, source=source)
    live.write(session, brand, before, _stated_after(content), now=now)
    if found.brand is None:
        trade_days.seed(session, brand)
    session.add(
        AuditEvent(
            brand_id=brand.id, at=now, actor=actor, action="workbook.imported", subject="brand",
            subject_id=str(brand.id), detail={"source": source, "sha256": sha256, "counts": found.changes.counts},
        )
    )  # fmt: skip
    session.flush()
    return found.changes


def _write_brand(
    session: Session,
    brand: Brand | None,
    content: WorkbookContent,
    *,
    demo: bool | None,
    uid: Callable[[], str],
) -> Brand:
    if brand is None:
        brand = Brand(uid=uid(), name=content.brand.name)
        session.add(brand)
    for item in fields(BrandSheet):
        value = getattr(content.brand, item.name)
        value = list(value) if isinstance(value, tuple) else value
        if getattr(brand, item.name) != value:
            setattr(brand, item.name, value)
    if demo is not None:
        brand.demo = demo
    session.flush()
    persona = stored.persona_of(session, brand) or Persona(brand_id=brand.id)
    persona.code, persona.nickname = content.persona.code, content.persona.nickname
    persona.intro, persona.manner = content.persona.intro, content.persona.manner
    session.add(persona)
    return brand


def _write_part(session: Session, brand: Brand, found: PartDiff) -> None:
    part, active = found.part, {"active": True} if found.part.leaves else {}
    if found.added:
        session.execute(
            insert(part.table),
            [{"brand_id": brand.id, **active, **to_table(part, item)} for item in found.added],
        )
    updates = [{"id": row.id, **active, **to_table(part, item)} for row, item in _rewritten(found)]
    updates += [{"id": row.id, "row": item.row} for row, item in found.moved]
    updates += [{"id": row.id, "active": False} for row, _ in found.removed]
    updates += [{"id": row.id, "origin": "workbook"} for row in found.taken]
    _update(session, part, updates)
    _update(session, part, _below(found))


def _below(found: PartDiff) -> list[dict[str, Any]]:
    """Rows made at the desk stand below the workbook's, where an export would write them."""
    return [{"id": row.id, "row": found.last + place} for place, row in enumerate(found.kept, 1)]


def _rewritten(found: PartDiff) -> Iterable[tuple[Any, Any]]:
    return [*found.returned, *((row, after) for row, _, after in found.changed)]


def _update(session: Session, part: Part, updates: list[dict[str, Any]]) -> None:
    """Updates by primary key; those that set the same columns go together."""
    alike: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for values in updates:
        alike.setdefault(tuple(values), []).append(values)
    for group in alike.values():
        session.execute(update(part.table), group)


def _write_prices(session: Session, brand: Brand, found: BrandDiff, *, now: datetime, source: str) -> None:
    """A row of price history for each new product and each whose price or 7-day lowest is not what it was."""
    part = next((part for part in found.parts if part.part.table is Product), None)
    if part is None:
        return
    fresh = [*part.added]
    fresh += [after for before, after in _before_and_after(part) if _prices(before) != _prices(after)]
    if not fresh:
        return
    found_ids = session.execute(select(Product.code, Product.id).where(Product.brand_id == brand.id))
    ids = {row.code: row.id for row in found_ids}
    session.execute(
        insert(PriceHistory),
        [
            {"product_id": ids[item.code], "at": now, "price": item.price, "lowest_7d": item.lowest_7d, "source": f"{source[:100]} 商品!{item.row}"}
            for item in fresh
        ],
    )  # fmt: skip


def _before_and_after(found: PartDiff) -> Iterable[tuple[ProductRow, ProductRow]]:
    yield from ((before, after) for _, before, after in found.changed)
    yield from ((from_table(found.part, row), after) for row, after in found.returned)


def _prices(item: ProductRow) -> tuple[Any, Any]:
    return item.price, item.lowest_7d


def _stated_before(found: BrandDiff) -> dict[str, tuple[str, str]]:
    """The stock numbers of the last import, of the sheets that this one has."""
    rows = {part.part.title: part.before for part in found.parts}
    return live.stated(rows.get("商品", ()), rows.get("活动", ()))


def _stated_after(content: WorkbookContent) -> dict[str, tuple[str, str]]:
    return live.stated(content.products, content.campaigns or ())
