"""The app's access token: fetched once by whoever needs it first, shared by all who wait, renewed before it ends.

The platform gives the same token again while it lives, so that each process may keep its own. A wrong secret is not asked
about again for a while: repeated bad secrets ban the caller's address for an hour.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from workers.channels.posting import Line, Lost
from workers.wecom.account import Account

EARLY = 300.0  # seconds before its end that a token is renewed
SULK = 120.0  # seconds in which a refused secret is not tried again


@dataclass(frozen=True)
class NoToken:
    """There is none. ``code``: stable and short; ``final``: the account is wrong, waiting will not help."""

    code: str
    final: bool


class TokenKeeper:
    """One account's token. ``now``: seconds of a clock."""

    def __init__(self, line: Line, account: Account, now: Callable[[], float]) -> None:
        self._line, self._account, self._now = line, account, now
        self._token, self._until = "", 0.0
        self._no: NoToken | None = None
        self._no_until = 0.0
        self._flight = asyncio.Lock()

    async def token(self, *, not_this: str = "") -> str | NoToken:
        """The token; ``not_this`` was just refused by the platform and is replaced, once for all who say so."""
        async with self._flight:
            now = self._now()
            if self._token and self._token != not_this and now < self._until:
                return self._token
            if self._no is not None and now < self._no_until:
                return self._no
            return await self._fetch(now)

    async def _fetch(self, now: float) -> str | NoToken:
        query = {"corpid": self._account.corp_id, "corpsecret": self._account.secret}
        reply = await self._line.get("/cgi-bin/gettoken", query)
        if isinstance(reply, Lost) or reply.document is None:
            return NoToken("wecom.token_unreachable", final=False)
        code, token = reply.document.get("errcode"), reply.document.get("access_token")
        if code == 0 and isinstance(token, str) and token:
            life = reply.document.get("expires_in")
            seconds = float(life) if isinstance(life, int | float) else 0.0
            # A token about to end is still the one there is: ask again soon, not at once.
            self._token, self._until, self._no = token, now + max(seconds - EARLY, min(seconds, 5.0)), None
            return token
        self._no = NoToken(f"wecom.token.{code}", final=code in {40001, 40013})
        self._no_until = now + (3600.0 if code == 45009 else SULK)
        return self._no
