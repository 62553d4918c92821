"""One event loop on one thread per process, where every model client lives until it is closed.

An async HTTP client belongs to the loop it was first used on; with a loop per task every second call fails
with "Event loop is closed". So model calls are always carried to this loop, from plain code or
from any other loop. A forked child gets its own.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

_Result = TypeVar("_Result")


class LoopThread:
    """An event loop running on a daemon thread, started on first use."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def run(self, work: Coroutine[Any, Any, _Result]) -> _Result:
        """Run ``work`` there and wait for it, from code that has no loop of its own."""
        return asyncio.run_coroutine_threadsafe(work, self._started()).result()

    async def carry(self, work: Coroutine[Any, Any, _Result]) -> _Result:
        """Run ``work`` there and await it from whatever loop this is; cancelling cancels it there."""
        loop = self._started()
        if asyncio.get_running_loop() is loop:
            return await work
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, loop))

    def close(self) -> None:
        """Stop the loop and its thread; harmless when not running."""
        with self._lock:
            loop, thread, self._loop, self._thread = self._loop, self._thread, None, None
        if loop is None or thread is None:
            return
        loop.call_soon_threadsafe(loop.stop)
        thread.join(timeout=5)
        if not thread.is_alive():
            loop.close()

    def _started(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(
                    target=self._loop.run_forever, name="chongfen-models", daemon=True
                )
                self._thread.start()
            return self._loop


_home = LoopThread()


def home() -> LoopThread:
    """The process's loop for model calls."""
    return _home


def _fresh_after_fork() -> None:
    global _home
    _home = LoopThread()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_fresh_after_fork)
