"""Time as an argument: a clock tells the present instant and how long to wait for another.

Nothing in the product asks the machine for the time except :class:`SystemClock`. A simulated clock runs
from a given instant at a given speed, anchored to real time, so that several processes agree on it.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """What the product knows of time."""

    @property
    def simulated(self) -> bool:
        """True when this is not real time; only the demo lane works then."""
        ...

    @property
    def speed(self) -> float:
        """Seconds of this clock in one real second."""
        ...

    def now(self) -> datetime:
        """The present instant, aware, UTC."""
        ...

    def real_seconds_until(self, instant: datetime) -> float:
        """Real seconds to wait until ``instant``; negative when it has passed."""
        ...


@dataclass(frozen=True)
class SystemClock:
    """The machine's clock."""

    simulated: bool = False
    speed: float = 1.0

    def now(self) -> datetime:
        """The present instant, UTC."""
        return datetime.now(UTC)

    def real_seconds_until(self, instant: datetime) -> float:
        """Seconds until ``instant``."""
        return (instant - self.now()).total_seconds()


@dataclass(frozen=True)
class SimulatedClock:
    """Shows ``start`` until the machine's epoch time is ``anchor``, then runs ``speed`` times as fast.

    An anchor a little ahead gives processes time to start before the simulated day does.
    """

    start: datetime
    speed: float
    anchor: float
    simulated: bool = True

    def now(self) -> datetime:
        """The simulated instant, UTC."""
        run = max(0.0, time.time() - self.anchor)
        return self.start.astimezone(UTC) + timedelta(seconds=run * self.speed)

    def real_seconds_until(self, instant: datetime) -> float:
        """Real seconds until the simulated ``instant``."""
        ahead = max(0.0, self.anchor - time.time())
        return ahead + (instant - self.now()).total_seconds() / self.speed


@dataclass
class FixedClock:
    """Stands still until moved: for tests and for commands that take an instant."""

    instant: datetime
    simulated: bool = True
    speed: float = 1.0

    def now(self) -> datetime:
        """The instant it stands at."""
        return self.instant

    def real_seconds_until(self, instant: datetime) -> float:
        """Nothing to wait for: zero, or negative when passed."""
        return min(0.0, (instant - self.instant).total_seconds())

    def advance(self, by: timedelta) -> None:
        """Move on (or back) by ``by``."""
        self.instant += by
