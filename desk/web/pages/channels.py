"""Channels (`/settings/channels`): the lead connects the WeCom app, says who owners are, opens closed roads again."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime, time
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse
from sqlalchemy import select
from sqlalchemy.orm import Session

from content_calendar import send_desk, zones
from content_calendar.tables import User
from desk import errors
from desk.auth import users
from desk.web.guards import LARGEST, ChannelKeeper, Id
from desk.web.rendering import go, page
from desk.web.visit import Visit
from workers import connections

router = APIRouter(include_in_schema=False, prefix="/settings/channels")
Short = Annotated[str, Form(max_length=80)]
UserId = Annotated[int, Form(ge=0, le=LARGEST)]
HERE = "/settings/channels"


@router.get("", response_class=HTMLResponse)
def show(request: Request, visit: ChannelKeeper) -> HTMLResponse:
    """What is connected, who owners are, what is closed."""
    return _show(request, visit)


@router.post("/account")
def account(
    request: Request,
    visit: ChannelKeeper,
    corp: Short = "",
    agent: Short = "",
    secret: Annotated[str, Form(max_length=400)] = "",
) -> Response:
    """Connect the app; an empty secret keeps the one there is."""

    def act(session: Session) -> None:
        connections.set_account(
            session, visit.brand_in(session), visit.runtime.settings.secrets, corp_id=corp, agent_id=agent,
            secret=secret, actor=visit.visitor.actor, now=visit.now,
        )  # fmt: skip

    return _act(request, visit, act)


@router.post("/callback")
def listen(
    request: Request, visit: ChannelKeeper, token: Short = "", aes_key: Annotated[str, Form(max_length=120)] = ""
) -> Response:  # fmt: skip
    """What opens the platform's letters; the first time makes the address."""

    def act(session: Session) -> None:
        connections.set_callback(
            session, visit.brand_in(session), visit.runtime.settings.secrets, token=token, aes_key=aes_key,
            word=secrets.token_hex(12), actor=visit.visitor.actor, now=visit.now,
        )  # fmt: skip

    return _act(request, visit, act)


@router.post("/confirming")
def confirming(
    request: Request,
    visit: ChannelKeeper,
    mode: Short = "",
    minutes: Annotated[int, Form(ge=0, le=LARGEST)] = 0,
) -> Response:
    """The platform's allowance and how long owners may confirm."""

    def act(session: Session) -> None:
        connections.set_confirming(
            session,
            visit.brand_in(session),
            mode=mode,
            minutes=minutes,
            actor=visit.visitor.actor,
            now=visit.now,
        )

    return _act(request, visit, act)


@router.post("/owner")
def owner(
    request: Request, visit: ChannelKeeper, name: Short = "", userid: Short = "", user: UserId = 0,
    deputy: UserId = 0, until: Annotated[str, Form(max_length=10)] = "",
) -> Response:  # fmt: skip
    """Who an owner is, and who stands in through which day."""

    def act(session: Session) -> None:
        send_desk.set_owner(
            session, visit.brand_in(session), name, userid=userid,
            user=users.by_id(session, user) if user else None,
            deputy=users.by_id(session, deputy) if deputy else None,
            deputy_until=_end_of(until, visit) if until else None, no_deputy=not deputy,
        )  # fmt: skip

    return _act(request, visit, act)


@router.post("/{group_id}/reopen")
def reopen(request: Request, visit: ChannelKeeper, group_id: Id) -> Response:
    """The robot was mended."""

    def act(session: Session) -> None:
        connections.reopen(
            session, visit.brand_in(session), group_id, visit.runtime.settings.secrets, actor=visit.visitor.actor,
            now=visit.now,
        )  # fmt: skip

    return _act(request, visit, act)


def _act(request: Request, visit: Visit, act: Callable[[Session], None]) -> Response:
    """Carry out and go back; what is refused is said on the page."""
    try:
        with visit.write() as session:
            act(session)
    except errors.REFUSALS as error:
        return _show(request, visit, wrong=errors.say(error, visit.lang), status=422)
    return go(HERE, said="saved")


def _end_of(day: str, visit: Visit) -> datetime:
    """The last minute of a day in the brand's zone."""
    try:
        found = datetime.fromisoformat(day).date()
    except ValueError as error:
        raise errors.DeskError(
            "代班的日期读不懂，请写成 2026-11-30。",
            code="owner.day",
            english="Write the day like 2026-11-30.",
        ) from error
    return zones.place(found, time(23, 59), visit.zone).instant


def _show(request: Request, visit: Visit, *, wrong: str = "", status: int = 200) -> HTMLResponse:
    with visit.read() as session:
        people = session.scalars(
            select(User).where(User.active.is_(True), User.role != "service").order_by(User.name)
        ).all()
        return page(
            request, visit, "channels.html", section="/settings", wrong=wrong, status=status,
            account=connections.account_of(session, visit.the_brand),
            outside=visit.runtime.settings.public_url.rstrip("/"),
            owners=send_desk.who_is(session, visit.the_brand), people=people,
            closed=connections.closed(session, visit.the_brand, visit.runtime.settings.secrets),
        )  # fmt: skip
