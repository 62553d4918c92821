"""What replies teach (`/replies/learning`, `/replies/figures`): edits worth a script, questions without an answer, how suggestions fare."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, cast

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import HTMLResponse

from content_calendar.replies import figures, gaps, offers, own_rows
from content_calendar.replies.figures import By, SortBy
from content_calendar.replies.own_rows import KnowledgeDraft, ScriptDraft, Sort
from desk import errors
from desk.acts import replying
from desk.queries import reply_figures
from desk.web import reply_words
from desk.web.guards import Id, Reader, Teacher
from desk.web.rendering import go, page
from desk.web.visit import Visit

router = APIRouter(include_in_schema=False)
TABS = ("offers", "gaps", "own")
Name = Annotated[str, Form(max_length=200)]
Prose = Annotated[str, Form(max_length=4_000)]
Days = Annotated[int, Query(ge=1, le=366)]


@router.get("/replies/learning", response_class=HTMLResponse)
def learning(
    request: Request, visit: Reader, tab: Annotated[str, Query(max_length=10)] = "offers"
) -> HTMLResponse:
    """Offers, gaps, or what was made at the desk."""
    return _show(request, visit, tab if tab in TABS else "offers")


@router.post("/replies/offers/{offer_id:int}/accept")
def accept(
    request: Request, visit: Teacher, offer_id: Id, scene: Name = "", question: Prose = "", answer: Prose = "",
    taboo: Prose = "", escalate: Name = "", escalate_to: Name = "",
) -> Response:  # fmt: skip
    """The offer, as the editor left it, becomes a script."""
    draft = ScriptDraft(scene, question, answer, taboo, bool(escalate), escalate_to)
    try:
        replying.accept(visit, offer_id, draft)
    except errors.REFUSALS as error:
        return _refused(request, visit, "offers", error, offer_id, draft)
    return go("/replies/learning", said="script_made")


@router.post("/replies/offers/{offer_id:int}/dismiss")
def dismiss(request: Request, visit: Teacher, offer_id: Id) -> Response:
    """The offer does not become a script."""
    try:
        with visit.write() as session:
            offers.dismiss(session, visit.the_brand, offer_id, user=visit.user(session), now=visit.now)
    except errors.REFUSALS as error:
        return _refused(request, visit, "offers", error)
    return go("/replies/learning", said="offer_dismissed")


@router.post("/replies/gaps/{gap_id:int}/answer")
def answer(
    request: Request, visit: Teacher, gap_id: Id, topic: Name = "", question: Prose = "", answer: Prose = "",
    products: Name = "", source: Name = "",
) -> Response:  # fmt: skip
    """The gap is answered by a knowledge item."""
    draft = KnowledgeDraft(topic, question, answer, replying.known_facts(products), source)
    try:
        replying.answer(visit, gap_id, draft)
    except errors.REFUSALS as error:
        return _refused(request, visit, "gaps", error, gap_id, draft)
    return go("/replies/learning?tab=gaps", said="knowledge_made")


@router.post("/replies/gaps/{gap_id:int}/ignore")
def ignore(request: Request, visit: Teacher, gap_id: Id) -> Response:
    """The gap needs no answer."""
    try:
        with visit.write() as session:
            gaps.ignore(session, visit.the_brand, gap_id, user=visit.user(session), now=visit.now)
    except errors.REFUSALS as error:
        return _refused(request, visit, "gaps", error)
    return go("/replies/learning?tab=gaps", said="gap_ignored")


@router.post("/replies/own/{sort}/{row_id:int}/withdraw")
def withdraw(request: Request, visit: Teacher, sort: str, row_id: Id) -> Response:
    """A row made at the desk is no longer used."""
    if sort not in ("script", "knowledge"):
        raise errors.Missing("没有这样的案头条目。", english="There is no such row.")
    replying.withdraw(visit, cast("Sort", sort), row_id)
    return go("/replies/learning?tab=own", said="withdrawn")


@router.get("/replies/figures", response_class=HTMLResponse)
def how_they_fare(
    request: Request, visit: Reader, by: Annotated[str, Query(max_length=10)] = "source",
    sort: Annotated[str, Query(max_length=12)] = "shown", days: Days = 30,
) -> HTMLResponse:  # fmt: skip
    """How sources, stances and prompt versions fare."""
    by_ = cast("By", by if by in ("source", "stance", "version") else "source")
    sort_: SortBy = next((one for one in figures.SORTS if one == sort), "shown")
    with visit.read() as session:
        since = visit.now - timedelta(days=days)
        table = reply_figures.load(session, visit.the_brand, since=since, by=by_, sort=sort_)
    return page(
        request, visit, "reply_figures.html", section="/replies", table=table, by=by_, sort=sort_, days=days,
        rw=reply_words, to_learn=_to_learn(visit),
    )  # fmt: skip


def _show(
    request: Request, visit: Visit, tab: str, *, wrong: str = "", status: int = 200, at: int = 0, draft: Any = None
) -> HTMLResponse:  # fmt: skip
    with visit.read() as session:
        brand = visit.the_brand
        values: dict[str, Any] = {
            "offers": offers.listed(session, brand) if tab == "offers" else [],
            "gaps": gaps.listed(session, brand) if tab == "gaps" else [],
            "scripts": own_rows.listed(session, brand, "script") if tab == "own" else [],
            "knowledge": own_rows.listed(session, brand, "knowledge") if tab == "own" else [],
            "counts": {"offers": offers.count(session, brand), "gaps": gaps.count(session, brand)},
        }
    return page(
        request, visit, "reply_learning.html", section="/replies", tab=tab, wrong=wrong, status=status, at=at, draft=draft,
        to_learn=sum(values["counts"].values()), **values,
    )  # fmt: skip


def _refused(
    request: Request, visit: Visit, tab: str, error: Exception, at: int = 0, draft: Any = None
) -> HTMLResponse:
    """The list again, with the sentence, and with what the editor had typed."""
    return _show(
        request, visit, tab, wrong=errors.say(error, visit.lang), status=errors.status_of(error), at=at, draft=draft
    )  # fmt: skip


def _to_learn(visit: Visit) -> int:
    with visit.read() as session:
        return offers.count(session, visit.the_brand) + gaps.count(session, visit.the_brand)
