"""One cell typed at the desk, read as if it stood in the workbook: the whole brand goes through the import's own reader.

So a price typed here meets the same parser, the same guards and the same checks across sheets as one in a file. Only what
the new value brought about is told; faults that were there before are the next import's business.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from content_calendar import addresses
from content_calendar.errors import CalendarError, NotFound, StateConflict
from content_calendar.tables import Brand
from content_calendar.workbook.content import WorkbookContent
from content_calendar.workbook.find import Found
from content_calendar.workbook.grid import Line
from content_calendar.workbook.issues import Issue, Report
from content_calendar.workbook.keeping import hidden
from content_calendar.workbook.parts import PARTS, Part, from_table
from content_calendar.workbook.reading import Reader
from content_calendar.workbook.sheets import brand as brand_sheet
from content_calendar.workbook.stored import content_of
from content_calendar.zones import zone
from prompts.house_rules import Catalogue

# What other cells and posts refer to: another name for it is another row, which only an import can bring.
FIXED: Mapping[str, frozenset[str]] = {
    "层级": frozenset({"层级"}), "社群": frozenset({"群编号"}), "商品": frozenset({"商品编码"}), "活动": frozenset({"活动名称"}),
}  # fmt: skip
EDITABLE = ("层级", "社群", "商品", "活动", "SOP", "话术", "知识")
LONGEST = 6_000  # characters of a cell; the columns' own limits are narrower


@dataclass(frozen=True)
class Cell:
    """Where an edit stands: the sheet, the stored row's id, the column's heading."""

    sheet: str
    row_id: int
    header: str


@dataclass(frozen=True)
class Edit:
    """One edit as it was understood. ``after`` is None when the value was refused; ``issues`` says why, or what to heed.

    ``fields``: heading → (before, after), as a workbook shows them.
    """

    part: Part
    cell: Cell
    before: Any
    after: Any | None
    issues: tuple[Issue, ...]
    fields: Mapping[str, tuple[Any, Any]]


def written(session: Session, brand: Brand, cell: Cell) -> str:
    """The cell's text as a workbook of ours has it; NotFound when there is no such row or column to edit."""
    part = part_of(cell)
    row = _stored(session, brand, part, cell)
    item = _hidden(from_table(part, row))
    return _text(part.cells(item, zone(brand.zone))[_column(part, cell)])


def must_be(session: Session, brand: Brand, cell: Cell, was: str) -> None:
    """StateConflict when the cell no longer says ``was``: somebody else was faster."""
    there = written(session, brand, cell)
    if there.split() != was.split():  # a form turns line ends into others
        raise StateConflict(
            f"这一格刚被别人改成「{there[:60] or '空'}」，请看过再改。", code="cell.changed",
            english=f"Somebody has just changed this cell to {there[:60]!r}; look again.",
        )  # fmt: skip


def read(
    session: Session, brand: Brand, cell: Cell, typed: str, *, was: str, today: date, rules: Catalogue
) -> Edit:
    """Understand ``typed`` in place of what stood there; StateConflict when that is no longer ``was``."""
    part = part_of(cell)
    row = _stored(session, brand, part, cell)
    must_be(session, brand, cell, was)
    if len(typed) > LONGEST:
        raise CalendarError(
            f"这一格最多 {LONGEST} 字，请先缩短。", code="cell.too_long",
            english=f"A cell holds at most {LONGEST} characters; shorten it.",
        )  # fmt: skip
    content = hidden(content_of(session, brand))
    lines, number = _lines(content, part, part.key(row), cell, typed)
    reader = _run(lines, today, rules)
    issues = _brought(reader, content, part, row, cell, number)
    before = _hidden(from_table(part, row))
    found = next((item for item in reader.items.get(part.title, ()) if item.row == number), None)
    refused = found is None or any(issue.level == "error" for issue in issues)
    fields = {} if refused else _fields(part, before, found, zone(brand.zone))
    return Edit(part, cell, before, None if refused else found, tuple(issues), fields)


