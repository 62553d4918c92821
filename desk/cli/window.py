"""The window of days a command looks at: --from DATE --days N, today in the brand's zone when nothing is said."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import click

F = TypeVar("F", bound=Callable[..., Any])
MOST_DAYS = 366


class Day(click.ParamType[date]):
    """A date written 2026-11-23."""

    name = "DATE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The date, or one sentence that says how to write it."""
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"日期「{value}」读不懂，请写成 2026-11-23 这样。", param, ctx)


def window(days: int) -> Callable[[F], F]:
    """The options ``--from`` and ``--days`` (default ``days``)."""

    def decorate(function: F) -> F:
        first = click.option(
            "--from", "start", type=Day(), default=None, help="从哪天起，默认今天（品牌所在时区）"
        )
        count = click.option(
            "--days", type=click.IntRange(1, MOST_DAYS), default=days, show_default=True, help="共几天"
        )
        return first(count(function))

    return decorate


def first_day(start: date | None, zone: str, now: datetime) -> date:
    """The window's first day: as asked, or today where the brand is."""
    return start or now.astimezone(ZoneInfo(zone)).date()
