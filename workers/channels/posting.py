"""One POST of JSON to a platform, and what is known afterwards: an answer, nothing sent, or nobody knows.

The body is raw UTF-8 (the platforms refuse escapes). Redirects are not followed, nothing is repeated. An address is never
part of an error or a log line: it is the platform's password.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import aiohttp
from yarl import URL

TIMEOUT = aiohttp.ClientTimeout(total=25, connect=10, sock_connect=5, sock_read=15)
MAX_ANSWER = 256 * 1024
AGENT = "Chongfen/1"
_LOCAL = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True)
class Reply:
    """A complete answer. ``document`` is None when it was no JSON object."""

    status: int
    document: dict[str, Any] | None


@dataclass(frozen=True)
class Lost:
    """No answer. ``connected``: a connection stood, so the request may have arrived."""

    why: str
    connected: bool


class Line:
    """A connection pool to one platform; ``base`` may be plain http only on this machine (a fake)."""

    def __init__(self, base: str, *, concurrency: int = 32) -> None:
        self._base, self._concurrency = base.rstrip("/"), concurrency
        self._session: aiohttp.ClientSession | None = None

    @property
    def usable(self) -> bool:
        """True when the base address may be called at all."""
        try:
            url = URL(self._base)
        except ValueError:
            return False
        return url.scheme == "https" or (url.scheme == "http" and url.host in _LOCAL)

    async def post(
        self, path: str, document: dict[str, Any] | None = None, *, query: dict[str, str] | None = None,
        form: aiohttp.FormData | None = None,
    ) -> Reply | Lost:  # fmt: skip
        """POST ``document`` (or ``form``) to ``path``."""
        body: Any = form
        headers = {"User-Agent": AGENT}
        if form is None:
            body = json.dumps(document or {}, ensure_ascii=False, separators=(",", ":")).encode()
            headers["Content-Type"] = "application/json; charset=utf-8"
        return await self._call("POST", path, query, body, headers)

    async def get(self, path: str, query: dict[str, str]) -> Reply | Lost:
        """GET ``path``."""
        return await self._call("GET", path, query, None, {"User-Agent": AGENT})

    async def _call(
        self, method: str, path: str, query: dict[str, str] | None, body: Any, headers: dict[str, str]
    ) -> Reply | Lost:
        if not self.usable:
            return Lost("base_forbidden", connected=False)
        trace = SimpleNamespace(connected=False)
        url = URL(self._base + path).with_query(query or {})
        try:
            async with self._open().request(
                method, url, data=body, headers=headers, allow_redirects=False, trace_request_ctx=trace
            ) as answer:
                return Reply(answer.status, _document(await _read(answer)))
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            connected = trace.connected and not isinstance(error, aiohttp.ClientConnectorError)
            return Lost(type(error).__name__, connected=connected)

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=self._concurrency, keepalive_timeout=2)
            self._session = aiohttp.ClientSession(
                connector=connector, timeout=TIMEOUT, trust_env=False, cookie_jar=aiohttp.DummyCookieJar(),
                trace_configs=[_tracing()],
            )  # fmt: skip
        return self._session

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None


async def _read(answer: aiohttp.ClientResponse) -> bytes:
    """The answer's body to its end, so that one that was cut raises; at most MAX_ANSWER bytes."""
    content = b""
    async for chunk in answer.content.iter_chunked(16 * 1024):
        content += chunk
        if len(content) > MAX_ANSWER:
            break
    return content


def _document(content: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _tracing() -> aiohttp.TraceConfig:
    async def connected(_session: object, context: SimpleNamespace, _event: object) -> None:
        context.trace_request_ctx.connected = True

    trace = aiohttp.TraceConfig()
    trace.on_connection_create_end.append(connected)
    trace.on_connection_reuseconn.append(connected)
    return trace
