"""Moving posts about the week and adding one to an empty slot.

A drop is answered in JSON with one sentence, because the page stays; the form for adding answers like every other.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import JSONResponse
from sqlalchemy.orm import Session

from content_calendar import review, zones
from content_calendar.tables import Post
from desk import errors
from desk.errors import DeskError
from desk.queries import post as posts
from desk.web import i18n, words
from desk.web.guards import Id, Scheduler
from desk.web.i18n import _
from desk.web.pages import week
from desk.web.rendering import go
from desk.web.visit import Visit

router = APIRouter(include_in_schema=False)
Day = Annotated[str, Form(max_length=10)]
Wall = Annotated[str, Form(alias="time", max_length=8)]
UNDO_SECONDS = 10  # how long the page offers it; the calendar allows a little longer


@router.post("/posts/{post_id}/move")
def move(visit: Scheduler, post_id: Id, day: Day = "", at: Wall = "") -> Response:
    """Where a card was dropped; refused with the reason, and the card goes back."""

    def act(session: Session, post: Post) -> datetime:
        new_day, new_time = moment_of(day, at)
        return review.reschedule(
            session, post, day=new_day, time=new_time, user=visit.user(session), now=visit.now
        )

    return _answer(visit, post_id, act, said=lambda when: _("已改到{when}。", when=when), undo=UNDO_SECONDS)


@router.post("/posts/{post_id}/move/undo")
def undo(visit: Scheduler, post_id: Id) -> Response:
    """Back to where it was."""

    def act(session: Session, post: Post) -> datetime:
        return review.undo(session, post, user=visit.user(session), now=visit.now)

    return _answer(visit, post_id, act, said=lambda when: _("已放回{when}。", when=when), undo=0)


@router.post("/posts/new")
def new(
    request: Request,
    visit: Scheduler,
    day: Day = "",
    at: Wall = "",
    tier: Annotated[str, Form(max_length=8)] = "",
    kind: Annotated[str, Form(max_length=24)] = "",
    theme: Annotated[str, Form(max_length=200)] = "",
    row: Annotated[str, Form(max_length=9)] = "",
) -> Response:
    """Add a post to the calendar and go to it."""
    try:
        wanted_day, wanted_time = moment_of(day, at)
        with visit.write() as session:
            post = review.add(
                session, visit.brand_in(session), day=wanted_day, time=wanted_time, tier=tier, kind=kind, theme=theme,
                key=secrets.token_hex(8), user=visit.user(session), now=visit.now,
                row_id=int(row) if row.isascii() and row.isdigit() else None,
            )  # fmt: skip
            made = post.id
    except errors.REFUSALS as error:
        wrong, status = errors.say(error, visit.lang), errors.status_of(error)
        return week.show(request, visit, day=day, wrong=wrong, status=status)
    return go(f"/posts/{made}", said="added")


def _answer(
    visit: Visit,
    post_id: int,
    act: Callable[[Session, Post], datetime],
    *,
    said: Callable[[str], str],
    undo: int,
) -> JSONResponse:
    i18n.use(visit.lang)
    try:
        with visit.write() as session:
            instant = act(session, posts.get(session, visit.the_brand, post_id))
    except errors.REFUSALS as error:
        wrong = {"said": errors.say(error, visit.lang), "code": errors.code_of(error)}
        return JSONResponse(wrong, status_code=errors.status_of(error))
    local = instant.astimezone(visit.zone)
    when = f"{words.weekday(zones.local_day(instant, visit.zone))} {local:%H:%M}"
    return JSONResponse({"said": said(when), "undo": undo})


def moment_of(day: str, at: str) -> tuple[date, time]:
    """A wall day and time from a form, or a refusal that shows how they are written."""
    try:
        return date.fromisoformat(day), time.fromisoformat(at)
    except ValueError as error:
        raise DeskError(
            "日期和时间要写成 2026-11-23 和 09:00 这样。",
            code="post.bad_moment",
            english="Write the moment like 2026-11-23 and 09:00.",
        ) from error
