"""One long-lived event loop per process for model calls, and a bridge from its async results to plain code.

The model client keeps its connections on the loop it first ran on; a new loop per task would break every second
call. The database is used from the calling thread, never from the loop, so that a commit holds up no other call.
"""

from __future__ import annotations

import asyncio
import os
import queue
import threading
from collections.abc import AsyncIterator, Iterator
from typing import Any, TypeVar

T = TypeVar("T")
_END = object()
_lock = threading.Lock()
_shared: tuple[int, asyncio.AbstractEventLoop] | None = None


def shared() -> asyncio.AbstractEventLoop:
    """This process's loop, started on first use (and again in a forked child)."""
    global _shared
    with _lock:
        if _shared is None or _shared[0] != os.getpid():
            loop = asyncio.new_event_loop()
            threading.Thread(target=loop.run_forever, name="loop", daemon=True).start()
            _shared = (os.getpid(), loop)
        return _shared[1]


def stream(items: AsyncIterator[T], *, idle: float) -> Iterator[T | None]:
    """Run ``items`` on the shared loop and yield each in the calling thread; None after ``idle`` quiet seconds.

    An error of ``items`` is raised here; leaving early cancels what is still running there.
    """
    box: queue.SimpleQueue[Any] = queue.SimpleQueue()

    async def pump() -> None:
        try:
            async for item in items:
                box.put((item, None))
        except Exception as error:
            box.put((None, error))
        finally:
            box.put((_END, None))

    running = asyncio.run_coroutine_threadsafe(pump(), shared())
    try:
        while True:
            try:
                item, error = box.get(timeout=idle)
            except queue.Empty:
                yield None
                continue
            if error is not None:
                raise error
            if item is _END:
                return
            yield item
    finally:
        running.cancel()
