"""Groups (`/groups`) and the simulator (`/groups/{code}`): what each group has received, as its chat shows it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from desk.queries import groups
from desk.queries.people import persona_of
from desk.web.guards import Number, Reader
from desk.web.rendering import fragment, page

router = APIRouter(include_in_schema=False)


@router.get("/groups", response_class=HTMLResponse)
def all_groups(
    request: Request,
    visit: Reader,
    tier: Annotated[str, Query(max_length=8)] = "",
    q: Annotated[str, Query(max_length=80)] = "",
    n: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> HTMLResponse:
    """Every group with its newest message."""
    with visit.read() as session:
        found = groups.load(session, visit.the_brand, tier=tier, text=q.strip(), number=n)
    return page(request, visit, "groups.html", section="/groups", found=found, tier=tier, q=q)


@router.get("/groups/{code:path}", response_class=HTMLResponse)
def one_group(request: Request, visit: Reader, code: str, after: Number = None) -> HTMLResponse:
    """One group's chat; with ``after`` only what came since that message, for the page's poll."""
    brand = visit.the_brand
    with visit.read() as session:
        group = groups.get(session, brand, code)
        messages = groups.messages(session, group, after=after or 0)
        if after is not None:
            return fragment(visit, "chat_news.html", group=group, messages=messages, after=after, day=None)
        others = groups.load(session, brand, tier=group.tier)
        persona = persona_of(session, brand)
    return page(
        request, visit, "group.html", section="/groups", group=group, messages=messages, others=others,
        persona=persona,
    )  # fmt: skip
