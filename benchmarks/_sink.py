"""A loopback https sink in a process of its own: answers every POST at once and remembers when each key came.

With ``--faults`` that share of first tries goes wrong as real receivers do: answered 500, or cut, or dropped after it was taken;
429 without having taken it. On a closed stdin it prints what it has seen as JSON. Run by the benchmarks, not by people.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import ssl
import sys
import time
import zlib
from collections import Counter
from pathlib import Path

TLS = Path(__file__).parents[1] / "tests" / "fakes" / "tls"
CERTIFICATE = TLS / "test-only.pem"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
FAULTS = (
    (True, b"HTTP/1.1 500 X\r\nContent-Length: 0\r\n\r\n"),
    (True, OK[:20]),
    (True, b""),
    (False, b"HTTP/1.1 429 X\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n"),
)


class Sink:
    """``seen``: key → when it was taken, each time."""

    def __init__(self, faults: float) -> None:
        self._per_mille = round(faults * 1000)
        self._tried: Counter[bytes] = Counter()
        self.seen: dict[str, list[float]] = {}

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
            while await self._one(reader, writer):
                pass
        writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        await reader.readexactly(int(_header(head, b"content-length") or 0))
        key = _header(head, b"idempotency-key")
        taken, answer = self._fault(key)
        if taken:
            self.seen.setdefault(key.decode(), []).append(time.time())
        writer.write(answer)
        await writer.drain()
        return answer.endswith((b"\r\n\r\n", b"{}"))

    def _fault(self, key: bytes) -> tuple[bool, bytes]:
        self._tried[key] += 1
        chance = zlib.crc32(key) % 1000
        if self._tried[key] > 1 or chance >= self._per_mille:
            return True, OK
        return FAULTS[zlib.crc32(key + b"!") % len(FAULTS)]


def _header(head: bytes, name: bytes) -> bytes:
    return head.partition(b"\r\n" + name + b":")[2].partition(b"\r\n")[0].strip()


async def main(faults: float) -> None:
    sink = Sink(faults)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE, TLS / "test-only.key")
    server = await asyncio.start_server(sink.serve, "127.0.0.1", 0, ssl=context, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    print(json.dumps(sink.seen), flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--faults", type=float, default=0.0)
    chosen = parser.parse_args()
    try:
        import uvloop

        uvloop.run(main(chosen.faults))
    except ImportError:
        asyncio.run(main(chosen.faults))
