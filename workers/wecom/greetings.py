"""The thread in which a web process greets: a loop of its own, so that no page waits for it and it waits for no page."""

from __future__ import annotations

import asyncio
import logging
import threading
from concurrent.futures import Future

from workers.runtime import Runtime
from workers.wecom.greeting import Greeter

log = logging.getLogger("chongfen.wecom")
AT_ONCE = 16  # greetings under way; more wait for their turn
LAST_WORDS = 20.0  # seconds in which those under way may end when the process stops


class Greetings:
    """One process's greetings; the thread starts with the first."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._under_way: set[Future[str]] = set()

    def welcome(self, event_id: int) -> Future[str]:
        """Greet soon; the future tells the state the event ended in."""
        loop = self._running()
        future = asyncio.run_coroutine_threadsafe(self._greet(event_id), loop)
        self._under_way.add(future)
        future.add_done_callback(self._under_way.discard)
        return future

    def _running(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._places = asyncio.Semaphore(AT_ONCE)
                self._greeter = Greeter(self.runtime)
                self._thread = threading.Thread(target=self._loop.run_forever, name="greetings", daemon=True)
                self._thread.start()
            return self._loop

    async def _greet(self, event_id: int) -> str:
        async with self._places:
            try:
                return await self._greeter.greet(event_id)
            except Exception as error:  # the chore finds the event again; no message: it may hold a text
                log.error("greeting %s broke: %s", event_id, type(error).__name__)
                return ""

    def close(self) -> None:
        """Let those under way end, then stop."""
        for future in list(self._under_way):
            try:
                future.result(LAST_WORDS)
            except Exception as error:
                log.warning("a greeting did not end: %s", type(error).__name__)
        with self._lock:
            loop, self._loop = self._loop, None
        if loop is None or self._thread is None:
            return
        asyncio.run_coroutine_threadsafe(self._greeter.close(), loop).result(5)
        loop.call_soon_threadsafe(loop.stop)
        self._thread.join(5)
        loop.close()
