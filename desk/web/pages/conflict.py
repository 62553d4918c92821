"""Two editors at once: the second sees who changed what, keeps their own text, and overwrites nothing unknowingly."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from sqlalchemy import select

from content_calendar import revised
from content_calendar.tables import Revision
from desk.queries import diffing
from desk.queries import post as posts
from desk.web.rendering import page
from desk.web.said import safe_back
from desk.web.visit import Visit

router = APIRouter(include_in_schema=False)


def show(
    request: Request, visit: Visit, post_id: int, *, mine: str, base_hash: str, back: str
) -> HTMLResponse:
    """What the other one did, beside what this editor wanted to save (409)."""
    with visit.read() as session:
        found = posts.get(session, visit.the_brand, post_id)
        theirs = revised.newest(session, found)
        base = session.scalar(
            select(Revision)
            .where(Revision.post_id == found.id, Revision.hash == base_hash)
            .order_by(Revision.number.desc())
            .limit(1)
        )
    text = theirs.text if theirs else ""
    return page(
        request, visit, "conflict.html", section="/", status=409, post=found, theirs=theirs, mine=mine,
        did=diffing.changes(base.text if base else "", text),
        differs=diffing.changes(text, mine.replace("\r\n", "\n").strip()), back=safe_back(back),
    )  # fmt: skip
