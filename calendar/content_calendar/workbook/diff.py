"""What an import would change: rows added, changed (field by field) and no longer listed, per sheet.

Rows are matched by their identity, never by their place: moving a row changes nothing that is shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from content_calendar.tables import Brand
from content_calendar.workbook import house_sheet, keeping, stored
from content_calendar.workbook.content import WorkbookContent
from content_calendar.workbook.house_sheet import RulesDiff
from content_calendar.workbook.issues import shorten
from content_calendar.workbook.parts import PARTS, Part, from_table
from content_calendar.workbook.sheets import brand as brand_sheet
from content_calendar.workbook.sheets import rule as rule_sheet
from content_calendar.workbook.values.text import fold
from content_calendar.zones import zone

What = Literal["added", "changed", "removed"]


@dataclass(frozen=True)
class Change:
    """One row that differs. ``fields``: header → (before, after), normalised as in ``Reading.rows``."""

    sheet: str
    what: What
    key: str
    name: str
    row: int
    fields: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        entry: dict[str, Any] = {"key": self.key, "name": self.name, "row": self.row or None}
        return entry | (
            {"fields": {name: list(pair) for name, pair in self.fields.items()}} if self.fields else {}
        )


@dataclass(frozen=True)
class Changes:
    """Everything that differs between a file and what is stored."""

    brand: str
    new_brand: bool
    changes: tuple[Change, ...]

    @property
    def none(self) -> bool:
        """True when the file says what is stored already."""
        return not self.changes

    @property
    def counts(self) -> dict[str, dict[What, int]]:
        """Per sheet, how many rows were added, changed, removed."""
        found: dict[str, dict[What, int]] = {}
        for change in self.changes:
            entry = found.setdefault(change.sheet, {"added": 0, "changed": 0, "removed": 0})
            entry[change.what] += 1
        return found

    def as_json(self) -> dict[str, Any]:
        """As the command line prints it: totals, counts per sheet, and the rows."""
        sheets: dict[str, Any] = {name: {"counts": counts} for name, counts in self.counts.items()}
        for change in self.changes:
            sheets[change.sheet].setdefault(change.what, []).append(change.as_json())
        total = {
            what: sum(counts[what] for counts in self.counts.values())
            for what in ("added", "changed", "removed")
        }
        return {"new_brand": self.new_brand, "none": self.none, **total, "sheets": sheets}


@dataclass(frozen=True)
class PartDiff:
    """One part's rows, matched: what is new, what differs (stored row, before, after), what is gone, what only moved."""

    part: Part
    added: list[Any]
    returned: list[tuple[Any, Any]]  # (stored row that was inactive, after)
    changed: list[tuple[Any, Any, Any]]
    removed: list[tuple[Any, Any]]  # (stored row, before)
    moved: list[tuple[Any, Any]]  # (stored row, after): only its Excel row differs
    before: list[Any]  # what was in force, as plain data
    kept: list[Any]  # stored rows made at the desk, which no import takes away
    taken: list[Any]  # stored rows made at the desk that the workbook lists now: its own from here on
    last: int  # the last row the workbook lists


@dataclass(frozen=True)
class BrandDiff:
    """A whole workbook against the database; ``brand`` is None when it is new."""

    brand: Brand | None
    parts: tuple[PartDiff, ...]
    changes: Changes
    rules: RulesDiff = field(default_factory=RulesDiff)


def changes(session: Session, content: WorkbookContent) -> Changes:
    """What importing ``content`` would change; writes nothing."""
    return compare(session, keeping.kept(session, content, None)).changes


def compare(session: Session, content: WorkbookContent) -> BrandDiff:
    """The workbook against what is stored."""
    brand = stored.brand_called(session, content.brand.name)
    parts = tuple(
        _part(part, stored.rows_of(session, brand, part) if brand else [], getattr(content, part.field))
        for part in PARTS
        if getattr(content, part.field) is not None
    )
    where = zone(content.brand.zone)
    shown = [*_brand_changes(session, brand, content)]
    for part in parts:
        shown += _shown(part, where)
    rules = house_sheet.compare(session, brand, content.rules)
    shown += _rules_shown(rules)
    return BrandDiff(brand, parts, Changes(content.brand.name, brand is None, tuple(shown)), rules)


