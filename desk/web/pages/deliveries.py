"""Deliveries (`/deliveries`): the day's sum, what nobody knows about, and every row behind each number."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import HTMLResponse

from content_calendar import ledger, zones
from desk.queries import deliveries
from desk.web.addresses import parse_day
from desk.web.guards import Answerer, Number, Reader
from desk.web.rendering import go, page
from desk.web.said import safe_back

router = APIRouter(include_in_schema=False)


@router.get("/deliveries", response_class=HTMLResponse)
def everything(
    request: Request,
    visit: Reader,
    day: Annotated[str, Query(max_length=10)] = "",
    state: Annotated[str, Query(max_length=16)] = "",
    group: Annotated[str, Query(max_length=64)] = "",
    post: Number = None,
    id: Annotated[str, Query(max_length=32)] = "",
    n: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> HTMLResponse:
    """One day's deliveries, or those of one post, group or id whatever their day."""
    brand = visit.the_brand
    asked = parse_day(day)
    of_day = asked or zones.local_day(visit.now, visit.zone)
    wanted = deliveries.Wanted(
        day=asked if (post or group or id) else of_day, state=state, group=group, post=post, id=id
    )
    with visit.read() as session:
        found = deliveries.load(session, brand, wanted, number=n)
        sum_ = ledger.day_sum(session, brand, of_day, now=visit.now)
        unknown = deliveries.unknown(session, brand)
        attempts = deliveries.attempts(session, [row.id for row in found.rows]) if id or post else {}
    return page(
        request, visit, "deliveries.html", section="/deliveries", found=found, wanted=wanted, sum=sum_,
        unknown=unknown, attempts=attempts, day=of_day, before=of_day - timedelta(days=1),
        after=of_day + timedelta(days=1), link=Links(wanted),
    )  # fmt: skip


@router.post("/deliveries/{delivery_id}/answer")
def answer(
    visit: Answerer,
    delivery_id: str,
    arrived: Annotated[str, Form(pattern="^(yes|no)$")],
    back: Annotated[str, Form(max_length=2000)] = "/deliveries",
) -> Response:
    """A person says whether it arrived."""
    with visit.write() as session:
        deliveries.get(session, visit.the_brand, delivery_id)
        ledger.answer_unknown(
            session, delivery_id, arrived=arrived == "yes", user=visit.user(session), now=visit.now
        )
    return go(safe_back(back), said="answered")


class Links:
    """Addresses of the same list with one thing changed."""

    def __init__(self, wanted: deliveries.Wanted) -> None:
        self._base = {
            "day": wanted.day or "", "state": wanted.state, "group": wanted.group, "post": wanted.post or "", "id": wanted.id,
        }  # fmt: skip

    def __call__(self, **changed: object) -> str:
        query = {key: str(value) for key, value in (self._base | changed).items() if value}
        return "/deliveries?" + urlencode(query)
