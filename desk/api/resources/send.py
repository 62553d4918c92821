"""An owner's list of the day: what to send by hand, and what the owner says of each group."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query

from content_calendar import send_desk, zones
from desk.api import models
from desk.api.idempotency import IdempotentRoute
from desk.web import whose
from desk.web.guards import Id, Reader, Reporter

router = APIRouter(tags=["send"], route_class=IdempotentRoute)


@router.get("/send", summary="An owner's list of the day")
def send_list(
    visit: Reader,
    day: Annotated[
        date | None, Query(description="wall day in the brand's zone; today when left out")
    ] = None,
    owner: Annotated[
        str, Query(max_length=80, description="an owner as the workbook names one; left out: yours")
    ] = "",
) -> models.ListOf[models.SendItemOut]:
    """By slot. `proof` says whose word a confirmation is: the owner's own or the platform's."""
    where = zones.zone(visit.the_brand.zone)
    with visit.read() as session:
        owners = whose.owners(session, visit, visit.the_brand, owner, whose.SEES_ALL)
        items = send_desk.of_day(
            session, visit.the_brand, owners, day or zones.local_day(visit.now, where), now=visit.now
        )
    return models.ListOf(items=[models.SendItemOut.model_validate(item) for item in items])


@router.post("/send/{post_id}", summary="Say how a post stands")
def send_report(visit: Reporter, post_id: Id, body: models.SendReportIn) -> models.SendReportedOut:
    """Done, postponed or cannot; for the groups named, or all of yours that still wait."""
    said = send_desk.Said(body.action, body.reason, body.until)
    with visit.write() as session:
        brand = visit.brand_in(session)
        owners = whose.owners(session, visit, brand, body.owner, whose.SPEAKS_FOR_ALL)
        count = send_desk.report(
            session, brand, post_id, said, owners=owners, user=visit.user(session), now=visit.now,
            deliveries=body.deliveries,
        )  # fmt: skip
    return models.SendReportedOut(groups=count)
