"""Refuses a body that is too long, while it arrives and not after: one limit for forms, another for workbooks."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

USUAL = 1_000_000  # bytes
SENTENCE = "提交的内容太大，请缩小后再试。"


class BodyLimit:
    """Raises 413 from ``receive`` once more than the path's limit has come in.

    ``limits``: of a path; ``endings``: of every path that ends so.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        limits: Mapping[str, int] | None = None,
        endings: Mapping[str, int] | None = None,
    ) -> None:
        self.app = app
        self.limits, self.endings = dict(limits or {}), dict(endings or {})

    def _most(self, path: str) -> int:
        ending = next((most for end, most in self.endings.items() if path.endswith(end)), USUAL)
        return self.limits.get(path, ending)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        most = self._most(scope["path"])
        came = 0

        async def counted() -> Message:
            nonlocal came
            message = await receive()
            came += len(message.get("body", b""))
            if came > most:
                raise HTTPException(413, SENTENCE)
            return message

        await self.app(scope, counted, send)
