"""Runs every check of the workbook; one list, so that nothing is forgotten."""

from __future__ import annotations

from collections.abc import Mapping

from content_calendar.workbook.checks import (
    addresses,
    campaigns,
    draws,
    duplicates,
    efficacy,
    house_rules,
    prices,
    rules,
    timetable,
)
from content_calendar.workbook.columns import Known
from content_calendar.workbook.content import WorkbookContent
from content_calendar.workbook.issues import Report
from content_calendar.workbook.sheets.brand import BrandReading
from content_calendar.workbook.table import Table


def run(
    content: WorkbookContent,
    tables: Mapping[str, Table],
    brand: BrandReading | None,
    known: Known,
    report: Report,
) -> None:
    """Every check that fits what the file has."""
    duplicates.check(content, tables, report)
    addresses.check(content, tables, brand, report)
    efficacy.check(content, tables, report)
    prices.check_products(content, tables, report)
    campaigns.check(content, tables, known, report)
    prices.check_campaigns(content, tables, report)
    draws.check(content, tables, report)
    rules.check(content, tables, known, report)
    timetable.check(content, tables, known, report)
    house_rules.check(content, tables, report)
