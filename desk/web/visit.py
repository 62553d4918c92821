"""One request by somebody who is known: who, for which brand, in which language, at what time.

Found once per request, from the session cookie or a bearer token. Everything a page or a resource needs
of its surroundings comes in this object.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from fastapi import Request
from sqlalchemy.orm import Session

from content_calendar import brands
from content_calendar.tables import Brand, User
from desk.auth import sessions, tokens
from desk.auth.roles import May, allows, require
from desk.errors import Missing, SignInNeeded
from desk.web.i18n import LANGS
from workers.runtime import Runtime

SESSION_COOKIE = "chongfen_session"
BRAND_COOKIE = "chongfen_brand"
LANG_COOKIE = "chongfen_lang"
THEME_COOKIE = "chongfen_theme"


@dataclass(frozen=True)
class Visitor:
    """Who is there. ``by``: ``session`` (a browser) or ``token`` (a program)."""

    id: int
    name: str
    display: str
    role: str
    by: str

    @property
    def actor(self) -> str:
        """How audit events name this person."""
        return f"user:{self.name}"

    @property
    def called(self) -> str:
        """How the interface names this person."""
        return self.display or self.name


@dataclass(frozen=True)
class Visit:
    """One request's surroundings; ``brand`` is None only before the first import."""

    runtime: Runtime
    visitor: Visitor
    brand: Brand | None
    brands: tuple[Brand, ...]
    lang: str
    now: datetime

    def may(self, what: May) -> bool:
        """True when this visitor's role allows ``what``."""
        return allows(self.visitor.role, what)

    def require(self, what: May) -> None:
        """Raise Forbidden unless this visitor's role allows ``what``."""
        require(self.visitor.role, what)

    @property
    def the_brand(self) -> Brand:
        """The brand; Missing with the next step when there is none yet."""
        if self.brand is None:
            raise Missing(
                "还没有品牌。请先在「品牌」页导入工作簿，或运行 chongfen import 工作簿.xlsx。",
                code="brand.missing",
                english="No brand yet: import a workbook on the Brand page or run chongfen import WORKBOOK.xlsx.",
            )
        return self.brand

    @property
    def zone(self) -> ZoneInfo:
        """The brand's zone."""
        return ZoneInfo(self.the_brand.zone)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session for looking."""
        with self.runtime.database.read() as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session that commits once at its end."""
        with self.runtime.database.write() as session:
            yield session

    def user(self, session: Session) -> User:
        """The visitor's row in this session."""
        user = session.get(User, self.visitor.id)
        if user is None:
            raise SignInNeeded("请先登录。", english="Please sign in.")
        return user

    def brand_in(self, session: Session) -> Brand:
        """The brand's row in this session, so that it can be changed."""
        brand = session.get(Brand, self.the_brand.id)
        assert brand is not None
        return brand


def runtime_of(request: Request) -> Runtime:
    """The process's runtime."""
    runtime: Runtime = request.app.state.runtime
    return runtime


def language_of(request: Request) -> str:
    """``?lang=`` first, then the visitor's choice, then (API) Accept-Language, then the setting."""
    for wanted in (request.query_params.get("lang"), request.cookies.get(LANG_COOKIE)):
        if wanted in LANGS:
            return wanted
    if request.url.path.startswith("/api/"):
        accepted = request.headers.get("accept-language", "").strip().lower()
        if accepted[:2] in LANGS:
            return accepted[:2]
    runtime: Runtime = request.app.state.runtime
    return runtime.settings.lang


def visit_of(request: Request) -> Visit:
    """Who is there; SignInNeeded when nobody is. Cached on the request."""
    known: Visit | None = getattr(request.state, "visit", None)
    if known is not None:
        return known
    runtime = runtime_of(request)
    now = runtime.clock.now()
    with runtime.database.read() as session:
        visitor = _visitor(request, runtime, session)
        known_brands = tuple(brands.customers(session))
    visit = Visit(
        runtime=runtime,
        visitor=visitor,
        brand=_chosen(request, known_brands),
        brands=known_brands,
        lang=language_of(request),
        now=now,
    )
    request.state.visit = visit
    return visit


def _visitor(request: Request, runtime: Runtime, session: Session) -> Visitor:
    now = runtime.clock.now()
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and secret:
        with_token = tokens.find(session, secret.strip())
        if with_token is None:
            raise SignInNeeded(
                "令牌无效或已吊销，请换一个。", code="auth.token", english="The token is unknown or revoked; use another.",
                headers={"WWW-Authenticate": "Bearer"},
            )  # fmt: skip
        user, token = with_token
        if tokens.stale(token, now=now):
            with runtime.database.write() as writing:
                tokens.used(writing, token.id, now=now)
        return _as_visitor(user, "token")
    cookie = request.cookies.get(SESSION_COOKIE, "")
    found = sessions.find(session, cookie, now=now) if cookie else None
    if found is None:
        raise SignInNeeded("请先登录。", english="Please sign in.", headers={"WWW-Authenticate": "Bearer"})
    user, row = found
    if sessions.stale(row, now=now):
        with runtime.database.write() as writing:
            sessions.seen(writing, row.id, now=now)
    return _as_visitor(user, "session")


def _as_visitor(user: User, by: str) -> Visitor:
    return Visitor(id=user.id, name=user.name, display=user.display, role=user.role, by=by)


def _chosen(request: Request, choice: tuple[Brand, ...]) -> Brand | None:
    """The brand asked for by name or number (``?brand=``, then the cookie), else the first."""
    asked = request.query_params.get("brand")
    if asked:
        named = next((brand for brand in choice if asked in {brand.name, str(brand.id)}), None)
        if named is None:
            raise Missing(
                f"没有品牌「{asked[:80]}」。",
                code="brand.missing",
                english=f"There is no brand {asked[:80]!r}.",
            )
        return named
    kept = request.cookies.get(BRAND_COOKIE, "")
    return next((brand for brand in choice if str(brand.id) == kept), choice[0] if choice else None)
