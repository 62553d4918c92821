"""One signed POST per message, and the judgement whether it can have arrived.

Before the connection stands nothing has left: refused, to be tried again. From then on only a complete
answer proves anything; a timeout, a reset or a cut answer is unknown.
"""

from __future__ import annotations

import json
import ssl
from collections.abc import Sequence
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import aiohttp

from content_calendar.ledger import Outgoing
from workers.channels.base import Capabilities, Outcome, Tools
from workers.channels.webhook import addresses, signing
from workers.channels.webhook.answers import outcome
from workers.errors import WorkerError

TIMEOUT = aiohttp.ClientTimeout(total=30, connect=10, sock_connect=5, sock_read=20)
MAX_ANSWER = 64 * 1024  # bytes of an answer that are read
CONCURRENCY = 128
AGENT = "Chongfen-Webhook/1"


class _Note:
    """Whether a call's connection stood: from then on bytes may have left."""

    connected = False


_note: ContextVar[_Note] = ContextVar("webhook_note")


class _Connector(aiohttp.TCPConnector):
    """Notes it when a call has its connection. aiohttp's tracing would do the same for a fifth of the whole call's time."""

    async def connect(self, *args: Any, **more: Any) -> Any:
        found = await super().connect(*args, **more)
        _note.get().connected = True
        return found


class WebhookChannel:
    """See docs/webhook.md for the receiver's side."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._secret = tools.settings.webhook_secret.get_secret_value()
        self._allowed = addresses.allowed_hosts(tools.settings.allow_private)
        self._trust = _trust(tools.settings.webhook_ca_file)
        self._session: aiohttp.ClientSession | None = None
        self.can = Capabilities(
            mode="auto", max_bytes=20_000, longest_call=45.0, duplicate_guard="dedupe_key",
            guard_seconds=tools.settings.webhook_guard_seconds, concurrency=CONCURRENCY,
        )  # fmt: skip

    async def send(self, messages: Sequence[Outgoing]) -> Sequence[Outcome]:
        """One POST for the one message given."""
        (message,) = messages
        if not self._secret:
            return [Outcome("refused", code="webhook.no_secret", permanent=True)]
        wrong = addresses.forbidden_url(message.address, self._allowed)
        if wrong:
            return [Outcome("refused", code=wrong, permanent=True)]
        return [await self._post(message)]

    async def _post(self, message: Outgoing) -> Outcome:
        body, headers = self._request(message)
        note = _Note()
        _note.set(note)
        try:
            async with self._open().post(
                message.address, data=body, headers=headers, allow_redirects=False
            ) as answer:
                content = await _read(answer)
                names = {name.lower(): value for name, value in answer.headers.items()}
                return outcome(message, answer.status, names, content, now=self._tools.clock.now())
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            return _failed(error, connected=note.connected)

    def _request(self, message: Outgoing) -> tuple[bytes, dict[str, str]]:
        now = self._tools.clock.now()
        document = {
            "delivery": message.delivery_id, "post": message.post_id, "brand": message.brand,
            "group": message.group_code, "group_name": message.group_name, "sender": message.sender,
            "text": message.text, "due_at": message.due_at.isoformat(), "sent_at": now.isoformat(),
            "attempt": message.number,
        }  # fmt: skip
        body = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
        timestamp = int(now.timestamp())
        return body, {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": AGENT,
            "Idempotency-Key": message.delivery_id,
            signing.TIMESTAMP: str(timestamp),
            signing.SIGNATURE: signing.sign(self._secret, timestamp, body),
        }

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            # A connection kept for long is closed by the other side just as we write: an unknown for nothing.
            connector = _Connector(
                limit=CONCURRENCY,
                keepalive_timeout=2,
                ssl=self._trust,
                **addresses.connector_options(self._allowed),
            )
            self._session = aiohttp.ClientSession(
                connector=connector, timeout=TIMEOUT, trust_env=False, cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
            )  # fmt: skip
        return self._session

    async def close(self) -> None:
        """Close the connections: every answer is in, so nobody waits for a polite TLS goodbye that outlives the loop."""
        if self._session is not None:
            if self._session.connector is not None:
                await self._session.connector.close(abort_ssl=True)
            await self._session.close()
            self._session = None


def _trust(ca_file: Path | None) -> ssl.SSLContext:
    """The system's certificates and those of ``ca_file``; WorkerError when that cannot be read."""
    context = ssl.create_default_context()
    if ca_file is not None:
        try:
            context.load_verify_locations(ca_file)
        except OSError as error:  # ssl.SSLError is one
            raise WorkerError(
                f"CHONGFEN_WEBHOOK_CA_FILE 指的证书文件 {ca_file} 读不了，请给出一个 PEM 文件。",
                code="settings.webhook_ca_file",
                english=f"CHONGFEN_WEBHOOK_CA_FILE {ca_file} cannot be read as a PEM file.",
            ) from error
    return context


async def _read(answer: aiohttp.ClientResponse) -> bytes:
    """The answer's body to its end, or its first MAX_ANSWER bytes; raises when it is cut short."""
    content = b""
    async for chunk in answer.content.iter_chunked(16 * 1024):
        content += chunk
        if len(content) >= MAX_ANSWER:
            return content[:MAX_ANSWER]
    return content


def _failed(error: Exception, *, connected: bool) -> Outcome:
    name = type(error).__name__
    if isinstance(error, addresses.ForbiddenAddress) or isinstance(
        error.__cause__, addresses.ForbiddenAddress
    ):
        return Outcome("refused", code="webhook.address_forbidden", permanent=True)
    if isinstance(error, aiohttp.InvalidURL):
        return Outcome("refused", code="webhook.url_unreadable", permanent=True)
    if isinstance(error, aiohttp.ClientConnectorError) or not connected:
        return Outcome("refused", code=f"webhook.{name}")
    return Outcome("unknown", code=f"webhook.{name}")
