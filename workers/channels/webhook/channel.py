"""One signed POST per message, and the judgement whether it can have arrived.

Before the connection stands nothing has left: refused, to be tried again. From then on only a complete
answer proves anything; a timeout, a reset or a cut answer is unknown.
"""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import Sequence
from pathlib import Path

from content_calendar.ledger import Outgoing
from workers.channels.base import Capabilities, Outcome, Tools
from workers.channels.webhook import addresses, signing
from workers.channels.webhook.answers import outcome
from workers.channels.webhook.pool import NotConnected, Place, Pool, place_of
from workers.channels.webhook.wire import Broken, Limits
from workers.errors import WorkerError

LIMITS = Limits()
CONCURRENCY = 128
HEAD = b"Content-Type: application/json; charset=utf-8\r\nUser-Agent: Chongfen-Webhook/1\r\nAccept: */*\r\n"
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class WebhookChannel:
    """See docs/webhook.md for the receiver's side."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._secret = tools.settings.webhook_secret.get_secret_value()
        self._allowed = addresses.allowed_hosts(tools.settings.allow_private)
        self._trust = _trust(tools.settings.webhook_ca_file)
        self._connections: Pool | None = None
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
        return [await self._post(message, place_of(message.address))]

    async def make_ready(self, messages: Sequence[Outgoing]) -> None:
        """Open the connection this message will go over; nothing of it is sent."""
        (message,) = messages
        if self._secret and not addresses.forbidden_url(message.address, self._allowed):
            await self._pool().make_ready(place_of(message.address), LIMITS)

    async def _post(self, message: Outgoing, place: Place) -> Outcome:
        ends, pool = asyncio.get_running_loop().time() + LIMITS.total, self._pool()
        try:
            wire = await pool.get(place, LIMITS)
        except addresses.ForbiddenAddress:
            return Outcome("refused", code="webhook.address_forbidden", permanent=True)
        except NotConnected:
            return Outcome("refused", code="webhook.ClientConnectorError")
        try:
            answer = await pool.ask(place, self._request(message, place), LIMITS, wire, ends=ends)
        except TimeoutError:
            return Outcome("unknown", code="webhook.TimeoutError")
        except Broken:
            return Outcome("unknown", code="webhook.ServerDisconnectedError")
        return outcome(message, answer.status, answer.headers, answer.body, now=self._tools.clock.now())

    def _request(self, message: Outgoing, place: Place) -> bytes:
        now = self._tools.clock.now()
        document = {
            "delivery": message.delivery_id, "post": message.post_id, "brand": message.brand,
            "group": message.group_code, "group_name": message.group_name, "sender": message.sender,
            "text": message.text, "due_at": message.due_at.isoformat(), "sent_at": now.isoformat(),
            "attempt": message.number,
        }  # fmt: skip
        body, stamp = _encode(document).encode(), int(now.timestamp())
        own = (
            f"Idempotency-Key: {message.delivery_id}\r\n{signing.TIMESTAMP}: {stamp}\r\n"
            f"{signing.SIGNATURE}: {signing.sign(self._secret, stamp, body)}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return place.head + HEAD + own.encode("ascii") + body

    def _pool(self) -> Pool:
        """Made with the first call: it belongs to the loop that calls."""
        if self._connections is None:
            resolver = addresses.CheckedResolver(self._allowed)
            self._connections = Pool(self._trust, resolver, most=CONCURRENCY)
        return self._connections

    async def close(self) -> None:
        """Close the connections: every answer is in."""
        if self._connections is not None:
            await self._connections.close()
            self._connections = None


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
