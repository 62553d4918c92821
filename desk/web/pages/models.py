"""Model calls (`/settings/models`): the day's meter, and every call behind its numbers."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from content_calendar import spending as budget
from desk.queries import spending
from desk.web import model_words
from desk.web.addresses import parse_day
from desk.web.guards import Reader
from desk.web.rendering import page
from workers import till

router = APIRouter(include_in_schema=False)


@router.get("/settings/models", response_class=HTMLResponse)
def calls(
    request: Request,
    visit: Reader,
    day: Annotated[str, Query(max_length=10)] = "",
    sort: Annotated[str, Query(max_length=10)] = "-at",
    n: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> HTMLResponse:
    """One day's calls, of all brands: they share the budget."""
    today = till.today(visit.runtime, visit.the_brand)
    of_day = parse_day(day) or today
    with visit.read() as session:
        found = spending.load(session, of_day, sort=sort, number=n)
        meter = budget.read(session, of_day, till.limits(visit.runtime.settings))

    def link(**changed: object) -> str:
        asked = {"day": "" if of_day == today else of_day, "sort": found.sort, "n": ""} | changed
        return "/settings/models?" + urlencode({name: str(value) for name, value in asked.items() if value})

    return page(
        request, visit, "models.html", section="/settings", found=found, day=of_day, today=today, of_day=meter,
        before=of_day - timedelta(days=1), after=of_day + timedelta(days=1), link=link, named=model_words,
        writes=bool(visit.runtime.settings.models),
    )  # fmt: skip
