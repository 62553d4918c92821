"""Reading the rows of a table through its columns: each cell to its value, each fault to the report.

The rules every column shares live here: blanks, formula errors, lengths, markup, invisible characters, formula-like
text. What is special to a sheet lives in :mod:`sheets`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from content_calendar.workbook.columns import Column, Known, SheetSpec
from content_calendar.workbook.grid import Broken, Cell
from content_calendar.workbook.issues import Place, Report, shorten
from content_calendar.workbook.table import Row, Table
from content_calendar.workbook.values import Unreadable, text
from content_calendar.workbook.values.text import Raw

MARKUP = re.compile(
    r"<\s*/?\s*[a-zA-Z!?][^<>]{0,200}>?|\{\{|\}\}|\{%|%\}|\{#|⟦|⟧|&(?:lt|gt|#x?[0-9a-f]+);", re.IGNORECASE
)
# What a spreadsheet would run: = and anything, + - @ and a word or bracket (but not -5, +86 138…, @全体成员, - item)
FORMULA = re.compile(
    r"^(?:\t|=\s*[^\s=]|[+\-@]\s*[A-Za-z][A-Za-z0-9.]*\s*[(|!]|[+\-]\s*\(|[+\-]\s*\d[\d+\-*/.\s]*[A-Za-z@]+\s*[(|!]"
    r"|[+\-@]\s*\$?[A-Za-z]{1,3}\$?\d+\s*(?:[+\-*/]|$))"
)
FAULTY = object()  # a value whose cell was reported; a row that has one is not built


def records(
    spec: SheetSpec, table: Table, known: Known, report: Report
) -> Iterator[tuple[Row, dict[str, Any]]]:
    """Each row with its values by header; FAULTY where a cell was reported."""
    reader = CellReader(table, known, report)
    for row in table.rows:
        yield row, {column.header: reader.value(column, row) for column in spec.columns}


def sound(values: Mapping[str, Any]) -> bool:
    """True when every value of a row could be read."""
    return not any(value is FAULTY for value in values.values())


class CellReader:
    """Reads single cells of one table."""

    def __init__(self, table: Table, known: Known, report: Report) -> None:
        self.table, self.known, self.report = table, known, report

    def value(self, column: Column, row: Row) -> Any:
        """The cell's value, the column's blank, or FAULTY after a report."""
        cell = row.cells.get(column.header, "")
        place = self.table.place(row.number, column.header)
        if isinstance(cell, Broken):
            return broken(cell, place, self.report)
        if text.is_dash(cell) if column.dash else text.is_blank(cell):
            if column.need != "cell":
                return column.blank
            self.report.add(
                "missing_cell", place, "必须填写，请补上。", "must be filled in.", expected=f"{column.header}"
            )
            return FAULTY
        return self._read(column, cell, place)

    def _read(self, column: Column, cell: Raw, place: Place) -> Any:
        if isinstance(cell, str) and not guard(cell, column.style, place, self.report):
            return FAULTY
        try:
            value = column.parse(cell, self.known)
        except Unreadable as error:
            refuse(error, cell, place, self.report)
            return FAULTY
        if column.limit and isinstance(value, str) and not fits(value, column.limit, place, self.report):
            return FAULTY
        return value


def broken(cell: Broken, place: Place, report: Report) -> object:
    """Report a formula without a usable result."""
    if cell.text:
        report.add(
            "formula_error", place, f"公式出错（{cell.text}），请修好公式或直接填入内容。",
            f"the formula gives {shorten(cell.text)}; mend it or fill in the value.", value=cell.text,
        )  # fmt: skip
    else:
        report.add(
            "formula_not_calculated", place, "公式还没有算出结果，请用 Excel 或 WPS 打开、保存一次，或直接填入内容。",
            "the formula has no stored result; open and save the file once, or fill in the value.",
        )  # fmt: skip
    return FAULTY


def refuse(error: Unreadable, cell: Cell, place: Place, report: Report) -> None:
    """Report a cell that a parser could not read."""
    shown = shorten(text.plain(cell)) if not isinstance(cell, Broken) else cell.text
    report.add(
        error.kind, place, f"写的是「{shown}」，应为{error.expected}。", f"{shown!r} stands there; expected {error.english}.",
        value=shown, expected=error.expected,
    )  # fmt: skip


def fits(value: str, limit: int, place: Place, report: Report) -> bool:
    """Report a text over its limit."""
    if len(value) <= limit:
        return True
    report.add(
        "text_too_long", place, f"有 {len(value)} 字，最多 {limit} 字，请缩短。",
        f"{len(value)} characters, at most {limit}; shorten it.", value=shorten(value), expected=f"{limit}",
    )  # fmt: skip
    return False


def guard(cell: str, style: str, place: Place, report: Report) -> bool:
    """Look for what hides in a text; False when the cell may not be taken."""
    if FORMULA.match(cell.lstrip(" \u3000")):
        report.add(
            "formula_text", place, f"「{shorten(cell)}」像一条公式，已按普通文字保存；如果不是有意的请改掉。",
            f"{shorten(cell)!r} looks like a formula; it is kept as plain text.", value=shorten(cell),
        )  # fmt: skip
    if style == "name":
        return _guard_name(cell, place, report)
    if style == "prose" and MARKUP.search(cell):
        report.add(
            "markup_in_text", place, f"含有标记代码「{shorten(_markup(cell))}」，会原样当文字用；如果不是有意的请删掉。",
            f"contains markup {shorten(_markup(cell))!r}; it is kept as plain text.", value=shorten(cell),
        )  # fmt: skip
    return True


def _guard_name(cell: str, place: Place, report: Report) -> bool:
    if MARKUP.search(cell):
        report.add(
            "markup", place, f"名称里有标记代码「{shorten(_markup(cell))}」，请改成普通文字。",
            f"markup {shorten(_markup(cell))!r} in a name; use plain words.", value=shorten(cell), expected="普通文字",
        )  # fmt: skip
        return False
    if text.deceptive(cell):
        report.add(
            "hidden_characters", place, f"「{shorten(cell)}」里藏有控制字符或改变显示方向的字符，请删掉重打。",
            "control characters or text direction overrides in a name; type it again.", value=shorten(cell), expected="普通文字",
        )  # fmt: skip
        return False
    if text.invisible(cell):
        report.add(
            "invisible_removed", place, f"「{shorten(text.name(cell))}」里有看不见的字符，已去掉。",
            "invisible characters were removed.", value=shorten(cell),
        )  # fmt: skip
    return True


def _markup(cell: str) -> str:
    match = MARKUP.search(cell)
    return match.group() if match else ""
