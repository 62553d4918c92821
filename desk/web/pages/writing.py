"""Planning from the desk: plan a week and ask a worker for its drafts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Response
from sqlalchemy import select

from content_calendar import zones
from content_calendar.plan import planner
from content_calendar.states import PostState
from content_calendar.tables import Post
from desk.acts import rewriting
from desk.errors import DeskError
from desk.web.guards import Scheduler
from desk.web.rendering import go
from workers import channels

router = APIRouter(include_in_schema=False)
DAYS = 7


@router.post("/plan")
def plan(visit: Scheduler, start: Annotated[str, Form(max_length=10)] = "") -> Response:
    """Plan the week that begins on ``start`` (not before today) and ask a worker for its drafts."""
    first = _day(start)
    today = zones.local_day(visit.now, visit.zone)
    end = first + timedelta(days=DAYS)
    begin = max(first, today)
    if begin >= end:
        raise DeskError(
            "过去的日子不能再排期，请选今天或以后。",
            code="plan.past",
            english="The past cannot be planned; choose today or later.",
        )
    with visit.write() as session:
        planner.plan(
            session, visit.brand_in(session), start=begin, days=(end - begin).days, now=visit.now,
            installed=channels.known(),
        )  # fmt: skip
        wanted = session.scalars(
            select(Post.id)
            .where(Post.brand_id == visit.the_brand.id, Post.state == PostState.planned)
            .where(Post.day >= begin, Post.day < end)
            .order_by(Post.due_at)
        ).all()
    if wanted:
        rewriting.write_window(visit.runtime, list(wanted))
    return go(f"/?from={first}", said="planned")


def _day(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError as error:
        raise DeskError(
            "日期要写成 2026-11-23 这样。", code="request.day", english="Write the day like 2026-11-23."
        ) from error
