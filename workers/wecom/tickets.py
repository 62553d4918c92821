"""What a page inside the WeCom client needs to be let at its chat: two tickets, and a signature of the page's address.

A ticket is asked for once by whoever needs it first and kept while it lives: the platform gives a hundred an hour. One that was
refused is not asked for again for a while.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from workers.wecom.account import Account
from workers.wecom.api import Answer, Api
from workers.wecom.apis import Apis

Kind = Literal["corp", "app"]
EARLY = 300.0  # seconds before its end that a ticket is renewed
SULK = 30.0  # seconds in which a refused ticket is not asked for again
_PATHS: dict[Kind, tuple[str, dict[str, str]]] = {
    "corp": ("/cgi-bin/get_jsapi_ticket", {}),
    "app": ("/cgi-bin/ticket/get", {"type": "agent_config"}),
}


class NoTicket(Exception):
    """The platform gives none now. ``code``: stable and short."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Signature:
    """What a page hands to the client."""

    timestamp: int
    nonce: str
    signature: str


@dataclass
class _Kept:
    ticket: str = ""
    until: float = 0.0
    refused: str = ""


class Tickets:
    """Tickets of one event loop. ``now``: seconds of a clock; ``nonce``: a random word."""

    def __init__(self, base: str, now: Callable[[], float], nonce: Callable[[], str]) -> None:
        self._apis, self._now, self._nonce = Apis(base, now), now, nonce
        self._kept: dict[tuple[Account, Kind], _Kept] = {}
        self._flights: dict[tuple[Account, Kind], asyncio.Lock] = {}

    async def sign(self, account: Account, url: str) -> dict[Kind, Signature]:
        """The signatures of this page for company and app; NoTicket when the platform gives no ticket."""
        corp, app = await asyncio.gather(self._ticket(account, "corp"), self._ticket(account, "app"))
        return {"corp": self._signed(corp, url), "app": self._signed(app, url)}

    def _signed(self, ticket: str, url: str) -> Signature:
        timestamp, nonce = int(self._now()), self._nonce()
        return Signature(timestamp, nonce, signature(ticket, nonce, timestamp, url))

    async def _ticket(self, account: Account, kind: Kind) -> str:
        key = (account, kind)
        async with self._flights.setdefault(key, asyncio.Lock()):
            kept = self._kept.get(key, _Kept())
            if self._now() >= kept.until:
                kept = self._kept[key] = await self._fetch(self._apis.of(account), kind)
            if kept.refused:
                raise NoTicket(kept.refused)
            return kept.ticket

    async def _fetch(self, api: Api, kind: Kind) -> _Kept:
        path, query = _PATHS[kind]
        answer = await api.ask(path, query)
        ticket = answer.document.get("ticket") if isinstance(answer, Answer) else None
        if not isinstance(answer, Answer) or not isinstance(ticket, str) or not ticket:
            said = "wecom.ticket" if isinstance(answer, Answer) else answer.said
            return _Kept(until=self._now() + SULK, refused=said)
        life = answer.document.get("expires_in")
        seconds = float(life) if isinstance(life, int | float) else 0.0
        return _Kept(ticket, self._now() + max(seconds - EARLY, min(seconds, 5.0)))

    async def close(self) -> None:
        """Close the lines."""
        await self._apis.close()


def signature(ticket: str, nonce: str, timestamp: int, url: str) -> str:
    """The platform's signature of a page: its address as the client sees it, without what follows ``#``."""
    page = url.split("#", 1)[0]
    plain = f"jsapi_ticket={ticket}&noncestr={nonce}&timestamp={timestamp}&url={page}"
    return hashlib.sha1(plain.encode(), usedforsecurity=False).hexdigest()
