"""The desk as one ASGI application: pages, API and static files behind the same guards.

Imported only by whoever serves it; the command line starts without it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import APIRouter, FastAPI
from starlette.middleware import Middleware

from desk import api
from desk.auth.throttle import Throttle
from desk.web import assets, pages, refusals
from desk.web.herald import Herald
from desk.web.middleware.body_limit import BodyLimit
from desk.web.middleware.cross_site import CrossSiteGuard
from desk.web.middleware.headers import SecurityHeaders
from desk.web.middleware.last_resort import LastResort
from desk.web.middleware.request_log import RequestLog
from workers.runtime import Runtime
from workers.warming import answering

WORKBOOK_LIMIT = 25_000_000  # bytes of one uploaded workbook
PICTURE_LIMIT = 6_000_000  # bytes of one uploaded picture and its form


def create_app(runtime: Runtime, *, warmed: bool = False) -> FastAPI:
    """The desk over ``runtime``. Serve it without the server's own access log: ours leaves secrets out.

    ``warmed``: what a first reply needs is made ready while the process starts.
    """
    public = runtime.settings.public_url
    app = FastAPI(
        title="宠粉 Chongfen",
        version=version("chongfen"),
        description=api.DESCRIPTION,
        docs_url=None,  # its page would need scripts from elsewhere
        redoc_url=None,
        openapi_url="/api/openapi.json",
        lifespan=_life,
        middleware=[
            Middleware(RequestLog),
            Middleware(SecurityHeaders, https=public.startswith("https://")),
            Middleware(CrossSiteGuard, answer=refusals.answer, public_url=public),
            Middleware(LastResort, answer=refusals.answer),
            Middleware(
                BodyLimit,
                limits={"/brand/import": WORKBOOK_LIMIT, "/figures/import": WORKBOOK_LIMIT},
                endings={"/picture": PICTURE_LIMIT},
            ),
        ],
    )
    app.state.runtime, app.state.warmed = runtime, warmed
    app.state.throttle = Throttle()
    app.state.herald = Herald()
    app.state.errands = None
    refusals.install(app)
    app.mount(assets.prefix(), assets.Assets(), name="static")
    for router in _routers():
        app.include_router(router)
    return app


def _routers() -> list[APIRouter]:
    return [*api.routers(), *pages.routers()]


@asynccontextmanager
async def _life(app: FastAPI) -> AsyncIterator[None]:
    """Models stream on the loop of the pages; greetings under way may end before the process does."""
    async with answering(app.state.runtime, warmed=app.state.warmed):
        yield
    if app.state.errands is not None:
        await asyncio.to_thread(app.state.errands.close)
