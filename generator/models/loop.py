"""One event loop on one thread per process, where every model client lives until it is closed.

An async HTTP client belongs to the loop it was first used on; with a loop per task every second call fails
with "Event loop is closed". So model calls are carried to this loop, from plain code or from any other loop. A
loop that outlives every call made on it may say so (:func:`lasting_here`): streams asked for there stay there. A forked
child gets its own.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

_Result = TypeVar("_Result")
Close = Callable[[], Awaitable[None]]


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
_lasting: dict[asyncio.AbstractEventLoop, list[Close]] = {}


def home() -> LoopThread:
    """The process's loop for model calls."""
    return _home


@asynccontextmanager
async def lasting_here() -> AsyncIterator[asyncio.AbstractEventLoop]:
    """The running loop outlives every call made on it until this ends; what models opened here is closed then."""
    loop = asyncio.get_running_loop()
    closing = _lasting[loop] = []
    try:
        yield loop
    finally:
        del _lasting[loop]
        for close in closing:
            await close()


def lasting() -> asyncio.AbstractEventLoop | None:
    """The running loop where it is a lasting one."""
    if not _lasting:
        return None
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        return None
    return loop if loop in _lasting else None


def at_the_end(loop: asyncio.AbstractEventLoop, close: Close) -> None:
    """Have ``close`` called when a lasting loop ends."""
    _lasting[loop].append(close)


def _fresh_after_fork() -> None:
    global _home
    _home = LoopThread()
    _lasting.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_fresh_after_fork)
