"""The visible meter of a day: used, held back by calls under way, limit; for the desk, the API and the command line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from content_calendar.spending.amounts import OPEN, Limits
from content_calendar.tables import ModelBudget, ModelCall


@dataclass(frozen=True)
class Gauge:
    """One sort of budget. ``limit`` None: none is set."""

    used: Decimal
    reserved: Decimal
    limit: Decimal | None

    @property
    def share(self) -> float | None:
        """Used of the limit, 0 to 1 (more when the server counted more than was foreseen); None without one."""
        return None if self.limit is None else float(self.used / self.limit) if self.limit else 1.0

    @property
    def left(self) -> Decimal | None:
        """What may still be used or held back; None without a limit."""
        return None if self.limit is None else max(self.limit - self.used - self.reserved, Decimal(0))


@dataclass(frozen=True)
class Meter:
    """A day's spending. ``refused``: calls there was no room for; ``in_flight``: under way now."""

    day: date
    tokens: Gauge
    yuan: Gauge
    seconds: Gauge
    calls: int
    refused: int
    in_flight: int

    @property
    def exhausted(self) -> bool:
        """True when the day has already turned calls away."""
        return self.refused > 0

    @property
    def share(self) -> float:
        """The fullest of the gauges, 0 to 1."""
        return max((gauge.share or 0.0 for gauge in (self.tokens, self.yuan, self.seconds)), default=0.0)


def read(session: Session, day: date, limits: Limits) -> Meter:
    """The meter of one day; two statements."""
    row = session.scalar(select(ModelBudget).where(ModelBudget.day == day)) or _empty(day)
    flying, held = session.execute(
        select(func.count(), func.coalesce(func.sum(ModelCall.milliseconds), 0)).where(
            ModelCall.day == day, ModelCall.outcome == OPEN
        )
    ).one()
    thousand, million = Decimal(1000), Decimal(1_000_000)
    return Meter(
        day=day,
        tokens=Gauge(Decimal(row.tokens_used), Decimal(row.tokens_reserved), _decimal(limits.tokens)),
        yuan=Gauge(row.micro_yuan_used / million, row.micro_yuan_reserved / million, limits.yuan),
        seconds=Gauge((row.milliseconds_used - held) / thousand, held / thousand, _decimal(limits.seconds)),
        calls=row.calls,
        refused=row.refused,
        in_flight=flying,
    )


def _empty(day: date) -> ModelBudget:
    return ModelBudget(
        day=day, tokens_used=0, tokens_reserved=0, micro_yuan_used=0, micro_yuan_reserved=0, milliseconds_used=0,
        calls=0, refused=0,
    )  # fmt: skip


def _decimal(value: int | float | None) -> Decimal | None:
    return None if value is None else Decimal(str(value))
