"""Prompt templates of the brand (`/brand?tab=prompts`): the chain, a live render beside, and what another text would change.

A text that is tried is written nowhere. It becomes a brand's own by standing in the folder CHONGFEN_PROMPTS_DIR names.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse

from desk.queries import learning, prompting
from desk.web.guards import LARGEST, Importer, Number, Reader
from desk.web.rendering import page
from desk.web.visit import Visit

router = APIRouter(include_in_schema=False)
FIRST = "templates/tip.j2"


@router.get("/brand/prompts", response_class=HTMLResponse)
def templates(
    request: Request, visit: Reader, file: Annotated[str, Query(max_length=200)] = FIRST, post: Number = None
) -> HTMLResponse:
    """One file of the library and what it makes of a post."""
    return show(request, visit, file, post_id=post)


@router.post("/brand/prompts/try", response_class=HTMLResponse)
def attempt(
    request: Request,
    visit: Importer,
    file: Annotated[str, Form(max_length=200)] = FIRST,
    text: Annotated[str, Form(max_length=prompting.LONGEST)] = "",
    post: Annotated[int, Form(ge=0, le=LARGEST)] = 0,
) -> HTMLResponse:
    """What would change over ten posts were this the text. Nothing is kept."""
    return show(request, visit, file, post_id=post or None, text=text)


def show(
    request: Request, visit: Visit, file: str, *, post_id: int | None = None, text: str | None = None
) -> HTMLResponse:
    """The page; with ``text`` also its lint and its differences."""
    library = prompting.library_at(visit.runtime.settings.prompts_dir)
    there = prompting.text_of(library, file)
    with visit.read() as session:
        posts = prompting.samples(session, visit.the_brand, file, now=visit.now, first=post_id)
        found = prompting.read(session, posts, now=visit.now)
        versions = learning.versions(session, visit.the_brand)
    problems, other = prompting.tried(library, file, text) if text is not None else ((), None)
    brief = found[0] if found else None
    return page(
        request, visit, "prompts.html", section="/brand", status=422 if text is not None and other is None else 200,
        shelf=prompting.shelf(library), file=file, text=there if text is None else text, tried=text is not None,
        problems=problems, posts=posts, post=posts[0] if posts else None, folder=visit.runtime.settings.prompts_dir is not None,
        chain=prompting.chain(library, brief) if brief else [], prompt=(other or library).render(brief) if brief else None,
        samples=prompting.differences(library, other, posts, found) if other else [],
        versions=[one for one in versions if one.first is not None][:6],
    )  # fmt: skip
