"""What models have cost today and may still cost."""

from __future__ import annotations

from fastapi import APIRouter

from desk.api import models
from desk.api.idempotency import IdempotentRoute
from desk.web.guards import Reader
from workers import till

router = APIRouter(tags=["brand"], route_class=IdempotentRoute)


@router.get("/budget", summary="Today's model budget")
def budget(visit: Reader) -> models.BudgetOut:
    """Used, held back by calls under way, and the limits; all brands share it."""
    with visit.read() as session:
        return models.BudgetOut.model_validate(till.meter(visit.runtime, session, visit.the_brand))
