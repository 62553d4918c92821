"""Is it up (`/healthz`), does work get done (`/readyz`)? For machines; open to anybody, tells nothing of content."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from sqlalchemy import text

from desk.web.visit import runtime_of
from workers import health

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
