"""Finding our sheets in a workbook: by name however trimmed, else by their headings; hidden helpers stay unread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from python_calamine import CalamineError, CalamineWorkbook

from content_calendar.workbook.columns import SheetSpec
from content_calendar.workbook.grid import Line, lines_of
from content_calendar.workbook.issues import Place, Report, shorten
from content_calendar.workbook.names import SHEETS, sheet_meant
from content_calendar.workbook.package import Package
from content_calendar.workbook.refusal import damaged
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
from content_calendar.workbook.table import fit

SPECS: dict[str, SheetSpec] = {
    spec.title: spec
    for spec in (
        tier.SPEC,
        group.SPEC,
        product.SPEC,
        campaign.SPEC,
        sop.SPEC,
        script.SPEC,
        knowledge.SPEC,
        past.SPEC,
        rule.SPEC,
    )
}
_ALIKE = 0.7  # of a sheet's headings: enough to know it without its name


@dataclass
class Found:
    """The rows of each of our sheets that was found, and the title it has in the file."""

    lines: dict[str, list[Line]] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)


def find_sheets(workbook: CalamineWorkbook, package: Package, report: Report) -> Found:
    """Every sheet of ours; what is missing goes to ``report``."""
    found = Found()
    visible = [sheet.name for sheet in package.sheets if sheet.visible and sheet.name in package.scans]
    named = _by_name(visible, report)
    for own, title in named.items():
        found.titles[own], found.lines[own] = title, _lines(workbook, package, title)
    rest = [title for title in visible if title not in named.values() and sheet_meant(title) is None]
    missing = [own for own in SHEETS if own not in found.lines]
    if missing:
        _by_headings(workbook, package, rest, missing, found)
    _report_missing(package, rest, found, report)
    return found


def _by_name(visible: Sequence[str], report: Report) -> dict[str, str]:
    """Our sheet → its title, the surest name first."""
    best: dict[str, tuple[int, str]] = {}
    for title in visible:
        meant = sheet_meant(title)
        if meant is None:
            continue
        own, rank = meant
        kept, left = (best.get(own), title) if own in best else (None, "")
        if kept is None or rank < kept[0]:
            left = kept[1] if kept else ""
            best[own] = (rank, title)
        if left:
            report.add(
                "duplicate_sheet", Place(own), f"有两张表像「{own}」，没有读「{shorten(left)}」；请删掉或改名。",
                f"two sheets look like {own}; {shorten(left)} was not read; remove or rename it.", value=left,
            )  # fmt: skip
    return {own: title for own, (_, title) in best.items()}


def _by_headings(
    workbook: CalamineWorkbook, package: Package, rest: Sequence[str], missing: Sequence[str], found: Found
) -> None:
    """A sheet called Sheet3 whose headings are ours is ours."""
    for title in rest:
        lines = _lines(workbook, package, title)
        fits = {own: brand.fit(lines) if own == brand.TITLE else fit(SPECS[own], lines) for own in missing}
        own = max(fits, key=lambda name: fits[name])
        if fits[own] >= _ALIKE and own not in found.lines:
            found.titles[own], found.lines[own] = title, lines


def _lines(workbook: CalamineWorkbook, package: Package, title: str) -> list[Line]:
    try:
        return lines_of(workbook.get_sheet_by_name(title), package.scans[title])
    except (CalamineError, OSError, ValueError) as error:
        raise damaged(title) from error


def _report_missing(package: Package, rest: Sequence[str], found: Found, report: Report) -> None:
    hidden = {
        meant[0]: sheet.name
        for sheet in package.sheets
        if not sheet.visible and (meant := sheet_meant(sheet.name))
    }
    for own in SHEETS:
        if own in found.lines or (own in SPECS and not SPECS[own].usual and own not in hidden):
            continue
        required = own == brand.TITLE or SPECS[own].required
        if own in hidden:
            zh, en = (
                f"表「{shorten(hidden[own])}」被隐藏了，请取消隐藏。",
                f"sheet {hidden[own]} is hidden; unhide it.",
            )
        else:
            others = f"（没有认出的表：{'、'.join(map(shorten, rest[:5]))}）" if rest else ""
            zh, en = f"工作簿里没有「{own}」这张表{others}，请补上。", f"there is no sheet {own}; add it."
        if not required:
            zh, en = (
                f"没有「{own}」这张表，已有的内容保持不变。",
                f"there is no sheet {own}; what is stored stays as it is.",
            )
        kind = "missing_sheet" if required else "sheet_left_out"
        report.add(kind, Place(own), zh, en, expected=own)
