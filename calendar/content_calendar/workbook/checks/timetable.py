"""The SOP against quiet hours and against the campaigns it speaks of."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from content_calendar.workbook.columns import Known
from content_calendar.workbook.content import SopLine, WorkbookContent
from content_calendar.workbook.issues import Report, shorten
from content_calendar.workbook.table import Table
from prompts.kinds import all_kinds

_BEFORE, _AFTER = timedelta(days=7), timedelta(days=3)  # how far from a campaign its posts may lie


def check(content: WorkbookContent, tables: Mapping[str, Table], known: Known, report: Report) -> None:
    """Every row of the SOP."""
    spans = [
        (
            min(c.start_at, c.warmup_at or c.start_at).astimezone(known.zone).date() - _BEFORE,
            c.end_at.astimezone(known.zone).date() + _AFTER,
        )
        for c in content.campaigns or ()
    ]
    for row in content.sop:
        if is_quiet(row.time, content.brand.quiet_from, content.brand.quiet_to):
            quiet = f"{content.brand.quiet_from}-{content.brand.quiet_to}"
            report.add(
                "sop_in_quiet_hours", tables["SOP"].place(row.row, "时间"),
                f"{row.time} 在安静时段（{quiet}）里，不能发送；请改时间或改安静时段。",
                f"{row.time} lies in the quiet hours {quiet}.", value=row.time, expected=f"不在 {quiet}",
            )  # fmt: skip
        if content.campaigns is not None:
            _campaign_of(row, spans, tables["SOP"], report)


def is_quiet(time: str, start: str, end: str) -> bool:
    """True when the wall time lies in [start, end), which may pass midnight; equal ends are no span."""
    if start <= end:
        return start <= time < end
    return time >= start or time < end


def _campaign_of(row: SopLine, spans: list[tuple[date, date]], table: Table, report: Report) -> None:
    """A dated row that sells needs a campaign around its dates."""
    if not all_kinds()[row.kind].offer or "dates" not in row.cycle_rule:
        return
    for written in row.cycle_rule["dates"]:
        day = date.fromisoformat(written)
        if not any(first <= day <= last for first, last in spans):
            report.add(
                "sop_without_campaign", table.place(row.row, "周期"),
                f"{written} 的「{shorten(row.theme or row.kind_written)}」前后没有对应的活动；请核对日期，或在「活动」里补上。",
                f"no campaign lies around {written}; check the date or add the campaign.", value=written,
            )  # fmt: skip
            return
