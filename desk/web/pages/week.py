"""This week (`/`) and one day's list (`/days/…`)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from content_calendar import zones
from content_calendar.tables import Post
from desk.errors import DeskError
from desk.queries import cards, week
from desk.web.guards import Reader
from desk.web.rendering import page
from desk.web.visit import Visit

router = APIRouter(include_in_schema=False)
ALL = week.Filter()


@router.get("/", response_class=HTMLResponse)
def this_week(
    request: Request,
    visit: Reader,
    from_: Annotated[str, Query(alias="from", max_length=10)] = "",
    day: Annotated[str, Query(max_length=10)] = "",
    tier: Annotated[str, Query(max_length=8)] = "",
    kind: Annotated[str, Query(max_length=24)] = "",
    state: Annotated[str, Query(max_length=20)] = "",
    campaign: Annotated[str, Query(max_length=9)] = "",
    owner: Annotated[str, Query(max_length=80)] = "",
) -> HTMLResponse:
    """Seven days from ``from``; without it, the week that holds ``day`` or today."""
    chosen = week.Filter(
        tier, kind, state, int(campaign) if campaign.isascii() and campaign.isdigit() else None, owner
    )
    return show(request, visit, chosen=chosen, from_=from_, day=day)


def show(
    request: Request,
    visit: Visit,
    *,
    chosen: week.Filter = ALL,
    from_: str = "",
    day: str = "",
    wrong: str = "",
    status: int = 200,
) -> HTMLResponse:
    """Render the week; ``wrong`` says above it why something was not done."""
    if visit.brand is None:
        return page(request, visit, "no_brand.html", section="/")
    today = zones.local_day(visit.now, visit.zone)
    shown = parse_day(day) or (parse_day(from_) or today)
    first = parse_day(from_) or week.first_day(shown, today=today)
    with visit.read() as session:
        found = week.load(session, visit.brand, first=first, chosen=chosen, now=visit.now)
    if not day and not first <= today <= found.last:
        shown = first
    return page(
        request, visit, "week.html", section="/", week=found, shown=shown, today=today,
        link=Links(first, chosen), offset=(shown - first).days, wrong=wrong, status=status,
    )  # fmt: skip


@router.get("/days/{day}", response_class=HTMLResponse)
def one_day(request: Request, visit: Reader, day: str, time: str = "") -> HTMLResponse:
    """Every post of one day, or of one time node of it."""
    wanted = parse_day(day)
    if wanted is None:
        raise DeskError(
            "日期要写成 2026-11-23 这样。", code="request.day", english="Write the day like 2026-11-23."
        )
    brand = visit.the_brand
    where = [*cards.of_days(wanted, wanted), *([Post.time == time] if time else [])]
    with visit.read() as session:
        found = cards.load(session, brand, *where, now=visit.now, limit=1000)
    return page(
        request, visit, "day.html", section="/", cards=found, day=wanted, time=time,
        before=wanted - timedelta(days=1), after=wanted + timedelta(days=1),
    )  # fmt: skip


class Links:
    """Addresses of the same week with one thing changed: what is filtered stays in the URL."""

    def __init__(self, first: date, chosen: week.Filter) -> None:
        self._base = {
            "from": first.isoformat(),
            "tier": chosen.tier,
            "kind": chosen.kind,
            "state": chosen.state,
            "campaign": str(chosen.campaign or ""),
            "owner": chosen.owner,
        }

    def __call__(self, **changed: object) -> str:
        """The address with ``changed`` applied; an empty value takes a filter away."""
        query = self._base | {key.rstrip("_"): str(value or "") for key, value in changed.items()}
        return "/?" + urlencode({key: value for key, value in query.items() if value})


def parse_day(written: str) -> date | None:
    """An ISO date a calendar can be shown for (this century), or None."""
    try:
        day = date.fromisoformat(written)
    except ValueError:
        return None
    return day if 2000 <= day.year < 2100 else None
