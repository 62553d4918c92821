"""The HTTP API under /api: JSON resources over the same queries and acts as the pages.

Decides nothing by itself; every route names the permission it needs and answers refusals as problem documents.
"""

from __future__ import annotations

import pkgutil
from importlib import import_module

from fastapi import APIRouter, Depends
from fastapi.security import HTTPBearer

from desk.api import resources

DESCRIPTION = """
从品牌工作簿到审过、按点发出的社群内容。The content calendar's resources.

**Who is there.** Send `Authorization: Bearer <token>` (made on the settings page) or the desk's session cookie. A token may do
what its user may; a service account reads and submits, and never approves.

**Which brand.** With several brands say `?brand=<name or id>`; another brand's things are not found.

**Once only.** Send an `Idempotency-Key` with a write: the same key with the same body gives the same answer for a day
(`Idempotency-Replayed: true`), with another body 422, while the first is still at work 409.

**Refusals** are `application/problem+json` with a stable `code` and one sentence in `detail` (Chinese; `Accept-Language: en` for English).

**Long lists** carry `next`: pass it as `cursor` for the next page; null at the end.
"""
_bearer = HTTPBearer(auto_error=False, description="API token, cf_…")


def routers() -> list[APIRouter]:
    """Every resource's router, under /api, and the health checks."""
    api = APIRouter(prefix="/api", dependencies=[Depends(_bearer)])
    plain = APIRouter()
    # Routes are tried in order, and for suggestions somebody waits: they come first.
    for found in sorted(
        pkgutil.iter_modules(resources.__path__), key=lambda item: (item.name != "suggestions", item.name)
    ):
        module = import_module(f"{resources.__name__}.{found.name}")
        (plain if found.name == "health" else api).include_router(module.router)
    return [api, plain]
