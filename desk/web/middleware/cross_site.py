"""Refuses writes that another site makes with a visitor's cookie.

A browser says where a request comes from in ``Sec-Fetch-Site``; on plain http to a name other than localhost it
does not, and ``Origin`` is compared instead: with the public address from the settings, else with ``Host``. A request
with neither is no browser's form (a script with a token) and carries no foreign authority.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from desk.errors import Forbidden

SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


class CrossSite(Forbidden):
    """The request was made by another site."""

    code = "auth.cross_site"


class CrossSiteGuard:
    """Answers an unsafe request from elsewhere with a :class:`CrossSite` refusal, before any route sees it."""

    def __init__(
        self, app: ASGIApp, *, answer: Callable[[Request, Exception], Response], public_url: str = ""
    ) -> None:
        self.app = app
        self.answer = answer
        self.public = _origin(public_url) if public_url else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] not in SAFE:
            headers = Headers(scope=scope)
            if not self._ours(headers):
                refusal = CrossSite(
                    "这个请求来自别的网站，没有执行；请回到本页面再操作一次。",
                    english="This request came from another site and was not carried out; do it again from our page.",
                )
                await self.answer(Request(scope, receive), refusal)(scope, receive, send)
                return
        await self.app(scope, receive, send)

    def _ours(self, headers: Headers) -> bool:
        site = headers.get("sec-fetch-site")
        if site is not None:
            return site in {"same-origin", "none"}
        origin = headers.get("origin")
        if origin is None:
            return True
        if self.public is not None and _origin(origin) == self.public:
            return True
        host = headers.get("host", "").lower()
        return bool(host) and _origin(origin)[1] == host


def _origin(url: str) -> tuple[str, str]:
    """(scheme, host and port) of a URL or an Origin header; ("", "") for ``null`` and the like."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "", ""
    return (parts.scheme.lower(), parts.netloc.lower()) if parts.netloc else ("", "")
