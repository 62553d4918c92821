"""The thread in which a web process speaks with WeCom: a loop of its own, so that no page waits for it and it waits for no page."""

from __future__ import annotations

import asyncio
import logging
import secrets
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

from workers.runtime import Runtime
from workers.wecom.account import Account
from workers.wecom.greeting import Greeter
from workers.wecom.tickets import Kind, Signature, Tickets

T = TypeVar("T")
log = logging.getLogger("chongfen.wecom")
AT_ONCE = 16  # greetings under way; more wait for their turn
LAST_WORDS = 20.0  # seconds in which those under way may end when the process stops


class Errands:
    """One process's errands; the thread starts with the first."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._under_way: set[Future[Any]] = set()

    def welcome(self, event_id: int) -> Future[str]:
        """Greet soon; the future tells the state the event ended in."""
        return self._send(lambda: self._greet(event_id))

    def sign(self, account: Account, url: str) -> Future[dict[Kind, Signature]]:
        """Sign a page for the client; the future raises NoTicket when the platform gives none."""
        return self._send(lambda: self._tickets.sign(account, url))

    def _send(self, errand: Callable[[], Coroutine[Any, Any, T]]) -> Future[T]:
        loop = self._running()
        future = asyncio.run_coroutine_threadsafe(errand(), loop)
        self._under_way.add(future)
        future.add_done_callback(self._under_way.discard)
        return future

    def _running(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._places = asyncio.Semaphore(AT_ONCE)
                self._greeter = Greeter(self.runtime)
                self._tickets = Tickets(
                    self.runtime.settings.wecom_url, lambda: self.runtime.clock.now().timestamp(),
                    lambda: secrets.token_hex(8),
                )  # fmt: skip
                self._thread = threading.Thread(target=self._loop.run_forever, name="errands", daemon=True)
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
                log.warning("an errand did not end: %s", type(error).__name__)
        with self._lock:
            loop, self._loop = self._loop, None
        if loop is None:
            return
        for last in (self._greeter.close(), self._tickets.close()):
            asyncio.run_coroutine_threadsafe(last, loop).result(5)
        loop.call_soon_threadsafe(loop.stop)
        self._thread.join(5)
        loop.close()
