"""Notices (`/notices`): what the lead must be told, until somebody has read it."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from sqlalchemy import update

from content_calendar import notices
from content_calendar.tables import Notice
from desk.web.guards import Id, NoticeReader, Reader
from desk.web.rendering import go, page

router = APIRouter(include_in_schema=False)


@router.get("/notices", response_class=HTMLResponse)
def told(request: Request, visit: Reader, all: int = 0) -> HTMLResponse:
    """Unread notices, or every one."""
    with visit.read() as session:
        found = notices.unread(session, visit.the_brand.id, everything=bool(all))[:500]
    return page(request, visit, "notices.html", section="/notices", notices=found, everything=bool(all))


@router.post("/notices/read-all")
def read_all(visit: NoticeReader) -> Response:
    """Everything has been seen."""
    with visit.write() as session:
        session.execute(
            update(Notice)
            .where(Notice.brand_id == visit.the_brand.id, Notice.read_at.is_(None), Notice.at <= visit.now)
            .values(read_at=visit.now, read_by=visit.visitor.name)
        )
    return go("/notices", said="read")


@router.post("/notices/{notice_id}/read")
def read(visit: NoticeReader, notice_id: Id) -> Response:
    """One has been seen."""
    with visit.write() as session:
        notices.mark_read(session, visit.the_brand.id, notice_id, by=visit.visitor.name, now=visit.now)
    return go("/notices", said="read")