def part_of(cell: Cell) -> Part:
    """The part of the cell's sheet; NotFound for a sheet or a column that is not edited here."""
    part = next((part for part in PARTS if part.title == cell.sheet and cell.sheet in EDITABLE), None)
    headers = [column.header for column in part.spec.columns] if part else []
    if part is None or cell.header not in headers or cell.header in FIXED.get(cell.sheet, ()):
        raise NotFound(
            f"「{cell.sheet[:20]}」的「{cell.header[:20]}」不能在这里改，请改工作簿再导入。", code="cell.fixed",
            english="This cell is not edited here; change the workbook and import it.",
        )  # fmt: skip
    return part


def _stored(session: Session, brand: Brand, part: Part, cell: Cell) -> Any:
    table = part.table
    row = session.scalar(
        select(table)
        .where(table.id == cell.row_id, table.brand_id == brand.id)
        .execution_options(populate_existing=True)
    )
    if row is None or (part.leaves and not row.active):
        raise NotFound(
            "这一行已经不在了，请刷新。",
            code="cell.row_gone",
            english="This row is no longer there; refresh.",
        )
    return row


def _hidden(item: Any) -> Any:
    """A row as it may leave the house: a mark in place of an address that is a secret."""
    if not hasattr(item, "address"):
        return item
    return replace(item, address=addresses.shown(item.channel, item.address))


def _column(part: Part, cell: Cell) -> int:
    return [column.header for column in part.spec.columns].index(cell.header)


def _lines(
    content: WorkbookContent, part: Part, key: str, cell: Cell, typed: str
) -> tuple[dict[str, list[Line]], int]:
    """Every sheet as rows of cells, the one cell replaced; and the number of its row."""
    where = zone(content.brand.zone)
    pairs = brand_sheet.cells(content.brand, content.persona)
    found = {brand_sheet.TITLE: [Line(n, [name, value]) for n, (name, value) in enumerate(pairs, 2)]}
    number = 0
    for each in PARTS:
        items = getattr(content, each.field)
        if not items:
            continue
        rows, taken = [Line(1, [column.header for column in each.spec.columns])], {1}
        for item in items:
            at = item.row if item.row not in taken and item.row > 0 else max(taken) + 1
            taken.add(at)
            cells = [_plain(value) for value in each.cells(item, where)]
            if each is part and each.key(item) == key:
                number, cells[_column(part, cell)] = at, typed
            rows.append(Line(at, cells))
        found[each.title] = rows
    return found, number


def _plain(value: Any) -> Any:
    """A value as the reader of a file would give it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    return float(value) if isinstance(value, Decimal) else value


def _text(value: Any) -> str:
    plain = _plain(value)
    if hasattr(plain, "strftime") and hasattr(plain, "hour"):
        return f"{plain:%Y-%m-%d %H:%M}"
    return f"{plain:.2f}".rstrip("0").rstrip(".") if isinstance(plain, float) else str(plain)


def _run(lines: dict[str, list[Line]], today: date | None, rules: Catalogue) -> Reader:
    report = Report()
    reader = Reader(Found(lines=lines), report, today, rules)
    reader.run("", "desk")
    return reader


def _brought(
    reader: Reader, content: WorkbookContent, part: Part, row: Any, cell: Cell, number: int
) -> list[Issue]:
    """What this value brought about, in its row or elsewhere, and every error of its own row: it keeps the row from being read."""
    if not reader.report.issues:
        return []
    where, key = zone(content.brand.zone), part.key(row)
    item = next(item for item in getattr(content, part.field) if part.key(item) == key)
    kept = _text(part.cells(item, where)[_column(part, cell)])
    lines, _ = _lines(content, part, key, cell, kept)
    before = {_same(issue) for issue in _run(lines, reader.today, reader.rules).report.issues}
    return [
        issue
        for issue in reader.report.issues
        if _same(issue) not in before
        or (issue.level == "error" and issue.sheet == part.title and issue.row == number)
    ]


def _same(issue: Issue) -> tuple[str, int, str, str, str]:
    return issue.sheet, issue.row, issue.column, issue.kind, issue.message


def _fields(part: Part, before: Any, after: Any, where: Any) -> dict[str, tuple[Any, Any]]:
    headers = [column.header for column in part.spec.columns]
    pairs = zip(headers, part.cells(before, where), part.cells(after, where), strict=True)
    return {header: (_text(old), _text(new)) for header, old, new in pairs if _text(old) != _text(new)}
