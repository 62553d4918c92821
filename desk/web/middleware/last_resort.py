"""Answers what nobody foresaw, inside the other middlewares, so that this answer too carries their headers."""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class LastResort:
    """Turns any exception that comes this far into the answer ``answer`` gives, if none was begun."""

    def __init__(self, app: ASGIApp, *, answer: Callable[[Request, Exception], Response]) -> None:
        self.app = app
        self.answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def noticed(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, noticed)
        except Exception as error:
            if begun or scope["type"] != "http":
                raise
            await self.answer(Request(scope, receive), error)(scope, receive, send)
