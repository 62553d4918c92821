"""Templates to pages: one strict, autoescaping Jinja2 environment and the filters the pages share.

Everything that is shown is text. Marks that turn the direction of writing are shown by their code, because
they could make a line read differently from what is sent.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from desk.auth.roles import ROLE_NAMES, May
from desk.queries import nav, people
from desk.web import i18n, words
from desk.web.assets import asset
from desk.web.delivery_words import because
from desk.web.said import SENTENCES, with_said
from desk.web.visit import THEME_COOKIE, Visit
from workers import till

_TURNERS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def visible(value: Any) -> Any:
    """Text with every direction mark written as its code; anything else unchanged."""
    if isinstance(value, str) and not isinstance(value, Markup) and not value.isascii():
        return _TURNERS.sub(lambda found: f"[U+{ord(found.group()):04X}]", value)
    return value


def untouched(value: str) -> Markup:
    """Escaped but not altered: for a field whose content goes back to us."""
    return Markup.escape(value)


@cache
def environment() -> Environment:
    """The one environment of the desk."""
    env = Environment(
        loader=PackageLoader("desk.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        finalize=visible,
    )
    env.globals |= {"_": i18n._, "asset": asset, "May": May, "ROLE_NAMES": ROLE_NAMES, "words": words}
    env.filters |= words.FILTERS | {"untouched": untouched, "because": because}
    return env


def render(
    template: str, *, lang: str, status: int = 200, headers: Mapping[str, str] | None = None, **values: Any
) -> HTMLResponse:
    """A page in ``lang``."""
    i18n.use(lang)
    body = environment().get_template(template).render(lang=lang, **values)
    return HTMLResponse(body, status_code=status, headers=dict(headers or {}))


def page(
    request: Request,
    visit: Visit,
    template: str,
    *,
    section: str = "",
    status: int = 200,
    wrong: str = "",
    **values: Any,
) -> HTMLResponse:
    """A page for somebody who is signed in, with the frame's own numbers around it."""
    with visit.read() as session:
        waiting = nav.waiting(session, visit.brand) if visit.brand else nav.Waiting()
        models = bool(visit.runtime.settings.models) and visit.brand is not None
        meter = till.meter(visit.runtime, session, visit.the_brand) if models else None
        words.know(people.called(session))
    query = f"?{request.url.query}" if request.url.query else ""
    i18n.use(visit.lang)
    said = SENTENCES.get(request.query_params.get("said", ""), "")
    return render(
        template,
        lang=visit.lang,
        status=status,
        visit=visit,
        waiting=waiting,
        meter=meter,
        section=section,
        theme=theme_of(request),
        here=request.url.path + query if request.method == "GET" else "/",
        said=i18n._(said) if said else "",
        wrong=wrong,
        **values,
    )


def fragment(visit: Visit, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """A piece of a page, for a script that puts it in place."""
    return render(template, lang=visit.lang, status=status, visit=visit, **values)


def theme_of(request: Request) -> str:
    """``light``, ``dark`` or ``auto``."""
    kept = request.cookies.get(THEME_COOKIE, "auto")
    return kept if kept in {"light", "dark"} else "auto"


def go(address: str, *, said: str = "") -> RedirectResponse:
    """After a write: on to a page of ours (303), which may say that it was done."""
    return RedirectResponse(with_said(address, said) if said else address, status_code=303)
