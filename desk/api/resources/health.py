"""Is it up (`/healthz`), does work get done (`/readyz`), how well (`/metrics`)? For machines; tells nothing of content.

The first two are open to anybody; the figures want a token, of a service account for instance.
"""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, PlainTextResponse
from sqlalchemy import text

from desk.web.guards import Reader
from desk.web.visit import runtime_of
from workers import health, metrics
from workers.metrics.exposition import CONTENT_TYPE

router = APIRouter(tags=["health"])


@router.get("/healthz", summary="Is the process up")
def healthz(request: Request) -> dict[str, Any]:
    """The process answers and its database does."""
    with runtime_of(request).database.read() as session:
        session.execute(text("SELECT 1"))
    return {"ok": True}


@router.get("/readyz", summary="Does work get done")
def readyz(request: Request) -> JSONResponse:
    """Ages (real seconds) of beat, worker, dispatcher and the last canary delivery; 503 when one is too old."""
    runtime = runtime_of(request)
    with runtime.database.read() as session:
        found = health.readiness(session, runtime.clock.now(), pace=runtime.settings.pace)
    signs = {
        sign.name: {"ok": sign.ok, "age": sign.age, "limit": sign.limit, "sentence": sign.sentence}
        for sign in found.signs
    }
    return JSONResponse({"ok": found.ok, "signs": signs}, 200 if found.ok else 503)


@router.get("/metrics", summary="Figures for Prometheus", response_class=PlainTextResponse)
def figures(visit: Reader) -> PlainTextResponse:
    """Lateness, deliveries by state, unknown ones, queue age, signs of life, quota, model cost, alarms."""
    runtime = visit.runtime
    with runtime.database.read() as session:
        found = metrics.measure(session, runtime.clock.now(), pace=runtime.settings.pace)
    return PlainTextResponse(metrics.render(found), media_type=CONTENT_TYPE)
