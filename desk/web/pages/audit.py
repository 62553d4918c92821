"""Audit (`/audit`): who did what, newest first."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from desk.queries import audit
from desk.web.guards import Auditor, Number
from desk.web.rendering import page

router = APIRouter(include_in_schema=False)
SUBJECTS = (
    audit.PEOPLE,
    "post",
    "delivery",
    "brand",
    "note",
    "script",
    "knowledge",
    "offer",
    "gap",
    "user",
    "token",
    "prompt",
)


@router.get("/audit", response_class=HTMLResponse)
def trail(
    request: Request,
    visit: Auditor,
    before: Number = None,
    subject: Annotated[str, Query(max_length=20)] = "",
    who: Annotated[str, Query(max_length=40)] = "",
) -> HTMLResponse:
    """A page of events."""
    with visit.read() as session:
        found = audit.load(session, visit.brand, before=before, subject=subject, who=who.strip())
    return page(
        request,
        visit,
        "audit.html",
        section="/audit",
        trail=found,
        subject=subject,
        who=who,
        subjects=SUBJECTS,
    )
