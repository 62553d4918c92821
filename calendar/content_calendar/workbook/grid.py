"""A sheet as a rectangle of cells with Excel row numbers: merged cells filled down, broken formulas marked.

Vertically merged cells hold their value once; a person reads it for every row they span. What was filled in is
remembered, because a row that holds nothing of its own is no row.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from python_calamine import CalamineSheet

from content_calendar.workbook.refusal import CELLS, damaged
from content_calendar.workbook.scan import SheetScan
from content_calendar.workbook.values.text import Raw, is_blank


@dataclass(frozen=True)
class Broken:
    """A cell whose formula gave an error (``text``), or no result at all (empty)."""

    text: str


Cell = Raw | Broken


@dataclass(frozen=True)
class Line:
    """One Excel row: its number, its cells (0-based columns), and which of them merging filled in."""

    number: int
    cells: list[Cell]
    filled: frozenset[int] = frozenset()

    def at(self, column: int) -> Cell:
        """The cell in a column; "" beyond the end."""
        return self.cells[column] if column < len(self.cells) else ""

    @property
    def written(self) -> list[int]:
        """Columns with something in them."""
        return [
            index for index, cell in enumerate(self.cells) if isinstance(cell, Broken) or not is_blank(cell)
        ]

    @property
    def own(self) -> list[int]:
        """Columns with something that was written in this very row."""
        return [index for index in self.written if index not in self.filled]


@dataclass
class _Filler:
    cells: dict[int, list[Cell]]
    filled: dict[int, set[int]] = field(default_factory=dict)
    budget: int = CELLS // 4

    def down(self, first: tuple[int, int], last: tuple[int, int], bottom: int) -> None:
        row, column = first
        line = self.cells.get(row)
        if line is None or column >= len(line) or is_blank_cell(line[column]):
            return
        for below in range(row + 1, min(last[0], bottom) + 1):
            self.budget -= 1
            if self.budget < 0:
                raise damaged("merged cells")
            other = self.cells.get(below)
            if other is not None and column < len(other) and is_blank_cell(other[column]):
                other[column] = line[column]
                self.filled.setdefault(below, set()).add(column)


def is_blank_cell(cell: Cell) -> bool:
    """True when a person sees nothing there."""
    return not isinstance(cell, Broken) and is_blank(cell)


def lines_of(sheet: CalamineSheet, seen: SheetScan) -> list[Line]:
    """Every row of the sheet from its first used one, merged cells filled down."""
    start = sheet.start or (0, 0)
    left = [""] * start[1]
    rows: dict[int, list[Cell]] = {
        start[0] + index: [*left, *row] for index, row in enumerate(sheet.to_python(skip_empty_area=True))
    }
    _mark(rows, seen)
    filler = _Filler(rows)
    for first, last in _tall(sheet.merged_cell_ranges or ()):
        filler.down(first, last, bottom=max(rows, default=0))
    return [
        Line(number + 1, cells, frozenset(filler.filled.get(number, ()))) for number, cells in rows.items()
    ]


def _mark(rows: dict[int, list[Cell]], seen: SheetScan) -> None:
    """The reader shows formula errors as blanks: put marks in their place."""
    broken = {**dict.fromkeys(seen.uncalculated, ""), **seen.errors}
    for (row, column), text in broken.items():
        line = rows.get(row - 1)
        if line is not None:
            line.extend([""] * (column - len(line)))
            line[column - 1] = Broken(text)


def _tall(
    ranges: Iterable[tuple[tuple[int, int], tuple[int, int]]],
) -> Iterable[tuple[tuple[int, int], tuple[int, int]]]:
    return ((first, last) for first, last in ranges if last[0] > first[0])
