"""One structured line per request and an id that the answer carries too; never a query, a body or a secret."""

from __future__ import annotations

import logging
import re
import secrets
import time

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from workers import trace

_log = logging.getLogger("chongfen.desk.access")
_SECRET_PATH = re.compile(r"^(/link/|/calendar/|/wecom/callback/).+")


class RequestLog:
    """Logs method, path, status and milliseconds; ``X-Request-Id`` ties an answer to its line."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = secrets.token_hex(8)
        scope.setdefault("state", {})["request_id"] = request_id
        started, status = time.perf_counter(), 500

        async def tagged(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["x-request-id"] = request_id
            await send(message)

        with trace.traced(scope["method"], request_id):
            try:
                await self.app(scope, receive, tagged)
            finally:
                _log.log(
                    logging.DEBUG if scope["path"].startswith("/static/") else logging.INFO,
                    "method=%s path=%s status=%d ms=%.1f id=%s",
                    scope["method"],
                    shown(scope["path"]),
                    status,
                    (time.perf_counter() - started) * 1000,
                    request_id,
                )


def shown(path: str) -> str:
    """The path as it may be logged: the token of a one-time link or a feed and the word of a callback are cut off, control characters are escaped."""
    return _SECRET_PATH.sub(r"\1…", path).encode("unicode_escape").decode("ascii")[:200]
