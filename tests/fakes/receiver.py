"""A webhook receiver that behaves as told: answers, stalls, cuts, resets; and counts what it accepted.

Speaks just enough HTTP/1.1 over TLS by hand, so that it can misbehave at any byte. It runs in a thread of its
own event loop, for tests whose dispatcher has another.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import ssl
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

TLS = Path(__file__).parent / "tls"
CERTIFICATE = TLS / "test-only.pem"


@dataclass(frozen=True)
class Request:
    """What arrived. ``headers``: lower-case names."""

    headers: dict[str, str]
    body: bytes

    @property
    def key(self) -> str:
        return self.headers["idempotency-key"]

    @property
    def document(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found


@dataclass(frozen=True)
class Answer:
    """What to do with a request. ``cut``: bytes of the answer after which the connection is dropped."""

    status: int = 200
    body: bytes = b'{"id": "r-1"}'
    headers: tuple[str, ...] = ()
    accept: bool = True  # counts as delivered to the group
    cut: int | None = None
    reset: bool = False
    stall: float = 0.0  # seconds before answering
    drip: float = 0.0  # seconds between two bytes of the answer


@dataclass
class Receiver:
    """``behaviour`` decides per request; ``accepted`` counts per idempotency key what the group has seen."""

    behaviour: Callable[[Request], Answer] = lambda request: Answer()
    requests: list[Request] = field(default_factory=list)
    accepted: Counter[str] = field(default_factory=Counter)
    port: int = 0

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}/hook"

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        quiet = (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError, asyncio.CancelledError)
        with contextlib.suppress(*quiet):  # cancelled: the loop ends, and so do we
            while await self._one(reader, writer):
                pass
        writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {
            name.lower(): value.strip()
            for name, _, value in (line.partition(":") for line in head[1:] if line)
        }
        request = Request(headers, await reader.readexactly(int(headers.get("content-length", "0"))))
        self.requests.append(request)
        answer = self.behaviour(request)
        if answer.accept:
            self.accepted[request.key] += 1
        if answer.stall:
            await asyncio.sleep(answer.stall)
        return await self._answer(writer, answer)

    async def _answer(self, writer: asyncio.StreamWriter, answer: Answer) -> bool:
        if answer.reset:
            found = writer.get_extra_info("socket")
            found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
            writer.transport.abort()
            return False
        lines = [f"HTTP/1.1 {answer.status} X", f"Content-Length: {len(answer.body)}", *answer.headers]
        data = ("\r\n".join(lines) + "\r\n\r\n").encode() + answer.body
        data = data if answer.cut is None else data[: answer.cut]
        for piece in (bytes([byte]) for byte in data) if answer.drip else (data,):
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(answer.drip)
        return answer.cut is None


@contextlib.contextmanager
def running(receiver: Receiver) -> Iterator[Receiver]:
    """The receiver on a free local port, until the block ends."""
    ready, stop = threading.Event(), threading.Event()

    async def serve() -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATE, TLS / "test-only.key")
        server = await asyncio.start_server(receiver.handle, "127.0.0.1", 0, ssl=context)
        receiver.port = server.sockets[0].getsockname()[1]
        ready.set()
        while not stop.is_set():
            await asyncio.sleep(0.01)
        server.close()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    assert ready.wait(5)
    try:
        yield receiver
    finally:
        stop.set()
        thread.join(5)
