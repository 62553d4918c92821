"""Writing one edited cell: the stored row keeps its identity, prices keep their history, the audit keeps both values."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from content_calendar import addresses, audit, facts
from content_calendar.addresses import Seal
from content_calendar.errors import CalendarError
from content_calendar.rules import drafts
from content_calendar.tables import Brand, Post, PriceHistory, Product, Revision
from content_calendar.workbook import live
from content_calendar.workbook.diff import name_of
from content_calendar.workbook.one_cell import Edit
from content_calendar.workbook.parts import to_table

SOURCE = "desk"
TRIAL = "system:trial"


def apply(
    session: Session, brand: Brand, edit: Edit, *, actor: str, now: datetime, seal: Seal | None
) -> None:
    """Write what was understood; CalendarError when the value was refused or another row says the same already."""
    part, row_id = edit.part, edit.cell.row_id
    if edit.after is None:
        raise CalendarError(
            "这一格没有改成，请照提示改好。", code="cell.refused", english="The value was refused."
        )
    values = to_table(part, edit.after)
    values.pop("row")
    _no_twin(session, brand, edit)
    if "address" in values:
        stored = session.scalar(select(part.table.address).where(part.table.id == row_id)) or ""
        values["address"] = addresses.to_keep(values["channel"], values["address"], stored, seal)
    session.execute(update(part.table).where(part.table.id == row_id).values(**values))
    _price(session, edit, now)
    _stock(session, brand, edit, now)
    audit.note(
        session, brand_id=brand.id, now=now, actor=actor, action="brand.cell_edited", subject="brand", subject_id=brand.id,
        detail={"reason": _told(edit), "sheet": part.title, "key": part.key(edit.after), "row": edit.before.row, "fields": {
            header: _kept(header, pair) for header, pair in edit.fields.items()}},
    )  # fmt: skip
    session.flush()
    session.expire_all()


def relying(session: Session, brand: Brand, edit: Edit, *, now: datetime) -> int:
    """How many written posts stand on a fact this edit changes."""
    return shaken(
        session, brand, lambda: apply(session, brand, edit, actor=TRIAL, now=now, seal=None), now=now
    )


def shaken(session: Session, brand: Brand, carry_out: Callable[[], None], *, now: datetime) -> int:
    """How many written posts stand on a fact ``carry_out`` changes; it is carried out and taken back again."""
    query = select(Post.id, Revision.facts).join(Revision, Revision.id == Post.revision_id)
    rows = session.execute(
        query.where(Post.brand_id == brand.id, Post.state.in_(drafts.OPEN), Post.due_at > now)
    ).all()
    ids = sorted({fact["id"] for row in rows for fact in row.facts})
    before = facts.current(session, brand.id, ids, now=now)
    tried = session.begin_nested()
    carry_out()
    after = facts.current(session, brand.id, ids, now=now)
    tried.rollback()
    changed = {each for each in ids if before[each] != after[each]}
    return sum(1 for row in rows if changed & {fact["id"] for fact in row.facts})


def _told(edit: Edit) -> str:
    """商品 P1 日常价 199 → 189, for the readable line of the audit."""
    pairs = {header: _kept(header, pair) for header, pair in edit.fields.items()}
    said = "；".join(f"{header} {old[:60]} → {new[:60]}" for header, (old, new) in pairs.items())
    return f"{edit.part.title} {name_of(edit.after)} {said}"[:400]


def _kept(header: str, pair: tuple[Any, Any]) -> list[str]:
    """Both values for the audit, cut; an address is a secret and is not kept."""
    return ["…", "…"] if header == "通道地址" else [str(value)[:400] for value in pair]


def _no_twin(session: Session, brand: Brand, edit: Edit) -> None:
    part, key = edit.part, edit.part.key(edit.after)
    if key == part.key(edit.before):
        return
    column = getattr(part.table, part.identity)
    query = select(func.count()).select_from(part.table).where(part.table.brand_id == brand.id, column == key)
    if session.scalar(query):
        raise CalendarError(
            f"「{part.title}」里已经有一样的一行，请改那一行。", code="cell.twin",
            english=f"{part.title} has such a row already; edit that one.",
        )  # fmt: skip


def _price(session: Session, edit: Edit, now: datetime) -> None:
    if edit.part.table is not Product:
        return
    before, after = edit.before, edit.after
    assert after is not None
    if (before.price, before.lowest_7d) != (after.price, after.lowest_7d):
        row = {"product_id": edit.cell.row_id, "at": now, "price": after.price, "lowest_7d": after.lowest_7d}
        session.execute(insert(PriceHistory), [row | {"source": f"{SOURCE} 商品!{before.row}"}])


def _stock(session: Session, brand: Brand, edit: Edit, now: datetime) -> None:
    """A stock number typed here is a measurement made now."""
    product, goods = edit.part.title == "商品", edit.part.title in {"商品", "活动"}
    if not goods:
        return
    both: list[Any] = [edit.before, edit.after]
    stated = [live.stated([item] if product else [], [] if product else [item]) for item in both]
    live.write(session, brand, stated[0], stated[1], now=now)
