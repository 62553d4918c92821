"""Learning: edit pairs, house notes and template versions."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy.orm import Session

from content_calendar.learning import notes as house
from content_calendar.learning import versions as words
from content_calendar.tables import HouseNote
from desk.api import learning_models as models
from desk.api import paging
from desk.api.idempotency import IdempotentRoute
from desk.api.models import ListOf
from desk.queries import learning
from desk.web.guards import Decider, Id, Reader
from workers.learning import refresh

router = APIRouter(prefix="/learning", tags=["learning"], route_class=IdempotentRoute)
Short = Annotated[str, Query(max_length=64)]
DECISIONS = {"accept": house.accept, "dismiss": house.dismiss, "withdraw": house.withdraw}


@router.get("/pairs", summary="What editors made of the machine's texts")
def list_pairs(
    visit: Reader, kind: Short = "", version: Short = "", author: Annotated[str, Query(max_length=80)] = "",
    changed: Annotated[bool, Query(description="only those a person changed")] = False, cursor: paging.Cursor = "",
    limit: paging.Limit = 50,
) -> ListOf[models.PairOut]:  # fmt: skip
    """The newest approvals first."""
    begin = paging.place(cursor)
    before = (begin[0], paging.number(begin) or 0) if begin else None
    wanted = learning.Wanted(kind=kind, version=version, author=author, changed=changed)
    with visit.read() as session:
        found, more = learning.pairs(session, visit.the_brand, wanted, before=before, limit=limit)
    last = found[-1].pair if found and more else None
    following = paging.cursor(last.approved_at, last.id) if last else None
    return ListOf(items=[models.PairOut.of(one) for one in found], next=following)


@router.get("/notes", summary="House notes")
def list_notes(visit: Reader, state: Short = "") -> ListOf[models.NoteOut]:
    """Offered, accepted and set aside, or only those of one state."""
    with visit.read() as session:
        found = learning.notes(session, visit.the_brand)
    return ListOf(items=[_note(one) for key, some in found.items() if state in ("", key) for one in some])


@router.post("/notes", summary="Write a house note", status_code=201)
def write_note(visit: Decider, body: models.NoteIn) -> models.NoteOut:
    """In force at once."""
    with visit.write() as session:
        row = house.write(
            session, visit.the_brand, kind=body.kind, text=body.note, user=visit.user(session), now=visit.now
        )
        return _fresh(session, row)


@router.post("/notes/refresh", summary="Look through the latest edits now")
def look_again(visit: Decider) -> models.RefreshedOut:
    """Offers what is new and takes back offers that no longer hold."""
    with visit.write() as session:
        return models.RefreshedOut(new=refresh(session, visit.brand_in(session), now=visit.now))


@router.post("/notes/{note_id}/decision", summary="Accept, dismiss or withdraw a house note")
def decide(visit: Decider, note_id: Id, body: models.DecisionIn) -> models.NoteOut:
    """Only an accepted note reaches a prompt; what was dismissed or withdrawn is not offered again."""
    act = DECISIONS[body.decision]
    with visit.write() as session:
        row = act(session, visit.the_brand, note_id, user=visit.user(session), now=visit.now)
        return _fresh(session, row)


@router.get("/versions", summary="How each template version and writer fares")
def list_versions(visit: Reader) -> models.VersionsOut:
    """The version last used first, the busiest writer first."""
    with visit.read() as session:
        found, by_author = (
            learning.versions(session, visit.the_brand),
            learning.authors(session, visit.the_brand),
        )
    return models.VersionsOut(
        versions=[
            models.VersionOut(
                hash=one.hash, template=one.template, first_used_at=one.first, last_used_at=one.last,
                figures=_figures(one.figures),
            )
            for one in found
        ],
        authors=[models.AuthorOut(author=author, figures=_figures(figures)) for author, figures in by_author],
    )  # fmt: skip


@router.get("/versions/{digest}", summary="The words behind a version")
def get_version(visit: Reader, digest: str) -> models.WordsOut:
    """By its hash or the first six digits and more of it."""
    with visit.read() as session:
        return models.WordsOut.model_validate(words.find(session, digest[:64]))


def _figures(figures: learning.Figures) -> models.FiguresOut:
    return models.FiguresOut.model_validate(figures)


def _note(one: learning.Note) -> models.NoteOut:
    shown = models.NoteOut.model_validate(one.row)
    return shown.model_copy(update={"since": _figures(one.since) if one.since else None})


def _fresh(session: Session, row: HouseNote) -> models.NoteOut:
    session.flush()
    return models.NoteOut.model_validate(row)
