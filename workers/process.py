"""What one worker process holds: its runtime, its stop signal, its one dispatcher.

Made lazily, because a pool may fork after the Celery app exists and a database connection must not be shared
across a fork.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable

from workers import runtime as runtimes
from workers.runtime import Runtime
from workers.settings import Settings

WINDOW_SECONDS = 120.0  # real seconds a dispatcher goes on after the last tick of a plain Celery worker


def host() -> str:
    """This machine (or container), as its processes are named."""
    return socket.gethostname()[:50]


class Process:
    """The state of one worker process, reached by tasks as ``task.app.process``."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.stop = threading.Event()
        self.window = Window()
        self._started = time.monotonic()
        self._lock = threading.Lock()
        self._runtime: tuple[int, Runtime] | None = None

    @property
    def name(self) -> str:
        """Who this process is in leases and heartbeats; differs between machines and processes."""
        return f"{host()}-{os.getpid()}"

    @property
    def awake(self) -> float:
        """Real seconds since this process began."""
        return time.monotonic() - self._started

    @property
    def runtime(self) -> Runtime:
        """This process's runtime; a forked child gets its own."""
        with self._lock:
            if self._runtime is None or self._runtime[0] != os.getpid():
                self._runtime = (os.getpid(), runtimes.start(self.settings))
            return self._runtime[1]


class Window:
    """Keeps exactly one runner going while somebody asks for it, without a gap between one asking and the next.

    ``now``: a clock in real seconds that never goes back.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._until = -1.0
        self._running = False

    def keep(self, run: Callable[[threading.Event], None], *, seconds: float, stop: threading.Event) -> bool:
        """Call ``run(lapse)``; ``lapse`` counts as set when the longest asked-for ``seconds`` are over, or with ``stop``.

        Returns False at once when a runner is already going (its end has been moved), True after having run.
        """
        with self._lock:
            self._until = max(self._until, self._now() + seconds)
            if self._running:
                return False
            self._running = True
        lapse = _Lapse(lambda: stop.is_set() or self._now() >= self._until)
        try:
            while not self._over(lapse):
                run(lapse)
        except BaseException:
            with self._lock:
                self._running = False
            raise
        return True

    def _over(self, lapse: threading.Event) -> bool:
        """True when the time is up; the place is given up in the same breath, so that no asking is lost."""
        with self._lock:
            self._running = not lapse.is_set()
            return not self._running


class _Lapse(threading.Event):
    """An event that is set when ``over`` says so: for whoever looks at it between two steps."""

    def __init__(self, over: Callable[[], bool]) -> None:
        super().__init__()
        self._over = over

    def is_set(self) -> bool:
        return self._over()
