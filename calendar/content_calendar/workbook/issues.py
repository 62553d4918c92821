"""An issue: one thing wrong in a workbook, with its place, what stands there and what is expected.

Everything wrong is collected in one :class:`Report` and told at once, so that an operator corrects a
workbook in one go. The message is one sentence in Chinese (and one in English) that needs no other column.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from content_calendar.workbook.kinds import KINDS, Level

MOST: dict[Level, int] = {"error": 2000, "warning": 1000}  # more than anybody reads; the rest is counted
SHOWN_VALUE = 60  # characters of a cell repeated in a message


@dataclass(frozen=True)
class Issue:
    """One fault. ``row`` is the Excel row (0: the whole sheet or file), ``column`` the header as written."""

    sheet: str
    row: int
    column: str
    value: str
    expected: str
    kind: str
    level: Level
    message: str
    english: str

    def as_json(self) -> dict[str, object]:
        """The issue as the command line and the API print it."""
        return {
            "sheet": self.sheet, "row": self.row or None, "column": self.column or None, "kind": self.kind,
            "level": self.level, "message": self.message, "value": self.value, "expected": self.expected,
            "english": self.english,
        }  # fmt: skip


@dataclass(frozen=True)
class Place:
    """Where a fault stands."""

    sheet: str = ""
    row: int = 0
    column: str = ""

    def zh(self) -> str:
        """「商品」第 5 行「日常价」"""
        parts = [f"「{self.sheet}」" if self.sheet else "", f"第 {self.row} 行" if self.row else ""]
        return "".join([*parts, f"「{self.column}」" if self.column else ""])

    def en(self) -> str:
        """Sheet 商品, row 5, column 日常价"""
        parts = [f"sheet {self.sheet}" if self.sheet else "", f"row {self.row}" if self.row else ""]
        return ", ".join(part for part in [*parts, f"column {self.column}" if self.column else ""] if part)


@dataclass
class Report:
    """Collects issues; :meth:`add` is the one way in."""

    issues: list[Issue] = field(default_factory=list)
    seen: dict[Level, int] = field(default_factory=lambda: {"error": 0, "warning": 0})

    def add(
        self, kind: str, place: Place, zh: str, en: str, *,
        value: object = "", expected: str = "", level: Level | None = None,
    ) -> None:  # fmt: skip
        """Record a fault: ``zh`` and ``en`` say what is wrong and what to do, without the place."""
        level = level or KINDS[kind].level
        self.seen[level] += 1
        if self.seen[level] > MOST[level]:
            return
        where, place_en = place.zh(), place.en()
        self.issues.append(
            Issue(
                sheet=place.sheet, row=place.row, column=place.column, value=shorten(value, 200),
                expected=expected, kind=kind, level=level,
                message=f"{where}{'：' if where else ''}{zh}",
                english=f"{place_en}{': ' if place_en else ''}{en}",
            )
        )  # fmt: skip

    @property
    def failed(self) -> bool:
        """True when an error was found: nothing may be imported."""
        return self.seen["error"] > 0

    def finished(self, order: Iterable[str] = ()) -> tuple[Issue, ...]:
        """Every issue, errors first, then by sheet (in ``order``) and row."""
        found = [*self.issues, *(left for level in MOST if (left := self._left_out(level)))]
        ranks = {name: rank for rank, name in enumerate(order)}
        return tuple(sorted(found, key=lambda i: (i.level != "error", ranks.get(i.sheet, len(ranks)), i.row)))

    def _left_out(self, level: Level) -> Issue | None:
        """An issue that says how many of ``level`` are not listed, if any."""
        count = self.seen[level] - MOST[level]
        if count <= 0:
            return None
        zh = f"问题太多，另有 {count} 处没有列出；先改正上面的，再导入一次。"
        en = f"{count} more are not listed; correct these and import again."
        return Issue("", 0, "", str(count), "", "too_many_issues", level, zh, en)


def shorten(value: object, limit: int = SHOWN_VALUE) -> str:
    """A cell's text on one line, cut, without control characters: safe to print."""
    text = "".join(" " if not char.isprintable() else char for char in str(value)[: limit * 4])
    text = " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 1] + "…"
