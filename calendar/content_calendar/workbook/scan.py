"""A streaming look at a part's XML before the fast reader may have it, in constant memory.

The reader (calamine) holds a sheet's whole rectangle, reserves memory for declared counts, and aborts the process
when that fails; it also shows formula errors as blanks. So each part is walked once with expat: references and
counts must be sane, the used rectangle small; error cells and formulas without a result are remembered.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.parsers import expat

from content_calendar.workbook.refusal import CELLS, COUNT, ROWS, Refusal, damaged, too_large

_REF = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})\Z")
_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384
_REMEMBERED = 5_000  # odd cells kept per sheet
_MERGES = 100_000
_ELEMENTS = 6_000_000  # of one sheet: a big brand has half a million; each costs a microsecond


@dataclass
class SheetScan:
    """What was seen of one sheet; rows and columns are 1-based, cells are (row, column)."""

    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    uncalculated: set[tuple[int, int]] = field(default_factory=set)
    top: int = _LAST_ROW + 1
    left: int = _LAST_COLUMN + 1
    bottom: int = 0
    right: int = 0

    @property
    def cells(self) -> int:
        """How many cells the used rectangle has."""
        return max(0, self.bottom - self.top + 1) * max(0, self.right - self.left + 1)


def column_letter(column: int) -> str:
    """1 → A, 28 → AB."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """A → 1, AB → 28."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


class Scanner:
    """Feed it chunks of one XML part; it raises Refusal as soon as something is not sane."""

    def __init__(self, part: str) -> None:
        self.part = part
        # Always UTF-8, as Excel and WPS write: another encoding could show this look one text and the reader another.
        self._parser = expat.ParserCreate("UTF-8")
        self._parser.XmlDeclHandler = self._declaration
        self._parser.StartElementHandler = self._start
        self._parser.StartDoctypeDeclHandler = self._doctype

    def feed(self, chunk: bytes, *, last: bool = False) -> None:
        """The next bytes of the part."""
        try:
            self._parser.Parse(chunk, last)
        except (expat.ExpatError, LookupError, ValueError) as error:
            raise damaged(self.part) from error

    def _declaration(self, _version: str, encoding: str | None, _standalone: int) -> None:
        if encoding is not None and encoding.lower() not in {"utf-8", "utf8"}:
            raise damaged(self.part)

    def _doctype(self, *_: object) -> None:
        raise damaged(self.part)  # a workbook never declares entities

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        for key in ("count", "uniqueCount"):
            value = attributes.get(key)
            if value is not None and (not value.isascii() or not value.isdigit() or int(value[:12]) > COUNT):
                raise damaged(self.part)


class SheetScanner(Scanner):
    """The look at a worksheet."""

    def __init__(self, part: str) -> None:
        super().__init__(part)
        self.seen = SheetScan()
        self._row = self._column = 0
        self._merges = self._elements = 0
        self._type = ""
        self._formula = self._holds = False
        self._text: list[str] = []
        self._parser.EndElementHandler = self._end
        self._parser.buffer_text = True

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._elements += 1
        if self._elements > _ELEMENTS:
            raise too_large(self.part)
        name = name.rpartition(":")[2]
        if name == "c":
            self._cell(attributes)
        elif name == "v":
            self._text = []
            self._holds = True
            self._parser.CharacterDataHandler = self._text.append
        elif name == "f":
            self._formula = True
        elif name == "is":
            self._holds = True
        elif name == "row":
            self._row = self._number(attributes["r"]) if "r" in attributes else self._row + 1
            self._column = 0
        elif name == "mergeCell":
            self._merge(attributes.get("ref", ""))
        else:
            super()._start(name, attributes)

    def _cell(self, attributes: dict[str, str]) -> None:
        self._type = attributes.get("t", "")
        self._formula = self._holds = False
        self._text = []
        if "r" not in attributes:
            self._column += 1
            return
        self._row, self._column = self._place(attributes["r"])

    def _place(self, reference: str) -> tuple[int, int]:
        match = _REF.match(reference)
        if match is None:
            raise damaged(f"{self.part} {reference[:20]}")
        row, column = int(match.group(2)), column_number(match.group(1))
        if row > _LAST_ROW or column > _LAST_COLUMN:
            raise damaged(f"{self.part} {reference}")
        return row, column

    def _number(self, written: str) -> int:
        if not written.isascii() or not written.isdigit() or not 1 <= int(written[:9]) <= _LAST_ROW:
            raise damaged(f"{self.part} row {written[:20]}")
        return int(written)

    def _merge(self, reference: str) -> None:
        self._merges += 1
        if self._merges > _MERGES:
            raise damaged(self.part)
        first, _, last = reference.partition(":")
        for corner in (first, last or first):
            self._place(corner)

    def _end(self, name: str) -> None:
        if name.endswith("v") and name.rpartition(":")[2] == "v":
            self._parser.CharacterDataHandler = None
        elif name.endswith("c") and name.rpartition(":")[2] == "c":
            self._cell_done()

    def _cell_done(self) -> None:
        seen, place, text = self.seen, (self._row, self._column), "".join(self._text)
        if self._type == "e" and len(seen.errors) < _REMEMBERED:
            seen.errors[place] = text or "#VALUE!"
        elif self._formula and not text and self._type != "str" and len(seen.uncalculated) < _REMEMBERED:
            seen.uncalculated.add(place)
        if self._holds:
            seen.top, seen.bottom = min(seen.top, self._row), max(seen.bottom, self._row)
            seen.left, seen.right = min(seen.left, self._column), max(seen.right, self._column)


def check_extent(sheet: str, seen: SheetScan) -> None:
    """Refuse a sheet whose last used cell lies absurdly far out."""
    if seen.bottom <= ROWS and seen.cells <= CELLS:
        return
    corner = f"{column_letter(seen.right)}{seen.bottom}"
    raise Refusal(
        "sheet_too_large",
        f"「{sheet}」的内容一直到 {corner} 格（{seen.cells} 格），太大了；请删掉数据后面多余的行和列再导入。",
        f"Sheet {sheet} reaches to {corner} ({seen.cells} cells): too large; delete the surplus rows and columns.",
    )
