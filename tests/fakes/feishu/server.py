"""The fake of a Feishu custom robot: signed in the body, 20 KB, 100 a minute and 5 a second, ``code`` in an HTTP 200."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from ..bodies import Window, document
from ..server import Fake

BODY_BYTES = 20 * 1024
TOLERANCE = 3600.0


@dataclass
class Hook:
    """One robot. ``secret``: signature check; ``keyword``: must stand in the text."""

    secret: str = ""
    keyword: str = ""
    messages: list[dict[str, Any]] = field(default_factory=list)


def signature(secret: str, timestamp: str) -> str:
    """What the platform computes: the key is ``timestamp\\nsecret``, the message empty."""
    return base64.b64encode(
        hmac.new(f"{timestamp}\n{secret}".encode(), b"", hashlib.sha256).digest()
    ).decode()


class FakeFeishu(Fake):
    """``open``: any hook that is named exists."""

    def __init__(self, clock: Callable[[], float] = time.time, *, open: bool = True) -> None:
        super().__init__(clock)
        self.open = open
        self.hooks: dict[str, Hook] = {}
        self.minute, self.second = Window(100, block=0.0), Window(5, seconds=1.0, block=0.0)

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/open-apis/bot/v2/hook/{id}", self._send)]

    def error(self, code: int) -> dict[str, Any]:
        return {"code": code, "msg": "success" if code == 0 else f"error {code}", "data": {}}

    def state(self) -> dict[str, Any]:
        return {"hooks": {key: hook.messages for key, hook in self.hooks.items()}}

    async def _send(self, request: web.Request) -> web.Response:
        return web.json_response(self.error(self._judge(request.match_info["id"], await request.read())))

    def _judge(self, name: str, body: bytes) -> int:
        if self.open:
            self.hooks.setdefault(name, Hook())
        hook, found, now = self.hooks.get(name), document(body), self.panel.now()
        if hook is None:
            return 19001
        if found is None or len(body) > BODY_BYTES:
            return 9499
        if not self.minute.allows(name, now) or not self.second.allows(name, now):
            return 11232
        if hook.secret and not self._signed(hook, found, now):
            return 19021
        if not self._shaped(found):
            return 9499
        if hook.keyword and hook.keyword not in body.decode():
            return 19024
        hook.messages.append(found)
        return 0

    @staticmethod
    def _signed(hook: Hook, found: dict[str, Any], now: float) -> bool:
        stamp = str(found.get("timestamp", ""))
        fresh = stamp.isdigit() and abs(now - int(stamp)) <= TOLERANCE
        return fresh and hmac.compare_digest(signature(hook.secret, stamp), str(found.get("sign", "")))

    @staticmethod
    def _shaped(found: dict[str, Any]) -> bool:
        kind, content = found.get("msg_type"), found.get("content")
        if kind == "interactive":
            return isinstance(found.get("card"), dict)
        if kind == "text":
            return isinstance(content, dict) and bool(content.get("text"))
        return kind in {"post", "image"} and isinstance(content, dict)
