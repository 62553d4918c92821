"""A sheet as a person reads it: find the header row, skip titles, sections, totals and repeated headers.

What is left are the rows of data with their Excel numbers, cells by our header. Columns we do not know are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from content_calendar.workbook.columns import SheetSpec
from content_calendar.workbook.grid import Broken, Cell, Line, is_blank_cell
from content_calendar.workbook.issues import Place, Report, shorten
from content_calendar.workbook.names import fold_header, headers_meant
from content_calendar.workbook.scan import column_letter
from content_calendar.workbook.values.text import Raw, fold, is_dash, plain

_HEADER_WITHIN = 60  # rows with something in them before the header is given up
_TOTAL = re.compile(
    r"^.{0,8}(?:合计|小计|总计|共计|总和|汇总|平均值?|total|subtotal|sum)(?:[:：(（].*|[0-9].*)?$"
)
_SECTION = re.compile(
    r"^(?:[一二三四五六七八九十]{1,3}[、.．)）]|第.{1,3}[部章节类]|【.*】$|[—\-=#*◆■●▶]{2,}|[◆■●▶])"
)
_REMARK = re.compile(r"^(?:[*※★#]*(?:备注|注意?|说明|提示|填表说明|填写说明|示例|例如?)[0-9]*[:：]|※|\*)")


@dataclass(frozen=True)
class Row:
    """One row of data: its Excel number and its cells by our header (only columns that the sheet has)."""

    number: int
    cells: Mapping[str, Cell]


@dataclass
class Table:
    """The data of one sheet. ``written`` is each header as it stands there."""

    title: str  # our name of the sheet: 商品
    written: dict[str, str] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    found: bool = False  # the sheet is there and has a header

    def place(self, row: int, header: str = "") -> Place:
        """Where a fault of this table stands."""
        return Place(self.title, row, self.written.get(header, header))


@dataclass(frozen=True)
class _Header:
    columns: dict[str, int]
    again: list[tuple[str, int]]
    index: int  # of the first line of data


def table_of(spec: SheetSpec, lines: Sequence[Line], report: Report) -> Table:
    """The table in ``lines``; faults of its shape go to ``report``."""
    table = Table(spec.title)
    header = _find_header(spec, lines)
    if header is None:
        names = "、".join(column.header for column in spec.columns if column.need != "optional")
        report.add(
            "missing_header", Place(spec.title),
            f"找不到表头；表头行应含 {names}。", f"no header row; it should have {names}.", expected=names,
        )  # fmt: skip
        return table
    table.found = True
    heading = lines[header.index - 1]
    table.written = {name: _title(heading.at(at), name) for name, at in header.columns.items()}
    _missing_columns(spec, header, heading, report)
    needed = [
        header.columns[c.header] for c in spec.columns if c.need == "cell" and c.header in header.columns
    ]
    words = spec.words
    for line in lines[header.index :]:
        if _is_data(line, header, needed, words):
            cells = {name: line.at(at) for name, at in header.columns.items()}
            table.rows.append(Row(line.number, cells))
    if not table.rows and spec.filled:
        report.add(
            "empty_table",
            Place(spec.title),
            "表里没有一行数据，请补上。",
            "the table has no rows; fill it in.",
        )
    return table


def fit(spec: SheetSpec, lines: Sequence[Line]) -> float:
    """How much of the sheet's columns these lines have a heading for, 0 to 1 (to recognise an unnamed sheet)."""
    header = _find_header(spec, lines)
    return len(header.columns) / len(spec.columns) if header else 0.0


def _raw(cells: Sequence[Cell]) -> list[Raw]:
    return ["" if isinstance(cell, Broken) else cell for cell in cells]


def _title(cell: Cell, name: str) -> str:
    return shorten(plain(cell), 40) if not isinstance(cell, Broken) and not is_blank_cell(cell) else name


def _find_header(spec: SheetSpec, lines: Sequence[Line]) -> _Header | None:
    """The row that has most of our headings; of equal neighbours (vertically merged) the last one."""
    words = spec.words
    best: _Header | None = None
    looked = 0
    for index, line in enumerate(lines):
        if not line.written:
            continue
        looked += 1
        if looked > _HEADER_WITHIN:
            break
        found, again = headers_meant(_raw(line.cells), words)
        repeats = best is not None and best.index == index and found == best.columns
        if best is None or len(found) > len(best.columns) or repeats:
            best = _Header(found, again, index + 1)
    if best is None or len(best.columns) < max(2, len(spec.columns) // 4):
        return None
    return best


def _missing_columns(spec: SheetSpec, header: _Header, heading: Line, report: Report) -> None:
    for column in spec.columns:
        if column.need != "optional" and column.header not in header.columns:
            report.add(
                "missing_column", Place(spec.title, heading.number, column.header),
                f"缺少「{column.header}」这一列，请补上。", f"column {column.header} is missing; add it.",
                expected=column.header,
            )  # fmt: skip
    for name, at in header.again:
        letter = column_letter(at + 1)
        report.add(
            "duplicate_column", Place(spec.title, heading.number, name),
            f"「{name}」有两列，读了靠前的一列，没有读 {letter} 列；请删掉多余的。",
            f"{name} stands twice; column {letter} was not read; remove one.", value=letter,
        )  # fmt: skip


def _is_data(line: Line, header: _Header, needed: Sequence[int], words: Mapping[str, str]) -> bool:
    own = line.own
    if not own or not set(own) & set(header.columns.values()):
        return False
    blank = sum(1 for at in needed if _says_nothing(line.at(at)))
    if (
        len(line.written) == 1
        or _is_total(line, own, partly=blank > 0 or len(needed) < 2)
        or _is_remark(line, own)
    ):
        return False
    if len(needed) >= 3 and len(own) <= 2 and (len(needed) - blank <= 1 or _is_section(line, own)):
        return False  # a section heading with a word beside it
    return not _is_header_again(line, header, words)


def _says_nothing(cell: Cell) -> bool:
    return not isinstance(cell, Broken) and is_dash(cell)


def _is_header_again(line: Line, header: _Header, words: Mapping[str, str]) -> bool:
    first = line.at(min(header.columns.values()))
    if not isinstance(first, str) or fold_header(first) not in words:
        return False
    found, _ = headers_meant(_raw(line.cells), words)
    return len(found) >= max(2, len(header.columns) * 3 // 5)


def _is_total(line: Line, own: Sequence[int], *, partly: bool) -> bool:
    """A row of sums: 合计 or 社群合计 first, and (where several are required) a required cell without content."""
    texts = [fold(text) for at in own[:2] if isinstance(text := line.at(at), str) and len(text) <= 60]
    return partly and any(_TOTAL.match(text) for text in texts)


def _is_section(line: Line, own: Sequence[int]) -> bool:
    first = line.at(own[0])
    return isinstance(first, str) and bool(_SECTION.match(first.strip()))


def _is_remark(line: Line, own: Sequence[int]) -> bool:
    first = line.at(own[0])
    return len(own) <= 2 and isinstance(first, str) and bool(_REMARK.match(first.strip()))
