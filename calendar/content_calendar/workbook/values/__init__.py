"""What a cell means: times, dates, moments, cycles, money, counts, tiers, codes and lists, from whatever was typed.

Each parser takes the cell as the reader gives it and returns a plain value or raises Unreadable; none looks at tables.
"""

from content_calendar.workbook.values.cycles import Cycle
from content_calendar.workbook.values.unreadable import Unreadable

__all__ = ["Cycle", "Unreadable"]
