"""The door: sign-in, one-time links, sign-out, and the visitor's own choices of language, look and brand."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse

from content_calendar.tables import User
from desk.auth import links, sessions, sign_in, users
from desk.errors import DeskError, SignInNeeded, Throttled
from desk.web.guards import Reader
from desk.web.i18n import LANGS
from desk.web.rendering import go, render, theme_of
from desk.web.said import SENTENCES, safe_back
from desk.web.visit import (
    BRAND_COOKIE,
    LANG_COOKIE,
    SESSION_COOKIE,
    THEME_COOKIE,
    language_of,
    runtime_of,
    visit_of,
)

router = APIRouter(include_in_schema=False)
YEAR = 31_536_000
PUBLIC = frozenset({"/sign-in", "/link/{token}", "/preferences", "/sign-out"})  # open to anybody


@router.get("/sign-in", response_class=HTMLResponse)
def door(request: Request, next: str = "/") -> Response:
    """The sign-in page; who is signed in already goes on."""
    try:
        visit_of(request)
    except SignInNeeded:
        response = _door(request, next=next)
        if request.query_params.get("lang") in LANGS:
            _keep(request, response, LANG_COOKIE, request.query_params["lang"])
        return response
    return go(safe_back(next))


@router.post("/sign-in", response_class=HTMLResponse)
def come_in(
    request: Request,
    name: Annotated[str, Form(max_length=200)] = "",
    password: Annotated[str, Form(max_length=1000)] = "",
    next: Annotated[str, Form(max_length=2000)] = "/",
) -> Response:
    """Sign in with name and password: throttled, and silent about which of the two was wrong."""
    runtime = runtime_of(request)
    try:
        request.app.state.throttle.try_sign_in(name, _address(request))
        with runtime.database.read() as session:
            user = sign_in.check(session, name, password)
    except Throttled as error:
        return _door(request, next=next, name=name, error=error, status=429)
    except DeskError as error:
        return _door(request, next=next, name=name, error=error, status=401)
    return _signed_in(request, user, safe_back(next))


@router.get("/link/{token}", response_class=HTMLResponse)
def show_link(request: Request, token: str) -> Response:
    """What a one-time link is for. Looking does not use it up."""
    request.app.state.throttle.try_link(_address(request))
    runtime = runtime_of(request)
    with runtime.database.read() as session:
        user = links.peek(session, token, now=runtime.clock.now())
    return _link_page(request, token, user)


@router.post("/link/{token}", response_class=HTMLResponse)
def use_link(
    request: Request,
    token: str,
    display: Annotated[str, Form(max_length=80)] = "",
    password: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """Use the link up, keep the name and password given, and sign in."""
    request.app.state.throttle.try_link(_address(request))
    runtime = runtime_of(request)
    now = runtime.clock.now()
    try:
        with runtime.database.write() as session:
            user = links.redeem(session, token, now=now)
            if display.strip():
                users.set_display(session, user, display)
            if password:
                users.set_password(session, user, password, now=now, actor=f"user:{user.name}")
                sessions.end_all(session, user)
    except DeskError as error:
        if error.code != "auth.password_length":
            raise
        with runtime.database.read() as session:
            return _link_page(request, token, links.peek(session, token, now=now), error=error)
    return _signed_in(request, user, "/")


@router.post("/sign-out")
def leave(request: Request) -> Response:
    """Sign this browser out."""
    cookie = request.cookies.get(SESSION_COOKIE, "")
    if cookie:
        with runtime_of(request).database.write() as session:
            sessions.end(session, cookie)
    response = go("/sign-in", said="signed_out")
    response.delete_cookie(SESSION_COOKIE, path="/")
    return response


@router.post("/sign-out-everywhere")
def leave_everywhere(request: Request, visit: Reader) -> Response:
    """End every other session of this person."""
    with visit.write() as session:
        sessions.end_all(session, visit.user(session), except_cookie=request.cookies.get(SESSION_COOKIE, ""))
    return go("/settings", said="signed_out_all")


@router.post("/preferences")
def choose(
    request: Request,
    back: Annotated[str, Form(max_length=2000)] = "/",
    theme: Annotated[str, Form(max_length=5)] = "",
    lang: Annotated[str, Form(max_length=2)] = "",
    brand: Annotated[str, Form(max_length=12)] = "",
) -> Response:
    """Keep the look, the language or the brand this browser shows."""
    response = go(safe_back(back))
    if theme in {"light", "dark", "auto"}:
        _keep(request, response, THEME_COOKIE, theme)
    if lang in LANGS:
        _keep(request, response, LANG_COOKIE, lang)
    if brand.isdigit():
        _keep(request, response, BRAND_COOKIE, brand)
    return response


def _door(
    request: Request, *, next: str, name: str = "", error: DeskError | None = None, status: int = 200
) -> HTMLResponse:
    lang = language_of(request)
    wrong = (error.english if lang == "en" else str(error)) if error else ""
    return render(
        "sign_in.html", lang=lang, status=status, headers=error.headers if error else None, theme=theme_of(request),
        next=safe_back(next), name=name, wrong=wrong, said=SENTENCES.get(request.query_params.get("said", ""), ""),
    )  # fmt: skip


def _link_page(request: Request, token: str, user: User, *, error: DeskError | None = None) -> HTMLResponse:
    lang = language_of(request)
    return render(
        "link.html", lang=lang, status=422 if error else 200, theme=theme_of(request), token=token, user=user,
        wrong=(error.english if lang == "en" else str(error)) if error else "",
    )  # fmt: skip


def _signed_in(request: Request, user: User, back: str) -> Response:
    runtime = runtime_of(request)
    with runtime.database.write() as session:
        row = users.by_id(session, user.id)
        cookie = sessions.open_(
            session, row, now=runtime.clock.now(), replaces=request.cookies.get(SESSION_COOKIE, "")
        )
    response = go(back)
    response.set_cookie(
        SESSION_COOKIE, cookie, max_age=int(sessions.LIFE.total_seconds()), path="/", httponly=True,
        samesite="lax", secure=_https(request),
    )  # fmt: skip
    return response


def _keep(request: Request, response: Response, name: str, value: str) -> None:
    response.set_cookie(
        name, value, max_age=YEAR, path="/", httponly=True, samesite="lax", secure=_https(request)
    )


def _https(request: Request) -> bool:
    public: str = runtime_of(request).settings.public_url
    return request.url.scheme == "https" or public.startswith("https://")


def _address(request: Request) -> str:
    return request.client.host if request.client else ""
