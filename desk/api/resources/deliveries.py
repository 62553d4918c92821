"""Deliveries and the day's ledger."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query

from content_calendar import ledger
from desk.api import models, paging
from desk.api.idempotency import IdempotentRoute
from desk.queries import deliveries
from desk.web.guards import Answerer, Number, Reader

router = APIRouter(tags=["deliveries"], route_class=IdempotentRoute)


@router.get("/deliveries", summary="List deliveries")
def list_deliveries(
    visit: Reader,
    day: Annotated[date | None, Query()] = None,
    state: Annotated[str, Query(max_length=16, description="a delivery state, or `open`")] = "",
    group: Annotated[str, Query(max_length=64, description="a group's code")] = "",
    post: Number = None,
    cursor: paging.Cursor = "",
    limit: paging.Limit = 100,
) -> models.ListOf[models.DeliveryOut]:
    """By moment, oldest first, with their honest states."""
    wanted = deliveries.Wanted(day=day, state=state, group=group, post=post)
    with visit.read() as session:
        rows = deliveries.listed(
            session, visit.the_brand, wanted, after=paging.place(cursor), limit=limit + 1
        )
    more = paging.cursor(rows[limit - 1].due_at, rows[limit - 1].id) if len(rows) > limit else None
    return models.ListOf(items=[models.DeliveryOut.model_validate(row) for row in rows[:limit]], next=more)


@router.get("/deliveries/{delivery_id}", summary="One delivery")
def get_delivery(visit: Reader, delivery_id: str) -> models.DeliveryOut:
    """Where one (post, group) pair stands."""
    with visit.read() as session:
        return models.DeliveryOut.model_validate(deliveries.get(session, visit.the_brand, delivery_id))


@router.post("/deliveries/{delivery_id}/answer", summary="Did it arrive?")
def answer(visit: Answerer, delivery_id: str, body: models.AnswerIn) -> models.DeliveryOut:
    """A person's answer for a delivery whose outcome is unknown."""
    with visit.write() as session:
        deliveries.get(session, visit.the_brand, delivery_id)
        ledger.answer_unknown(
            session, delivery_id, arrived=body.arrived, user=visit.user(session), now=visit.now
        )
    with visit.read() as session:
        return models.DeliveryOut.model_validate(deliveries.get(session, visit.the_brand, delivery_id))


@router.get("/ledger/{day}", summary="A day's sum")
def day_sum(visit: Reader, day: date) -> models.LedgerOut:
    """planned = sent + handed_over + confirmed + refused + unknown + skipped + expired + cancelled + open, and whether it holds."""
    with visit.read() as session:
        return models.LedgerOut.model_validate(ledger.day_sum(session, visit.the_brand, day, now=visit.now))
