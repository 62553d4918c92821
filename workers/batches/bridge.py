"""From async results to plain code: drafts come off an event loop, the database is used from the calling thread.

So a commit never holds up a model's answer, and no database session ever meets a second thread.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class _Item(Generic[T]):
    value: T


@dataclass(frozen=True)
class _End:
    error: Exception | None = None


def stream(items: AsyncIterator[T], *, idle: float) -> Iterator[T | None]:
    """Run ``items`` on a loop of its own and yield each here; None after every ``idle`` quiet seconds.

    An error of ``items`` is raised here. Leaving early cancels what still runs there and waits for its end.
    """
    box: queue.SimpleQueue[_Item[T] | _End] = queue.SimpleQueue()
    pump = _Pump(items, box)
    thread = threading.Thread(target=pump.run, name="drafts", daemon=True)
    thread.start()
    try:
        while True:
            try:
                got = box.get(timeout=idle)
            except queue.Empty:
                yield None
                continue
            if isinstance(got, _Item):
                yield got.value
            elif got.error is not None:
                raise got.error
            else:
                return
    finally:
        pump.cancel()
        thread.join()


class _Pump(Generic[T]):
    """The loop's side: puts every item, and at last an end, into the box."""

    def __init__(self, items: AsyncIterator[T], box: queue.SimpleQueue[_Item[T] | _End]) -> None:
        self._items = items
        self._box = box
        self._ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None

    def run(self) -> None:
        try:
            asyncio.run(self._all())
        except asyncio.CancelledError:
            self._box.put(_End())
        except Exception as error:
            self._box.put(_End(error))
        else:
            self._box.put(_End())
        finally:
            self._ready.set()

    def cancel(self) -> None:
        self._ready.wait()
        if self._loop is not None and self._task is not None and not self._loop.is_closed():
            try:
                self._loop.call_soon_threadsafe(self._task.cancel)
            except RuntimeError:  # it closed just now: nothing runs there any more
                return

    async def _all(self) -> None:
        self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
        self._ready.set()
        async for item in self._items:
            self._box.put(_Item(item))
