"""`chongfen dispatch --until`: everything due until an instant, then stop."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import replace
from datetime import datetime

from content_calendar.clock import FixedClock
from workers.dispatcher.dispatcher import Dispatcher
from workers.runtime import Runtime


def dispatch_until(
    runtime: Runtime, instant: datetime, *, name: str = "cli", stop: threading.Event | None = None
) -> Counter[str]:
    """Carry out everything due until ``instant``; what happened, by name.

    With the machine's clock it takes as long as the time until then. A simulated clock leaps from one due
    moment to the next instead, as fast as the work allows.
    """
    if runtime.clock.simulated:
        runtime = replace(runtime, clock=FixedClock(runtime.clock.now()))
    return Dispatcher(runtime, name).run_until(instant, stop)
