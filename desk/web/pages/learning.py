"""Learning (`/learning`): what editors changed, the house notes drawn from it, how each template version fares."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import HTMLResponse

from content_calendar.errors import NotFound
from content_calendar.learning import notes as house
from content_calendar.learning import versions as words
from content_calendar.tables import PromptVersion
from desk import errors
from desk.api import paging
from desk.queries import learning, lesson_diffs
from desk.web.guards import Decider, Id, Reader
from desk.web.rendering import go, page
from desk.web.visit import Visit
from prompts.kinds import all_kinds
from prompts.library.words import split
from workers.learning import DAYS, refresh

router = APIRouter(include_in_schema=False)
TABS = ("pairs", "notes", "versions")
HOME, NOTES = "/learning", "/learning?tab=notes"
Short = Annotated[str, Query(max_length=64)]
VERBS: dict[str, tuple[Callable[..., Any], str]] = {
    "accept": (house.accept, "note_on"),
    "dismiss": (house.dismiss, "note_off"),
    "withdraw": (house.withdraw, "note_off"),
}


@router.get("/learning", response_class=HTMLResponse)
def show(
    request: Request, visit: Reader, tab: Short = "pairs", kind: Short = "", version: Short = "",
    author: Annotated[str, Query(max_length=80)] = "", all: Annotated[bool, Query()] = False, cursor: paging.Cursor = "",
) -> HTMLResponse:  # fmt: skip
    """One of the three tabs."""
    wanted = learning.Wanted(kind=kind, version=version, author=author, changed=not all)
    return _show(request, visit, tab if tab in TABS else "pairs", wanted=wanted, cursor=cursor)


@router.get("/learning/compare", response_class=HTMLResponse)
def compare(request: Request, visit: Reader, a: Short = "", b: Short = "") -> HTMLResponse:
    """Two versions' words, line beside line."""
    with visit.read() as session:
        left, right = sorted((words.find(session, a), words.find(session, b)), key=_first_used)
    pieces, same = lesson_diffs.beside(left.body, right.body)
    return page(
        request,
        visit,
        "learning_compare.html",
        section=HOME,
        left=left,
        right=right,
        pieces=pieces,
        same=same,
    )


@router.get("/learning/versions/{digest}", response_class=HTMLResponse)
def version(request: Request, visit: Reader, digest: str) -> HTMLResponse:
    """The words of one version, piece by piece."""
    with visit.read() as session:
        found = words.find(session, digest[:64])
    pieces = split(found.body)
    return page(request, visit, "learning_version.html", section=HOME, version=found, pieces=pieces)


@router.post("/learning/notes")
def add_note(
    request: Request, visit: Decider, note: Annotated[str, Form(max_length=1000)] = "",
    kind: Annotated[str, Form(max_length=24)] = "",
) -> Response:  # fmt: skip
    """A note in a person's own words."""
    try:
        with visit.write() as session:
            house.write(
                session, visit.the_brand, kind=kind, text=note, user=visit.user(session), now=visit.now
            )
    except errors.REFUSALS as error:
        draft = {"note": note, "kind": kind}
        wrong = errors.say(error, visit.lang)
        return _show(request, visit, "notes", wrong=wrong, status=errors.status_of(error), draft=draft)
    return go(NOTES, said="note_on")


@router.post("/learning/notes/refresh")
def look_again(visit: Decider) -> Response:
    """Look through the edits now instead of tonight."""
    with visit.write() as session:
        refresh(session, visit.brand_in(session), now=visit.now)
    return go(NOTES, said="notes_new")


@router.post("/learning/notes/{note_id:int}/{verb}")
def decide(request: Request, visit: Decider, note_id: Id, verb: str) -> Response:
    """Accept, dismiss or withdraw a note."""
    if verb not in VERBS:
        raise NotFound("没有这个操作。", code="note.verb", english="There is no such decision.")
    act, said = VERBS[verb]
    try:
        with visit.write() as session:
            act(session, visit.the_brand, note_id, user=visit.user(session), now=visit.now)
    except errors.REFUSALS as error:
        return _show(
            request, visit, "notes", wrong=errors.say(error, visit.lang), status=errors.status_of(error)
        )
    return go(NOTES, said=said)


def _first_used(row: PromptVersion) -> tuple[object, str]:
    return row.first_used_at, row.hash


def _show(
    request: Request, visit: Visit, tab: str, *, wanted: learning.Wanted | None = None, cursor: str = "",
    wrong: str = "", status: int = 200, draft: dict[str, str] | None = None,
) -> HTMLResponse:  # fmt: skip
    brand, wanted = visit.the_brand, wanted or learning.Wanted(changed=True)
    with visit.read() as session:
        values: dict[str, Any] = {"whole": learning.whole(session, brand)}
        if tab == "pairs":
            values |= _pairs(session, visit, wanted, cursor)
        elif tab == "notes":
            values |= {"notes": learning.notes(session, brand), "days": DAYS, "every_kind": list(all_kinds())}
        else:
            found, by_author = learning.versions(session, brand), learning.authors(session, brand)
            values |= {"versions": found, "authors": by_author, "chosen": learning.worth_comparing(found)}
    return page(
        request, visit, "learning.html", section=HOME, wrong=wrong, status=status, tab=tab, draft=draft or {"note": "", "kind": ""},
        wanted=wanted, **values,
    )  # fmt: skip


def _pairs(session: Any, visit: Visit, wanted: learning.Wanted, cursor: str) -> dict[str, Any]:
    begin = paging.place(cursor)
    place = (begin[0], paging.number(begin) or 0) if begin else None
    shown, more = learning.pairs(session, visit.the_brand, wanted, before=place)
    following = paging.cursor(shown[-1].pair.approved_at, shown[-1].pair.id) if more else ""
    return {
        "pairs": [(one, lesson_diffs.worded(one.pair.machine, one.pair.approved)) for one in shown],
        "next": following, "kinds": learning.kinds(session, visit.the_brand),
    }  # fmt: skip
