"""The rows of 规则 together: none twice, and not more than a brand may have."""

from __future__ import annotations

from collections.abc import Mapping

from content_calendar.rules.house import ADD
from content_calendar.workbook.content import RuleRow, WorkbookContent
from content_calendar.workbook.issues import Report, shorten
from content_calendar.workbook.table import Table
from prompts.house_rules import MOST_RULES

_TITLE, _HEADER = "规则", "规则或词"


def check(content: WorkbookContent, tables: Mapping[str, Table], report: Report) -> None:
    """Rules that say the same, and rules beyond the bound."""
    first: dict[str, RuleRow] = {}
    for item in content.rules or ():
        earlier = first.setdefault(item.key, item)
        if earlier is not item:
            report.add(
                "duplicate", tables[_TITLE].place(item.row, _HEADER),
                f"「{shorten(item.name)}」与第 {earlier.row} 行是同一条规则，请只留一行。",
                f"the same rule as row {earlier.row}; keep one.", value=shorten(item.name), expected="不重复",
            )  # fmt: skip
    added = [item for item in content.rules or () if item.action == ADD]
    if len(added) > MOST_RULES:
        report.add(
            "too_many_rules", tables[_TITLE].place(added[MOST_RULES].row),
            f"自定规则有 {len(added)} 条，最多 {MOST_RULES} 条；请把同一个原因的词并成一行。",
            f"{len(added)} rules, at most {MOST_RULES}; put words of one reason in one row.",
        )  # fmt: skip
