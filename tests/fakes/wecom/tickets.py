"""Tickets for the toolbar page: of the company and of the app, two hours, and the signature that a page makes of one."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass, field
from typing import Any

from ..bodies import Window

LIFE = 7200.0


@dataclass
class Tickets:
    """``given``: how many were asked for, by kind (corp | app)."""

    given: dict[str, int] = field(default_factory=lambda: {"corp": 0, "app": 0})
    windows: dict[str, Window] = field(
        default_factory=lambda: {"corp": Window(400, 3600, 3600), "app": Window(100, 3600, 3600)}
    )
    _live: dict[str, tuple[str, float]] = field(default_factory=dict)

    def give(self, kind: str, now: float) -> dict[str, Any]:
        """The answer of get_jsapi_ticket (corp) and ticket/get (app)."""
        if not self.windows[kind].allows(kind, now):
            return {"errcode": 45009, "errmsg": "api freq out of limit"}
        self.given[kind] += 1
        ticket, until = self._live.get(kind, ("", 0.0))
        if now >= until:
            ticket, until = f"{kind}-{uuid.uuid4().hex}", now + LIFE
            self._live[kind] = (ticket, until)
        return {"errcode": 0, "errmsg": "ok", "ticket": ticket, "expires_in": int(until - now)}

    def right(self, kind: str, url: str, signed: dict[str, Any], now: float) -> bool:
        """True when the page's signature is one of this ticket, for this address as the client sees it."""
        ticket, until = self._live.get(kind, ("", 0.0))
        page = url.split("#", 1)[0]
        plain = f"jsapi_ticket={ticket}&noncestr={signed.get('nonceStr')}&timestamp={signed.get('timestamp')}&url={page}"
        made = hashlib.sha1(plain.encode(), usedforsecurity=False).hexdigest()
        return bool(ticket) and now < until and made == signed.get("signature")
