"""An owner's list of the day: what to send by hand, and what the owner says of each group."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy.orm import Session

from content_calendar import send_desk, zones
from content_calendar.tables import Brand
from desk.api import models
from desk.api.idempotency import IdempotentRoute
from desk.errors import Forbidden
from desk.web.guards import Id, Reader, Reporter
from desk.web.visit import Visit

router = APIRouter(tags=["send"], route_class=IdempotentRoute)
SEES_ALL = frozenset({"editor", "lead", "service"})
SPEAKS_FOR_ALL = frozenset({"editor", "lead"})


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
        owners = _owners(session, visit, visit.the_brand, owner, SEES_ALL)
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
        owners = _owners(session, visit, brand, body.owner, SPEAKS_FOR_ALL)
        count = send_desk.report(
            session, brand, post_id, said, owners=owners, user=visit.user(session), now=visit.now,
            deliveries=body.deliveries,
        )  # fmt: skip
    return models.SendReportedOut(groups=count)


def _owners(session: Session, visit: Visit, brand: Brand, asked: str, free: frozenset[str]) -> Sequence[str]:
    """Whose list: the one asked for when the visitor may, else the visitor's own; Forbidden for another's."""
    mine = send_desk.owners_of(session, brand, visit.user(session), now=visit.now)
    if not asked:
        return (
            mine
            if mine or visit.visitor.role not in free
            else [who.name for who in send_desk.who_is(session, brand)]
        )
    if asked not in mine and visit.visitor.role not in free:
        raise Forbidden(
            f"「{asked[:40]}」的待发不归你，请让主管把你设为代班。",
            english=f"The list of {asked[:40]!r} is not yours; ask the lead to make you the deputy.",
        )
    return [asked]
