"""How often, how far ahead, how much at once: the dispatcher's numbers, in the time of its clock.

Under a simulated clock that runs faster every span grows with it, so that the same real time is left for
the same work; under one that stands still nothing is done ahead.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from content_calendar import lateness
from content_calendar.clock import Clock, FixedClock
from workers.settings import Settings

POLL = 0.5  # real seconds between two looks at the database
NAP = 0.25  # real seconds slept at most, so that a stop or a jump of the clock is noticed
LOOK_AHEAD = 5.0  # real seconds before its moment a delivery is claimed
CLAIM = 6.0  # real seconds a claim lasts unless it is renewed: so soon a dead dispatcher's work is taken back
HOLD = 1.0  # real seconds between two looks whether claims in hand need renewing
LEAD = 0.4  # real seconds before its moment an attempt is opened, so that the call starts on the dot
IN_HAND = 5_000  # claims held in memory; more wait in the database for whoever has room
OPEN_BATCH = 500  # attempts opened in one transaction


@dataclass(frozen=True)
class Rhythm:
    """Spans in clock time, ``poll`` in real seconds."""

    poll: float
    horizon: timedelta
    look_ahead: timedelta
    lead: timedelta
    lease: timedelta
    claim: timedelta
    late_after: timedelta
    claim_batch: int
    in_hand: int = IN_HAND
    open_batch: int = OPEN_BATCH


def rhythm_of(settings: Settings, clock: Clock) -> Rhythm:
    """The rhythm for these settings under this clock."""
    speed = max(1.0, clock.speed)
    still = isinstance(clock, FixedClock)

    def span(seconds: float) -> timedelta:
        return timedelta(seconds=seconds * speed)

    return Rhythm(
        poll=POLL,
        horizon=span(0 if still else settings.dispatch_horizon),
        look_ahead=span(0 if still else LOOK_AHEAD),
        lead=span(0 if still else LEAD),
        lease=span(settings.lease_seconds),
        claim=span(min(CLAIM, settings.lease_seconds)),
        late_after=lateness.LATE_AFTER * speed,
        claim_batch=settings.dispatch_batch,
    )
