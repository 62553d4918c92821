"""Checks that compare cells, rows and sheets: duplicates, prices, filings, addresses, prizes, quiet hours, rules.

Each takes data and tables and only adds issues. No parsing of cells (that is in ``values``), no database.
"""

from content_calendar.workbook.checks.all import run

__all__ = ["run"]
