"""Settings (`/settings`): the desk's users for the lead, one's own password, tokens and open sessions."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse

from content_calendar import audit
from content_calendar.tables import User
from desk import errors
from desk.auth import links, tokens, users
from desk.auth.roles import May, Role
from desk.queries import people
from desk.web import i18n
from desk.web.guards import LARGEST, Id, Reader, TokenKeeper, UserKeeper
from desk.web.pages.calendar_feed import base_of
from desk.web.rendering import go, page
from desk.web.visit import Visit

router = APIRouter(include_in_schema=False)
Name = Annotated[str, Form(max_length=80)]


@router.get("/settings", response_class=HTMLResponse)
def settings(request: Request, visit: Reader) -> HTMLResponse:
    """One's own account; users too for the lead."""
    return _show(request, visit)


@router.post("/settings/users")
def add_user(
    request: Request, visit: UserKeeper, name: Name = "", role: Name = "editor", display: Name = ""
) -> Response:
    """Add a user and show the one-time link they come in by (a service account gets a token instead)."""
    secret = link = ""
    try:
        with visit.write() as session:
            user = users.create(
                session, name=name, role=role, display=display, now=visit.now, actor=visit.visitor.actor
            )
            if user.role == Role.service:
                secret = tokens.create(session, user, "默认", now=visit.now, actor=visit.visitor.actor).secret
            else:
                link = _address(request, links.issue(session, user.name, now=visit.now))
    except errors.DeskError as error:
        return _show(request, visit, wrong=errors.say(error, visit.lang), status=error.status)
    return _show(request, visit, secret=secret, link=link, of=user)


@router.post("/settings/users/{user_id}/link")
def new_link(request: Request, visit: UserKeeper, user_id: Id) -> Response:
    """A one-time sign-in link for a user who lost their way in."""
    with visit.write() as session:
        user = users.by_id(session, user_id)
        token = links.issue(session, user.name, now=visit.now)
    return _show(request, visit, link=_address(request, token), of=user)


@router.post("/settings/users/{user_id}/disable")
def disable(visit: UserKeeper, user_id: Id) -> Response:
    """Shut a user out."""
    with visit.write() as session:
        users.disable(session, users.by_id(session, user_id), now=visit.now, actor=visit.visitor.actor)
    return go("/settings", said="user_off")


@router.post("/settings/users/{user_id}/enable")
def enable(visit: UserKeeper, user_id: Id) -> Response:
    """Let a user in again."""
    with visit.write() as session:
        users.enable(session, users.by_id(session, user_id), now=visit.now, actor=visit.visitor.actor)
    return go("/settings", said="user_on")


@router.post("/settings/users/{user_id}/role")
def change_role(visit: UserKeeper, user_id: Id, role: Name = "") -> Response:
    """Give a user another role."""
    with visit.write() as session:
        users.set_role(session, users.by_id(session, user_id), role, now=visit.now, actor=visit.visitor.actor)
    return go("/settings", said="saved")


@router.post("/settings/password")
def change_password(
    request: Request,
    visit: TokenKeeper,
    old: Annotated[str, Form(max_length=1000)] = "",
    new: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """A new password for oneself; the old one is asked for when there is one."""
    from desk.auth import passwords

    try:
        request.app.state.throttle.try_sign_in(
            visit.visitor.name, request.client.host if request.client else ""
        )
        with visit.write() as session:
            user = visit.user(session)
            if user.password and not passwords.matches(old, user.password):
                raise errors.DeskError(
                    "原来的密码不对，请再试。",
                    code="auth.wrong",
                    english="The old password is wrong; try again.",
                )
            users.set_password(session, user, new, now=visit.now, actor=visit.visitor.actor)
    except errors.DeskError as error:
        return _show(request, visit, wrong=errors.say(error, visit.lang), status=error.status)
    return go("/settings", said="saved")


@router.post("/settings/tokens")
def add_token(
    request: Request, visit: TokenKeeper, name: Name = "", user_id: Annotated[int, Form(ge=0, le=LARGEST)] = 0
) -> Response:
    """A token for oneself; the lead may make one for a service account."""
    try:
        with visit.write() as session:
            owner = _owner(visit, users.by_id(session, user_id)) if user_id else visit.user(session)
            made = tokens.create(session, owner, name, now=visit.now, actor=visit.visitor.actor)
    except errors.DeskError as error:
        return _show(request, visit, wrong=errors.say(error, visit.lang), status=error.status)
    return _show(request, visit, secret=made.secret, of=owner)


@router.post("/settings/calendar")
def add_feed(request: Request, visit: TokenKeeper) -> Response:
    """A private address of the brand's calendar for oneself, shown once."""
    name = i18n._("日历订阅 · {brand}", brand=visit.the_brand.name)
    try:
        with visit.write() as session:
            made = tokens.create(
                session, visit.user(session), name, now=visit.now, actor=visit.visitor.actor, mark=tokens.FEED
            )  # fmt: skip
    except errors.DeskError as error:
        return _show(request, visit, wrong=errors.say(error, visit.lang), status=error.status)
    return _show(request, visit, feed=f"{base_of(request)}/calendar/{visit.the_brand.id}/{made.secret}.ics")


@router.post("/settings/tokens/{token_id}/revoke")
def revoke_token(visit: TokenKeeper, token_id: Id) -> Response:
    """End a token: one's own, or anybody's for the lead."""
    with visit.write() as session:
        owner = None if visit.may(May.users) else visit.user(session)
        tokens.revoke(session, token_id, owner=owner, now=visit.now, actor=visit.visitor.actor)
    return go("/settings", said="token_off")


def _owner(visit: Visit, user: User) -> User:
    """Whom a token may be made for: oneself, or (the lead) a service account."""
    if user.id == visit.visitor.id or (visit.may(May.users) and user.role == Role.service):
        return user
    raise errors.Forbidden(
        "只能给自己或程序账号建令牌。", english="Make tokens for yourself or for a service account only."
    )


def _address(request: Request, token: str) -> str:
    return f"{base_of(request)}/link/{token}"


def _show(
    request: Request,
    visit: Visit,
    *,
    wrong: str = "",
    status: int = 200,
    link: str = "",
    secret: str = "",
    feed: str = "",
    of: User | None = None,
) -> HTMLResponse:
    with visit.read() as session:
        accounts = people.accounts(session) if visit.may(May.users) else []
        services = [account.user.id for account in accounts if account.user.role == Role.service]
        live = people.tokens_of(session, [visit.visitor.id, *services])
        me = visit.user(session)
    return page(
        request, visit, "settings.html", section="/settings", status=status, wrong=wrong, accounts=accounts,
        tokens=live, me=me, link=link, secret=secret, feed=feed, of=of, roles=list(Role),
    )  # fmt: skip


@router.post("/settings/four-eyes")
def four_eyes(visit: UserKeeper, on: Annotated[str, Form(max_length=3)] = "") -> Response:
    """Whether offers of this brand need two people."""
    with visit.write() as session:
        brand = visit.brand_in(session)
        before, brand.offers_need_two = brand.offers_need_two, bool(on)
        audit.note(
            session, brand_id=brand.id, now=visit.now, actor=visit.visitor.actor, action="brand.four_eyes",
            subject="brand", subject_id=brand.id, detail={"before": before, "after": bool(on)},
        )  # fmt: skip
    return go("/settings", said="four_eyes_on" if on else "four_eyes_off")
