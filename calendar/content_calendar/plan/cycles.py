"""From a row's 周期 to dates: weekdays, listed dates, days of the month, official working days."""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from content_calendar.plan import days

LAST_DAY = -1  # month_days: 每月最后一天


@dataclass(frozen=True)
class Cycle:
    """When a row comes round. Exactly one of the fields decides; ``workdays`` goes before ``weekdays``."""

    weekdays: frozenset[int] = frozenset()  # ISO: Monday is 1
    dates: frozenset[date] = frozenset()
    month_days: frozenset[int] = frozenset()
    workdays: bool = False

    @property
    def dated(self) -> bool:
        """True for a row that names its dates: an appointment, not a habit."""
        return bool(self.dates)

    def on(self, day: date) -> bool:
        """True when the row has a slot on ``day``."""
        if self.dates:
            return day in self.dates
        if self.month_days:
            last = calendar.monthrange(day.year, day.month)[1]
            return day.day in self.month_days or (day.day == last and LAST_DAY in self.month_days)
        if self.workdays:
            return days.workday(day)
        return day.isoweekday() in self.weekdays


def of(rule: Mapping[str, Any]) -> Cycle:
    """The cycle of a stored ``cycle_rule`` (see the workbook's values)."""
    return Cycle(
        weekdays=frozenset(int(item) for item in rule.get("weekdays") or ()),
        dates=frozenset(date.fromisoformat(item) for item in rule.get("dates") or ()),
        month_days=frozenset(int(item) for item in rule.get("month_days") or ()),
        workdays=bool(rule.get("workdays")),
    )


def span(start: date, end: date) -> Iterator[date]:
    """Every day from ``start`` to ``end``, both included."""
    for offset in range((end - start).days + 1):
        yield start + timedelta(days=offset)


def missing_month_days(cycle: Cycle, start: date, end: date) -> list[tuple[date, int]]:
    """(last day of a month, wanted day) for each wanted day its month does not have, within the span."""
    found = []
    for year, month in sorted({(day.year, day.month) for day in span(start, end)}):
        last = calendar.monthrange(year, month)[1]
        if start <= date(year, month, last) <= end:
            found += [
                (date(year, month, last), wanted) for wanted in sorted(cycle.month_days) if wanted > last
            ]
    return found
