"""Welcomes (`/welcome`): what new friends and newcomers of groups are told, who wrote it, whether it was said."""

from __future__ import annotations

import secrets
from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse

from content_calendar import friends, group_templates, occasions, welcomes, zones
from desk import errors
from desk.acts import editing, rewriting
from desk.errors import DeskError, Missing
from desk.queries import welcoming
from desk.web.guards import Decider, Id, Reader, Scheduler
from desk.web.rendering import go, page
from desk.web.visit import Visit
from workers import connections

router = APIRouter(include_in_schema=False, prefix="/welcome")
USUAL = timedelta(days=90)  # how long a new text stands unless somebody says otherwise
Short = Annotated[str, Form(max_length=80)]


@router.get("", response_class=HTMLResponse)
def show(request: Request, visit: Reader) -> HTMLResponse:
    """The texts, and the last new friends."""
    return _show(request, visit)


@router.post("")
def new(
    request: Request, visit: Scheduler, occasion: Short = "", owner: Short = "", tier: Short = "",
    until: Annotated[str, Form(max_length=10)] = "", text: Annotated[str, Form(max_length=20_000)] = "",
) -> Response:  # fmt: skip
    """A new welcome: with one's own words it goes to review, without any it is drafted first."""
    try:
        post_id = _add(visit, occasion, owner, tier, until, text)
    except errors.REFUSALS as error:
        return _show(request, visit, wrong=errors.say(error, visit.lang), status=errors.status_of(error))
    return go(f"/posts/{post_id}", said="added")


@router.post("/{post_id}/template")
def make_again(visit: Decider, post_id: Id) -> Response:
    """Somebody looked and there is no template on the platform: it may be made once more."""
    with visit.write() as session:
        if not group_templates.make_again(session, visit.brand_in(session), post_id, now=visit.now):
            raise Missing(
                "这条欢迎语没有等着重建的模板。",
                code="welcome.no_template",
                english="This welcome has no template that waits to be made again.",
            )
    return go("/welcome", said="saved")


def _add(visit: Visit, occasion: str, owner: str, tier: str, until: str, text: str) -> int:
    try:
        last = date.fromisoformat(until)
    except ValueError as error:
        raise DeskError(
            "有效期要写成 2026-12-31 这样。",
            code="welcome.day",
            english="Write the last day like 2026-12-31.",
        ) from error
    with visit.write() as session:
        brand, user = visit.brand_in(session), visit.user(session)
        post = welcomes.add(
            session, brand, occasion=occasion, owner=owner, tier=tier, until=last,
            theme=occasions.NAMES.get(occasion, ""), key=secrets.token_hex(8), user=user, now=visit.now,
        )  # fmt: skip
        if text.strip():
            editing.save(session, post, text, base_hash="", user=user, now=visit.now)
        made = post.id
    if not text.strip():
        rewriting.ask(visit.runtime, made, instruction="", user_name=visit.visitor.name)
    return made


def _show(request: Request, visit: Visit, *, wrong: str = "", status: int = 200) -> HTMLResponse:
    brand = visit.the_brand
    with visit.read() as session:
        return page(
            request, visit, "welcome.html", section="/welcome", wrong=wrong, status=status,
            found=welcoming.load(session, brand, now=visit.now), owners=welcomes.owners(session, brand),
            account=connections.account_of(session, brand), names=occasions.NAMES, limits=occasions.LIMITS,
            event_states=friends.STATES, why=friends.REASONS, template_states=group_templates.STATES,
            usual=zones.local_day(visit.now, visit.zone) + USUAL,
        )  # fmt: skip
