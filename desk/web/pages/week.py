"""The calendar in four views over one filter: this week (`/`), a day, a month, a list."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from content_calendar import zones
from content_calendar.tables import Post
from desk.errors import DeskError
from desk.queries import cards, listing, month, starting, week
from desk.web.addresses import Chosen, Links, parse_day
from desk.web.guards import Reader
from desk.web.rendering import page
from desk.web.visit import Visit

router = APIRouter(include_in_schema=False)
ALL = week.Filter()


@router.get("/", response_class=HTMLResponse)
def this_week(
    request: Request,
    visit: Reader,
    chosen: Chosen,
    from_: Annotated[str, Query(alias="from", max_length=10)] = "",
    day: Annotated[str, Query(max_length=10)] = "",
) -> HTMLResponse:
    """Seven days from ``from``; without it, the week that holds ``day`` or today."""
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
        return page(request, visit, "no_brand.html", section="/", guide=_guide(visit))
    today = zones.local_day(visit.now, visit.zone)
    shown = parse_day(day) or (parse_day(from_) or today)
    first = parse_day(from_) or week.first_day(shown, today=today)
    with visit.read() as session:
        found = week.load(session, visit.brand, first=first, chosen=chosen, now=visit.now)
        guide = starting.load(session, visit.brand, visit.visitor.id) if not found.summary.states else None
    if not day and not first <= today <= found.last:
        shown = first
    return page(
        request, visit, "week.html", section="/", week=found, shown=shown, today=today,
        link=Links("week", first, chosen), offset=(shown - first).days, wrong=wrong, status=status, guide=guide,
    )  # fmt: skip


def _guide(visit: Visit) -> starting.Guide:
    with visit.read() as session:
        return starting.load(session, visit.brand, visit.visitor.id)


@router.get("/month", response_class=HTMLResponse)
def one_month(
    request: Request,
    visit: Reader,
    chosen: Chosen,
    from_: Annotated[str, Query(alias="from", max_length=10)] = "",
) -> HTMLResponse:
    """The month that holds ``from``, by default today."""
    today = zones.local_day(visit.now, visit.zone)
    first = (parse_day(from_) or today).replace(day=1)
    with visit.read() as session:
        found = month.load(session, visit.the_brand, first=first, chosen=chosen, now=visit.now)
    return page(
        request,
        visit,
        "month.html",
        section="/",
        month=found,
        today=today,
        link=Links("month", first, chosen),
    )


@router.get("/list", response_class=HTMLResponse)
def as_list(
    request: Request,
    visit: Reader,
    chosen: Chosen,
    from_: Annotated[str, Query(alias="from", max_length=10)] = "",
    sort: Annotated[str, Query(max_length=12)] = "",
) -> HTMLResponse:
    """Seven days as one table that sorts."""
    today = zones.local_day(visit.now, visit.zone)
    first = parse_day(from_) or week.first_day(today, today=today)
    with visit.read() as session:
        found = listing.load(session, visit.the_brand, first=first, chosen=chosen, sort=sort, now=visit.now)
    return page(
        request, visit, "list.html", section="/", listing=found, today=today,
        link=Links("list", first, chosen, sort=found.sort),
    )  # fmt: skip


@router.get("/days/{day}", response_class=HTMLResponse)
def one_day(request: Request, visit: Reader, day: str, chosen: Chosen, time: str = "") -> HTMLResponse:
    """Every post of one day, or of one time node of it."""
    wanted = parse_day(day)
    if wanted is None:
        raise DeskError(
            "日期要写成 2026-11-23 这样。", code="request.day", english="Write the day like 2026-11-23."
        )
    where = [*cards.of_days(wanted, wanted), *([Post.time == time] if time else [])]
    with visit.read() as session:
        everything = cards.load(session, visit.the_brand, *where, now=visit.now, limit=1000)
    found = [card for card in everything if chosen.keeps(card) and chosen.keeps_state(card)]
    return page(
        request, visit, "day.html", section="/", cards=found, day=wanted, time=time,
        summary=week.summary(everything, chosen, ()), link=Links("day", wanted, chosen, time=time),
        before=wanted - timedelta(days=1), after=wanted + timedelta(days=1),
    )  # fmt: skip
