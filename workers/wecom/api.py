"""One call of the app's API: the token is added, renewed once when the platform says so, and the answer is sorted.

An answer, a clear refusal (proved that nothing was done), or nobody knows. Nothing else is ever repeated.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import aiohttp

from workers.channels.posting import Line, Lost, Reply
from workers.wecom.account import Account
from workers.wecom.token import NoToken, TokenKeeper

CONTACT = "/cgi-bin/externalcontact/"
_TOKEN_CODES = frozenset({40014, 42001})
_LATER: dict[int, float] = {-1: 5.0, 45009: 60.0, 45033: 5.0, 41063: 5.0}  # code → seconds to wait
# Codes that the documents explain as "was not done"; any other proves nothing.
_NOT_DONE = frozenset(
    {
        40001, 40007, 40008, 40013, 40033, 40058, 40096, 40201, 41001, 41046, 41047, 41048, 41049, 41050, 41051,
        41053, 41054, 41055, 41064, 41065, 41093, 41094, 41096,
        44004, 45001, 45002, 48002, 60011, 60020, 81013, 81017, 84061, 84074, 86214, 90501, 90509, 301002,
    }
)  # fmt: skip


@dataclass(frozen=True)
class Answer:
    """errcode 0."""

    document: dict[str, Any]


@dataclass(frozen=True)
class Refused:
    """Not done. ``wait``: seconds before it is worth another try, None: never."""

    code: int
    said: str
    wait: float | None = None


@dataclass(frozen=True)
class Unsure:
    """Perhaps done."""

    said: str


class Api:
    """The API of one account. Make one per event loop, close it."""

    def __init__(self, base: str, account: Account, now: Callable[[], float]) -> None:
        self._line = Line(base)
        self._tokens = TokenKeeper(self._line, account, now)

    async def contact(self, name: str, body: dict[str, Any]) -> Answer | Refused | Unsure:
        """A call of customer contact: ``contact("add_msg_template", …)``."""
        return await self.call(CONTACT + name, body)

    async def call(self, path: str, body: dict[str, Any]) -> Answer | Refused | Unsure:
        """One JSON call."""
        return await self._with_token(
            lambda token: self._line.post(path, body, query={"access_token": token})
        )

    async def ask(self, path: str, query: dict[str, str]) -> Answer | Refused | Unsure:
        """One question that changes nothing."""
        return await self._with_token(lambda token: self._line.get(path, {**query, "access_token": token}))

    async def upload(self, content: bytes, *, name: str, mime: str) -> Answer | Refused | Unsure:
        """A picture as temporary material; it lives three days."""

        async def post(token: str) -> Reply | Lost:
            form = aiohttp.FormData()
            form.add_field("media", content, filename=name, content_type=mime)
            return await self._line.post(
                "/cgi-bin/media/upload", query={"access_token": token, "type": "image"}, form=form
            )

        return await self._with_token(post)

    async def _with_token(self, post: Callable[[str], Any]) -> Answer | Refused | Unsure:
        token = await self._tokens.token()
        for last in (False, True):
            if isinstance(token, NoToken):
                return Refused(0, token.code, None if token.final else 60.0)
            reply: Reply | Lost = await post(token)
            if last or not _wants_token(reply):
                break
            token = await self._tokens.token(not_this=token)
        return sort(reply)

    async def close(self) -> None:
        """Close the connections."""
        await self._line.close()


def _wants_token(reply: Reply | Lost) -> bool:
    """The platform refused the token, not the call."""
    return isinstance(reply, Reply) and (reply.document or {}).get("errcode") in _TOKEN_CODES


def sort(reply: Reply | Lost) -> Answer | Refused | Unsure:
    """What an ending proves."""
    if isinstance(reply, Lost):
        said = f"wecom.{reply.why}"
        return Unsure(said) if reply.connected else Refused(0, said, 20.0)
    code = (reply.document or {}).get("errcode")
    if not isinstance(code, int) or isinstance(code, bool):
        return Unsure(f"wecom.http.{reply.status}")
    if code == 0:
        return Answer(reply.document or {})
    said = f"wecom.{code}"
    if code in _LATER:
        return Refused(code, said, _LATER[code])
    if code in _TOKEN_CODES:
        return Refused(code, said, 60.0)
    return Refused(code, said) if code in _NOT_DONE else Unsure(said)
