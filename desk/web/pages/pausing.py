"""The panic switch and the way back: pause everything, then decide on what fell due meanwhile."""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse

from content_calendar import review
from content_calendar.review import Choice
from content_calendar.tables import Post
from desk.errors import DeskError
from desk.queries import cards
from desk.web.guards import Pauser, Resumer
from desk.web.rendering import go, page

router = APIRouter(include_in_schema=False)
CHOICES = ("send", "drop", "hold")


@router.post("/pause")
def pause(visit: Pauser, reason: Annotated[str, Form(max_length=200)] = "") -> Response:
    """Stop everything of this brand."""
    with visit.write() as session:
        review.pause_brand(
            session, visit.brand_in(session), user=visit.user(session), reason=reason, now=visit.now
        )
    return go("/", said="paused")


@router.get("/resume", response_class=HTMLResponse)
def ask(request: Request, visit: Resumer) -> Response:
    """What fell due during the pause, each with three choices."""
    if visit.the_brand.paused_at is None:
        return go("/")
    with visit.read() as session:
        overdue = review.resume_preview(session, visit.the_brand, visit.now)
        shown = {
            card.id: card
            for card in cards.load(
                session, visit.the_brand, Post.id.in_([item.post_id for item in overdue]), now=visit.now
            )
        }
    return page(request, visit, "resume.html", section="/", overdue=overdue, cards=shown)


@router.post("/resume")
async def resume(request: Request, visit: Resumer) -> Response:
    """Go on as chosen; what nobody chose for is held."""
    form = await request.form(max_fields=5000)
    choices = dict(_choice(key, str(value)) for key, value in form.items() if key.startswith("choice-"))
    with visit.write() as session:
        review.resume_brand(
            session, visit.brand_in(session), user=visit.user(session), choices=choices, now=visit.now
        )
    return go("/", said="resumed")


def _choice(key: str, value: str) -> tuple[int, Choice]:
    number = key.removeprefix("choice-")
    if not number.isdigit() or value not in CHOICES:
        raise DeskError(
            "选择读不懂，请刷新后再选。",
            code="request.invalid",
            english="The choice is unreadable; refresh and choose again.",
        )
    return int(number), cast(Choice, value)
