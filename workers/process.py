"""What one worker process holds: its runtime, its stop signal, its one dispatcher.

Made lazily, because a pool may fork after the Celery app exists and a database connection must not be shared
across a fork.
"""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from workers import runtime as runtimes
from workers.runtime import Runtime
from workers.settings import Settings

WINDOW_SECONDS = 120.0  # real seconds a dispatcher goes on after the last tick asked for it


class Process:
    """The state of one worker process, reached by tasks as ``task.app.process``."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.stop = threading.Event()
        self.window = Window()
        self._lock = threading.Lock()
        self._runtime: tuple[int, Runtime] | None = None

    @property
    def name(self) -> str:
        """Who this process is in leases and heartbeats; differs between machines and processes."""
        return f"{socket.gethostname()}-{os.getpid()}"[:60]

    @property
    def runtime(self) -> Runtime:
        """This process's runtime; a forked child gets its own."""
        with self._lock:
            if self._runtime is None or self._runtime[0] != os.getpid():
                self._runtime = (os.getpid(), runtimes.start(self.settings))
            return self._runtime[1]

    @property
    def speed(self) -> float:
        """Seconds of the product's clock that pass in one real second."""
        return self.settings.speed if self.settings.clock else 1.0


class Window:
    """Keeps exactly one runner going while somebody asks for it, without a gap between one asking and the next."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until: datetime | None = None
        self._running = False

    def keep(
        self,
        run: Callable[[datetime], None],
        *,
        now: Callable[[], datetime],
        length: timedelta,
        stop: threading.Event,
    ) -> bool:
        """Call ``run(until)`` until the deadline, which every further call moves to ``length`` from now.

        Returns False at once when a runner is already going (its deadline has been moved), True after having run.
        """
        with self._lock:
            self._until = now() + length
            if self._running:
                return False
            self._running = True
        try:
            while (until := self._next(now, stop)) is not None:
                run(until)
        except BaseException:
            with self._lock:
                self._running = False
            raise
        return True

    def _next(self, now: Callable[[], datetime], stop: threading.Event) -> datetime | None:
        """The deadline to run to; None (and the place given up in the same breath) when it has passed."""
        with self._lock:
            if stop.is_set() or self._until is None or self._until <= now():
                self._running = False
                return None
            return self._until
