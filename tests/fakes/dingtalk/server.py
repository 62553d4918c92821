"""The fake of a DingTalk robot: signed in the query, 20 a minute and then ten minutes' silence, errcode in an HTTP 200."""

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

BODY_BYTES = 20_000
TOLERANCE = 3600.0
BLOCK = 600.0
_NEEDED = {"text": ("content",), "markdown": ("title", "text"), "link": ("title", "text", "messageUrl")}


@dataclass
class Ding:
    """One robot. ``secret``: signature check; ``keyword``: must stand in the body."""

    secret: str = ""
    keyword: str = ""
    messages: list[dict[str, Any]] = field(default_factory=list)


def signature(secret: str, timestamp: str) -> str:
    """What the platform computes: the key is the secret, the message ``timestamp\\nsecret``."""
    found = hmac.new(secret.encode(), f"{timestamp}\n{secret}".encode(), hashlib.sha256).digest()
    return base64.b64encode(found).decode()


class FakeDingtalk(Fake):
    """``open``: any token that is named exists."""

    def __init__(self, clock: Callable[[], float] = time.time, *, open: bool = True) -> None:
        super().__init__(clock)
        self.open = open
        self.robots: dict[str, Ding] = {}
        self.window = Window(20, block=BLOCK)

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/robot/send", self._send)]

    def state(self) -> dict[str, Any]:
        return {"robots": {key: robot.messages for key, robot in self.robots.items()}}

    async def _send(self, request: web.Request) -> web.Response:
        code, said = self._judge(request, await request.read())
        return web.json_response({"errcode": code, "errmsg": said})

    def _judge(self, request: web.Request, body: bytes) -> tuple[int, str]:
        """The code and what is said with it: one code has several meanings here."""
        token, now = request.query.get("access_token", ""), self.panel.now()
        if self.open and token:
            self.robots.setdefault(token, Ding())
        robot, found = self.robots.get(token), document(body)
        if robot is None:
            return 300005, "token is not exist"
        if not self.window.allows(token, now):
            return 130101, "send too fast, exceed 20 times per minute"
        if robot.secret and not self._signed(robot, request, now):
            return 310000, "sign not match"
        if robot.keyword and robot.keyword not in body.decode():
            return 310000, "keywords not in content"
        if len(body) > BODY_BYTES:
            return 460101, "message too long"
        if found is None or not self._shaped(found):
            return 40035, "param error"
        robot.messages.append(found)
        return 0, "ok"

    @staticmethod
    def _signed(robot: Ding, request: web.Request, now: float) -> bool:
        stamp = request.query.get("timestamp", "")
        fresh = stamp.isdigit() and abs(now - int(stamp) / 1000) <= TOLERANCE
        return fresh and hmac.compare_digest(signature(robot.secret, stamp), request.query.get("sign", ""))

    @staticmethod
    def _shaped(found: dict[str, Any]) -> bool:
        kind = str(found.get("msgtype"))
        content = found.get(kind)
        return (
            isinstance(content, dict) and kind in _NEEDED and all(content.get(key) for key in _NEEDED[kind])
        )
