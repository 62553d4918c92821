"""The dispatcher as others use it: made from a runtime and a name, run until an instant or until told to stop."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

from workers.channels import Channel, Tools, registry
from workers.dispatcher.rhythm import Rhythm, rhythm_of
from workers.dispatcher.run import Run
from workers.runtime import Runtime


class Dispatcher:
    """One dispatcher; start as many as you like, on as many machines. Not to be shared between threads."""

    def __init__(
        self,
        runtime: Runtime,
        name: str = "dispatcher",
        *,
        make_channel: Callable[[str, Tools], Channel] = registry.make,
        rhythm: Rhythm | None = None,
    ) -> None:
        self._runtime, self._name, self._make_channel = runtime, name, make_channel
        self._rhythm = rhythm or rhythm_of(runtime.settings, runtime.clock)
        # A name that nobody else ever had: a lease is never mistaken for that of an earlier process.
        self._owner = f"dispatcher:{name[:50]}:{uuid4().hex[:8]}"

    def tick(self) -> Counter[str]:
        """Everything that is due by now, then return. What happened, by name: sent, unknown, held ..."""
        return self.run_until(self._runtime.clock.now())

    def run_until(
        self, deadline: datetime | None = None, stop: threading.Event | None = None
    ) -> Counter[str]:
        """Work until ``deadline`` (everything due by then is carried out, nothing later) or until ``stop``.

        Under a clock that stands still, time moves from one due moment to the next at once.
        """
        run = Run(self._runtime, self._name, self._owner, self._rhythm, self._make_channel)
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            return runner.run(run.work(deadline, stop or threading.Event()))


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop
    except ImportError:  # not on every system; the standard loop does the same, a little slower
        return None
    return uvloop.new_event_loop
