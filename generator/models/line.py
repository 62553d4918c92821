"""The line to one model's server: which rung it understood, whether it rests, and its connections on each loop.

An HTTP client belongs to the loop it was first used on. Usually that is the models' own; a process that answers people
may declare its loop as lasting (:mod:`generator.models.loop`), and then what it streams is carried over no thread.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

from generator.models.loop import at_the_end, lasting
from generator.models.policy import Step
from generator.models.rest import Rest
from generator.models.spec import ModelSpec


class End:
    """Our end of the line on one loop: the client and the slots of its calls."""

    def __init__(self, spec: ModelSpec, crowd: bool) -> None:
        self._spec, self._crowd = spec, crowd
        self.slots = asyncio.Semaphore(spec.concurrency)
        self._making = threading.Lock()
        self._chat: Any = None
        self._http: Any = None

    async def chat(self) -> Any:
        """The client; made on a thread, for its library takes 1.6 s to load and its certificates their time too."""
        return self._chat if self._chat is not None else await asyncio.to_thread(self.ready)

    def ready(self) -> Any:
        """The client, made now; nothing goes over the network."""
        from generator.models import compat  # langchain: only when a model is really called

        with self._making:
            if self._chat is None:
                self._http = (compat.crowd_client if self._crowd else compat.http_client)(self._spec)
                self._chat = compat.client(self._spec, self._http)
        return self._chat

    async def close(self) -> None:
        """Close the connections, on the loop they belong to."""
        http, self._http, self._chat = self._http, None, None
        if http is not None:
            await http.aclose()


class Line:
    """The connection to one server, shared by everybody who asks this model."""

    def __init__(self, spec: ModelSpec, now: Callable[[], float], crowd: bool = False) -> None:
        self.spec, self._crowd = spec, crowd
        self.first = Step(spec.first, spec.max_tokens)  # moves down to what the server understands
        self.rest = Rest(now)
        self._lock = threading.Lock()
        self._ends: dict[asyncio.AbstractEventLoop | None, End] = {}

    def end(self, loop: asyncio.AbstractEventLoop | None = None) -> End:
        """Our end on a lasting loop (the running one where none is named), else on the models' own."""
        loop = loop or lasting()
        with self._lock:
            found = self._ends.get(loop)
            if found is not None:
                return found
            found = self._ends[loop] = End(self.spec, self._crowd)
        if loop is not None:
            at_the_end(loop, lambda: self._close(loop))
        return found

    async def close(self) -> None:
        """Close every end; those on a lasting loop are closed there, soon."""
        for loop in list(self._ends):
            if loop is None or loop is asyncio.get_running_loop():
                await self._close(loop)
            elif loop.is_running():
                asyncio.run_coroutine_threadsafe(self._close(loop), loop)

    async def _close(self, loop: asyncio.AbstractEventLoop | None) -> None:
        with self._lock:
            end = self._ends.pop(loop, None)
        if end is not None:
            await end.close()
