"""Figures of a period as JSON: the same tables as the page, by name."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from desk.queries import figures
from desk.web.guards import Reader
from desk.web.period import period

router = APIRouter(tags=["figures"])


@router.get("/figures", summary="Figures of a period")
def of_period(
    visit: Reader,
    from_: Annotated[str, Query(alias="from", max_length=10, description="first day, ISO")] = "",
    to: Annotated[str, Query(max_length=10, description="last day, ISO; default today")] = "",
) -> dict[str, Any]:
    """Posts and deliveries by state, and every table (days, kinds, lateness, models, heat) as a list of objects."""
    first, last = period(visit, from_, to)
    with visit.read() as session:
        found = figures.load(session, visit.the_brand, first=first, last=last)
    return figures.document(found)
