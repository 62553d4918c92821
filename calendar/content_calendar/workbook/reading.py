"""Reading a workbook: open it safely, find its sheets, read them in the order in which they refer to each other.

No database. The outcome is one :class:`Reading`: every issue, every row as it was understood, and the content, which is
None as soon as one error was found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from statistics import median_low
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from content_calendar.workbook import checks
from content_calendar.workbook.columns import Known, SheetSpec
from content_calendar.workbook.content import WorkbookContent
from content_calendar.workbook.find import Found, find_sheets
from content_calendar.workbook.grid import Broken
from content_calendar.workbook.issues import Issue, Place, Report
from content_calendar.workbook.names import SHEETS
from content_calendar.workbook.package import Package, opened
from content_calendar.workbook.record import FAULTY, records, sound
from content_calendar.workbook.refusal import Refusal, damaged
from content_calendar.workbook.sheets import (
    brand,
    campaign,
    group,
    knowledge,
    past,
    product,
    rule,
    script,
    sop,
    tier,
)
from content_calendar.workbook.sheets.common import Context
from content_calendar.workbook.table import Row, Table, table_of
from content_calendar.workbook.values import Unreadable
from content_calendar.workbook.values.cycles import parse_cycle
from content_calendar.workbook.values.dates import parse_day, parse_moment
from content_calendar.workbook.values.text import code, fold, name, plain
from content_calendar.zones import zone
from prompts.brief import Level
from prompts.house_rules import Catalogue

Shown = Callable[[Any, Any], dict[str, Any]]


@dataclass(frozen=True)
class Reading:
    """What was found in a file. ``rows`` are normalised rows by sheet, each with its Excel row as ``row``.

    Values in ``rows``: times HH:MM, instants ISO 8601 with the brand's offset, days ISO, prices decimal text, counts
    integers, tiers lists of levels, kinds and channels their keys, products lists of codes, 周期 ``{"written": …}`` with the
    shape of :mod:`values.cycles`, 升级人工 a boolean with 升级说明 beside it; blanks are "" or null.
    """

    issues: tuple[Issue, ...]
    rows: Mapping[str, list[dict[str, Any]]] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    content: WorkbookContent | None = None
    brand: str = ""
    sha256: str = ""
    source: str = ""

    @property
    def errors(self) -> tuple[Issue, ...]:
        """What stops the import."""
        return tuple(issue for issue in self.issues if issue.level == "error")

    @property
    def warnings(self) -> tuple[Issue, ...]:
        """What is shown and lets it pass."""
        return tuple(issue for issue in self.issues if issue.level == "warning")


def read(path: Path, *, today: date | None = None, rules: Catalogue | None = None) -> Reading:
    """Read the workbook at ``path``; ``today`` helps to tell the year of dates written without one.

    ``rules``: the packaged rules that 规则 may name; without them none can be silenced.
    Never raises for what is wrong with the file: that is in ``issues``.
    """
    report = Report()
    try:
        with opened(path) as package:
            workbook = _workbook(package)
            found = find_sheets(workbook, package, report)
            return Reader(found, report, today, rules or {}).run(package.sha256, path.name)
    except Refusal as refusal:
        report.add(refusal.kind, Place(), str(refusal), refusal.english, value=path.name)
        return Reading(issues=report.finished(), source=path.name)


def _workbook(package: Package) -> CalamineWorkbook:
    try:
        return CalamineWorkbook.from_filelike(package.copy)
    except (CalamineError, OSError, ValueError) as error:
        raise damaged() from error


class Reader:
    """Reads the found sheets of one workbook."""

    def __init__(self, found: Found, report: Report, today: date | None, rules: Catalogue) -> None:
        self.found, self.report, self.today, self.rules = found, report, today, rules
        self.tables: dict[str, Table] = {}
        self.rows: dict[str, list[dict[str, Any]]] = {}
        self.items: dict[str, list[Any]] = {}

    def run(self, sha256: str, source: str) -> Reading:
        """Everything, in the order of what refers to what."""
        pairs = (
            brand.read(self.found.lines.get("品牌", ()), self.report) if "品牌" in self.found.lines else None
        )
        zone_name = pairs.get("时区", brand.DEFAULT_ZONE) if pairs else brand.DEFAULT_ZONE
        known = Known(zone=zone(zone_name), rules=self.rules)
        for spec in (
            tier.SPEC,
            product.SPEC,
            group.SPEC,
            campaign.SPEC,
            sop.SPEC,
            script.SPEC,
            knowledge.SPEC,
            past.SPEC,
            rule.SPEC,
        ):
            if spec.title in self.found.lines:
                self.tables[spec.title] = table_of(spec, self.found.lines[spec.title], self.report)
        self._read_tables(known)
        brand_sheet, persona = brand.build(pairs) if pairs else brand.build(brand.BrandReading())
        content = self._content(brand_sheet, persona)
        checks.run(content, self.tables, pairs, known, self.report)
        if pairs is not None:
            shown = brand.shown(brand_sheet, persona)
            self.rows["品牌"] = [
                {"row": row, "项目": key, "内容": shown[key]}
                for key, row in sorted(pairs.rows.items(), key=lambda i: i[1])
                if pairs.values.get(key) is not FAULTY
            ]
        issues = self.report.finished(SHEETS)
        return Reading(
            issues=issues, rows={name: self.rows[name] for name in SHEETS if name in self.rows},
            counts={name: len(self.rows[name]) for name in SHEETS if name in self.rows},
            content=None if self.report.failed else content, brand=brand_sheet.name, sha256=sha256, source=source,
        )  # fmt: skip

    def _read_tables(self, known: Known) -> None:
        self._read(tier.SPEC, tier.build, tier.shown, known)
        known.tiers = _tier_names(self.items.get("层级", []))
        self._read(product.SPEC, product.build, product.shown, known)
        known.products = _product_codes(self._mentioned_products())
        self._read(group.SPEC, group.build, group.shown, known)
        known.anchor = self._anchor(("活动", "SOP", "历史内容"))
        self._read(campaign.SPEC, campaign.build, campaign.shown, known)
        self._read(sop.SPEC, sop.Builder(), sop.shown, known)
        self._read(script.SPEC, script.Builder(), script.shown, known)
        self._read(knowledge.SPEC, knowledge.Builder(), knowledge.shown, known)
        known.anchor = self._anchor(("历史内容", "活动", "SOP"))
        self._read(past.SPEC, past.Builder(), past.shown, known)
        self._read(rule.SPEC, rule.build, rule.shown, known)

    def _read(
        self,
        spec: SheetSpec,
        build: Callable[[Row, Mapping[str, Any], Context], Any],
        shown: Shown,
        known: Known,
    ) -> None:
        table = self.tables.get(spec.title)
        if table is None:
            return
        context = Context(table, known, self.report)
        items: list[Any] = []
        rows: list[dict[str, Any]] = []
        for row, values in records(spec, table, known, self.report):
            if sound(values):
                item = build(row, values, context)
                items.append(item)
                rows.append({"row": row.number, **shown(item, known.zone)})
        self.items[spec.title], self.rows[spec.title] = items, rows

    def _mentioned_products(self) -> Sequence[tuple[str, str]]:
        """(code, name) of every product row, also of one whose price cannot be read: it is known all the same."""
        table = self.tables.get("商品")
        pairs = []
        for row in table.rows if table else ():
            cells = [row.cells.get(header, "") for header in ("商品编码", "名称")]
            written, named = ("" if isinstance(cell, Broken) else plain(cell) for cell in cells)
            if code(written):
                pairs.append((code(written), name(named)))
        return pairs

    def _anchor(self, sheets: Sequence[str]) -> date | None:
        """The middle of the full dates of the first sheet that has any; else today."""
        for title in sheets:
            if title in self.tables and (days := list(_full_dates(self.tables[title]))):
                return date.fromordinal(median_low(day.toordinal() for day in days))
        return self.today

    def _content(self, brand_sheet: Any, persona: Any) -> WorkbookContent:
        def rows(title: str) -> tuple[Any, ...]:
            return tuple(self.items.get(title, ()))

        def optional(title: str) -> tuple[Any, ...] | None:
            return rows(title) if title in self.tables else None

        return WorkbookContent(
            brand=brand_sheet, persona=persona, tiers=rows("层级"), groups=rows("社群"), products=rows("商品"),
            campaigns=optional("活动"), sop=rows("SOP"), scripts=optional("话术"), knowledge=optional("知识"),
            past=optional("历史内容"), rules=optional("规则"),
        )  # fmt: skip


def _tier_names(tiers: Sequence[Any]) -> dict[str, Level]:
    return {fold(item.name): item.level for item in tiers if item.name}


def _product_codes(products: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Folded codes and names to codes; a code beats a name."""
    names = {fold(name): code for code, name in products if name}
    return names | {fold(code): code for code, _ in products}


def _full_dates(table: Table) -> Iterator[date]:
    """The dates of a table that carry their year."""
    headers = {"活动": ("预热开始", "开始", "结束"), "SOP": ("周期",), "历史内容": ("日期",)}[table.title]
    for row in table.rows:
        for header in headers:
            cell = row.cells.get(header, "")
            if isinstance(cell, Broken) or cell == "":
                continue
            try:
                if table.title == "SOP":
                    yield from map(date.fromisoformat, parse_cycle(cell, None).rule.get("dates", ()))
                else:
                    yield _with_year(cell)
            except Unreadable:
                continue


def _with_year(cell: Any) -> date:
    if isinstance(cell, str):
        return parse_moment(cell).day.on(None)
    return parse_day(cell).on(None)