def _part(part: Part, rows: Sequence[Any], items: Sequence[Any]) -> PartDiff:
    there = {part.key(row): row for row in rows}
    plain = {part.key(row): from_table(part, row) for row in rows if not part.leaves or row.active}
    found = PartDiff(
        part, [], [], [], [], [], before=list(plain.values()), kept=[], taken=[],
        last=max((item.row for item in items), default=1),
    )  # fmt: skip
    listed = set()
    for item in items:
        key = part.key(item)
        listed.add(key)
        row = there.get(key)
        if row is None:
            found.added.append(item)
        elif key not in plain:
            found.returned.append((row, item))
        elif plain[key] != item:
            found.changed.append((row, plain[key], item))
        elif row.row != item.row:
            found.moved.append((row, item))
        if row is not None and _of_the_desk(row):
            found.taken.append(row)
    if part.leaves:
        found.kept.extend(_kept(plain, there, items, listed))
        kept = {part.key(row) for row in found.kept}
        found.removed.extend(
            (there[key], item) for key, item in plain.items() if key not in listed and key not in kept
        )
    return found


def _of_the_desk(row: Any) -> bool:
    return getattr(row, "origin", "workbook") == "desk"


def _kept(
    plain: Mapping[str, Any], there: Mapping[str, Any], items: Sequence[Any], listed: set[str]
) -> Iterator[Any]:
    """Rows of the desk's own that the workbook does not list and whose question it does not answer either."""
    mine = [there[key] for key in plain if key not in listed and _of_the_desk(there[key])]
    asked = {fold(item.question) for item in items} if mine else set()
    return (row for row in mine if fold(row.question) not in asked)


def _shown(found: PartDiff, where: ZoneInfo) -> Iterator[Change]:
    part = found.part
    for item in [*found.added, *(item for _, item in found.returned)]:
        yield Change(part.title, "added", part.key(item), name_of(item), item.row)
    for _, before, after in found.changed:
        pairs = _fields(part.shown(before, where), part.shown(after, where))
        yield Change(part.title, "changed", part.key(after), name_of(after), after.row, pairs)
    for _, before in found.removed:
        yield Change(part.title, "removed", part.key(before), name_of(before), 0)


def _rules_shown(found: RulesDiff) -> Iterator[Change]:
    title = rule_sheet.SPEC.title
    for item in found.added:
        yield Change(title, "added", item.key, name_of(item), item.row)
    for _, before, after in found.changed:
        pairs = _fields(rule_sheet.shown(before), rule_sheet.shown(after))
        yield Change(title, "changed", after.key, name_of(after), after.row, pairs)
    for _, before in found.removed:
        yield Change(title, "removed", before.key, name_of(before), 0)


def _fields(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    names = dict.fromkeys([*after, *before])
    return {
        name: (before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name)
    }


def name_of(item: Any) -> str:
    """A short name of a row, for people."""
    if hasattr(item, "cycle"):
        return shorten(f"{item.time} {item.cycle} {item.kind_written} {item.theme}")
    for name in ("name", "question", "text"):
        if value := getattr(item, name, ""):
            return shorten(value, 40)
    return str(getattr(item, "level", ""))


def _brand_changes(session: Session, brand: Brand | None, content: WorkbookContent) -> Iterator[Change]:
    title, name = brand_sheet.TITLE, content.brand.name
    if brand is None:
        yield Change(title, "added", name, name, 0)
        return
    before = brand_sheet.shown(
        stored.brand_sheet(brand), stored.persona_sheet(stored.persona_of(session, brand))
    )
    pairs = _fields(before, brand_sheet.shown(content.brand, content.persona))
    if pairs:
        yield Change(title, "changed", name, name, 0, pairs)
