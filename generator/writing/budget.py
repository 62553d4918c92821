"""A day's budget of tokens, money and model time, with a meter anyone may read.

Counts in memory; whoever makes it tells it what the day has already spent (from the recorded calls), so that a
restart or a second process does not start from nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from generator.writing.desk import CallRecord, Estimate


@dataclass(frozen=True)
class Spent:
    """What a day has cost so far: tokens, yuan, seconds of model time, calls."""

    tokens: int = 0
    yuan: Decimal = Decimal(0)
    seconds: float = 0.0
    calls: int = 0


class DailyBudget:
    """Allows calls until one of the day's limits is reached; None means no limit of that sort."""

    def __init__(
        self,
        today: Callable[[], date],
        *,
        tokens: int | None = None,
        yuan: Decimal | None = None,
        seconds: float | None = None,
        spent: Spent | None = None,
    ) -> None:
        self._today, self._tokens, self._yuan, self._seconds = today, tokens, yuan, seconds
        self._lock = threading.Lock()
        self._day, self._spent = today(), spent or Spent()

    @property
    def spent(self) -> Spent:
        """What today has cost."""
        with self._lock:
            self._turn()
            return self._spent

    def allow(self, estimated: Estimate) -> bool:
        """True when today's limits have room for the estimate."""
        now = self.spent
        return (
            _fits(now.tokens + estimated.tokens, self._tokens)
            and _fits(now.yuan + (estimated.yuan or 0), self._yuan)
            and _fits(now.seconds + estimated.seconds, self._seconds)
        )

    def spend(self, record: CallRecord) -> None:
        """Count a call."""
        with self._lock:
            self._turn()
            now = self._spent
            self._spent = Spent(
                now.tokens + record.tokens,
                now.yuan + (record.cost or 0),
                now.seconds + record.milliseconds / 1000,
                now.calls + 1,
            )

    def _turn(self) -> None:
        """A new day starts from nothing."""
        if self._today() != self._day:
            self._day, self._spent = self._today(), Spent()


def _fits(value: int | float | Decimal, limit: int | float | Decimal | None) -> bool:
    return limit is None or value <= limit
