"""The review tray (`/review`): the list, the post beside it, and the next one after each decision."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from desk.acts.bulk import Result
from desk.errors import say
from desk.queries import post as posts
from desk.queries import tray
from desk.queries.people import called, persona_of
from desk.web import words
from desk.web.guards import LARGEST, Id, Number, Reader
from desk.web.pages.post import keep_look
from desk.web.rendering import fragment, page
from desk.web.visit import Visit

router = APIRouter(include_in_schema=False)


@router.get("/review", response_class=HTMLResponse)
def review(
    request: Request,
    visit: Reader,
    post: Number = None,
    at: Annotated[int, Query(ge=0, le=LARGEST)] = 0,
    part: int = 0,
) -> HTMLResponse:
    """The tray with one post open: the one asked for, else the one at position ``at``; with ``part`` that post alone."""
    return ahead(visit, post) if part and post is not None else show(request, visit, post_id=post, at=at)


@router.post("/posts/{post_id}/looked", status_code=204)
def looked(visit: Reader, post_id: Id) -> None:
    """A post that was fetched ahead has now been before this person's eyes."""
    if visit.visitor.by == "session":
        with visit.write() as session:
            found = posts.get(session, visit.the_brand, post_id)
            posts.looked(session, found, viewer=visit.visitor.id, now=visit.now)


def ahead(visit: Visit, post_id: int) -> HTMLResponse:
    """What the page shows of one post, fetched before it is asked for: no look is kept."""
    with visit.read() as session:
        view = posts.load(session, visit.the_brand, post_id, now=visit.now, viewer=visit.visitor.id)
        persona = persona_of(session, visit.the_brand)
        words.know(called(session))
    return fragment(
        visit, "review_open.html", view=view, persona=persona, tray=None, at=0, back=f"/review?post={post_id}"
    )


def show(
    request: Request,
    visit: Visit,
    *,
    post_id: int | None = None,
    at: int = 0,
    wrong: str = "",
    status: int = 200,
    results: Sequence[Result] = (),
) -> HTMLResponse:
    """Render the tray; ``results`` tell what became of a bundle."""
    brand = visit.the_brand
    with visit.read() as session:
        found = tray.load(session, brand, now=visit.now)
        open_at = found.position(post_id) if post_id is not None else None
        if open_at is None and found.cards and post_id is None:
            open_at = min(max(at, 0), len(found.cards) - 1)
        opened = post_id if open_at is None else found.cards[open_at].id
        view = (
            posts.load(session, brand, opened, now=visit.now, viewer=visit.visitor.id)
            if opened is not None
            else None
        )
        persona = persona_of(session, brand)
    if view is not None:
        keep_look(visit, view)
    failed = [(result.post_id, say(result.error, visit.lang)) for result in results if result.error]
    return page(
        request, visit, "review.html", section="/review", status=status, wrong=wrong, tray=found, view=view,
        at=open_at or 0, persona=persona, back=f"/review?at={open_at or 0}", failed=failed,
        approved=sum(1 for result in results if result.error is None),
    )  # fmt: skip
