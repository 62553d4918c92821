"""One connection to a receiver and one call over it at a time: a request goes out whole, an answer counts only when it came whole.

The general client we had cost more than the approval, the claim, the attempt and the ledger together: at the instant of a fan-out the
loop did little else. What is left here is what a signed POST needs; the answer is parsed by llhttp, strictly. Nothing is
ever sent a second time, and an answer that nobody asked for is never taken for the next one's.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import cast

import httptools

MAX_ANSWER = 64 * 1024  # bytes of an answer's body that are read
MAX_HEAD = 64 * 1024  # bytes of everything before it


@dataclass(frozen=True)
class Limits:
    """Real seconds: of a whole call, of getting a connection, of trying one address, of silence during a call."""

    total: float = 30.0
    connect: float = 10.0
    address: float = 5.0
    silence: float = 20.0


@dataclass
class Answer:
    """A complete answer, its body at most MAX_ANSWER bytes. ``headers``: lower-case names."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


class Broken(Exception):
    """The connection stood and no complete answer came: nobody knows whether the request was taken."""


class Wire(asyncio.Protocol):
    """A connection. ``idle_since`` is set by whoever keeps it."""

    def __init__(self) -> None:
        self.idle_since = 0.0
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._waiter: asyncio.Future[Answer] | None = None  # set while a call is under way
        self._found = Answer()
        self._head_done = self._to_the_end = self._spoiled = False
        self._read = 0
        self._heard = self._ends = self._silence = 0.0

    @property
    def usable(self) -> bool:
        """True while another call may go over it."""
        return self._transport is not None and not self._spoiled and not self._transport.is_closing()

    async def ask(self, request: bytes, *, ends: float, silence: float) -> Answer:
        """Send a request and wait for its answer, until ``ends`` (loop time); TimeoutError or Broken when it does not come."""
        assert self._waiter is None, "one call at a time"
        if self._transport is None or not self.usable:
            raise Broken("closed before the request")
        self._forget()
        self._read, self._heard, self._ends, self._silence = 0, self._loop.time(), ends, silence
        waiter: asyncio.Future[Answer] = self._loop.create_future()
        self._waiter = waiter
        timer = self._loop.call_at(min(ends, self._heard + silence), self._look, waiter)
        self._transport.write(request)
        try:
            return await waiter
        finally:
            self._waiter = None
            timer.cancel()
            if waiter.cancelled():
                self.close()

    def _look(self, waiter: asyncio.Future[Answer]) -> None:
        """The time may be over: that of the whole call, or of the other side's silence."""
        if waiter.done():
            return
        due = min(self._ends, self._heard + self._silence)
        if self._loop.time() < due:
            self._loop.call_at(due, self._look, waiter)
            return
        waiter.set_exception(TimeoutError())
        self.close()

    def close(self) -> None:
        """Close at once: nobody waits for a polite TLS goodbye."""
        self._spoiled = True
        if self._transport is not None:
            self._transport.abort()

    # what the event loop tells us

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        if self._waiter is None or self._waiter.done():
            self.close()  # an answer to nothing
            return
        self._heard = self._loop.time()
        self._read += len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self._break("garbled")
            return
        if not self._head_done and self._read > MAX_HEAD:
            self._break("too much")
        elif len(self._found.body) >= MAX_ANSWER:
            self._found.body = self._found.body[:MAX_ANSWER]
            self._spoiled = True  # the rest is still coming
            self._complete()

    def eof_received(self) -> None:
        if self._head_done and self._to_the_end:
            self._spoiled = True
            self._complete()
        else:
            self._break("cut")

    def connection_lost(self, error: Exception | None) -> None:
        self._transport = None
        self._break("cut" if error is None else type(error).__name__)

    # what the parser tells us

    def on_message_begin(self) -> None:
        if self._waiter is not None and self._waiter.done():
            self._spoiled = True  # a second answer to one request

    def on_header(self, name: bytes, value: bytes) -> None:
        self._found.headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_headers_complete(self) -> None:
        self._found.status = self._parser.get_status_code()
        self._head_done = True
        measured = "content-length" in self._found.headers or "transfer-encoding" in self._found.headers
        self._to_the_end = not measured

    def on_body(self, body: bytes) -> None:
        self._found.body += body

    def on_message_complete(self) -> None:
        if 100 <= self._found.status < 200 and self._found.status != 101:
            self._forget()  # only "go on": the answer is still to come
            return
        self._spoiled = self._spoiled or not self._parser.should_keep_alive()
        self._complete()

    def _forget(self) -> None:
        self._found, self._head_done, self._to_the_end = Answer(), False, False

    def _complete(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(self._found)
            self._forget()  # whatever else comes is not part of it

    def _break(self, why: str) -> None:
        self._spoiled = True
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_exception(Broken(why))
        if self._transport is not None:
            self._transport.abort()
