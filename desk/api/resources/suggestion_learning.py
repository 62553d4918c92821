"""What replies teach: edits offered as scripts, questions without an answer, an editor's decisions, the figures."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from content_calendar.replies import gaps, offers
from content_calendar.replies.figures import By, Line, SortBy
from content_calendar.replies.own_rows import KnowledgeDraft, ScriptDraft, Sort
from desk.acts import replying
from desk.api import models
from desk.api.idempotency import IdempotentRoute
from desk.queries import reply_figures
from desk.queries.replies import Source
from desk.web.guards import Id, Reader, Teacher

router = APIRouter(prefix="/suggestions", tags=["suggestions"], route_class=IdempotentRoute)
Most = Annotated[int, Query(ge=1, le=500)]


class GapOut(BaseModel):
    """A question the sources do not answer, with its count."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    question: str
    count: int
    first_at: AwareDatetime
    last_at: AwareDatetime
    state: str
    knowledge_id: int | None
    decided_by: str


class OfferOut(BaseModel):
    """An edit that operators keep copying, or offered by hand."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    scene: str
    question: str
    answer: str
    count: int
    first_at: AwareDatetime
    last_at: AwareDatetime
    state: str
    script_id: int | None
    decided_by: str


class ScriptIn(BaseModel):
    """The script as the editor leaves it."""

    model_config = ConfigDict(extra="forbid", strict=True)

    scene: Annotated[str, Field(max_length=200)]
    question: Annotated[str, Field(max_length=4_000)]
    answer: Annotated[str, Field(max_length=4_000)]
    taboo: Annotated[str, Field(max_length=4_000)] = ""
    escalate: bool = False
    escalate_to: Annotated[str, Field(max_length=400)] = ""


class KnowledgeIn(BaseModel):
    """The knowledge item as the editor leaves it; ``products`` are codes."""

    model_config = ConfigDict(extra="forbid", strict=True)

    topic: Annotated[str, Field(max_length=200)]
    question: Annotated[str, Field(max_length=4_000)]
    answer: Annotated[str, Field(max_length=4_000)]
    products: Annotated[list[Annotated[str, Field(max_length=64)]], Field(max_length=8)] = []
    source: Annotated[str, Field(max_length=400)] = ""


class MadeOut(BaseModel):
    """The id of what was made of it."""

    id: int


class StateOut(BaseModel):
    """The state after the decision."""

    state: str


class FigureOut(BaseModel):
    """One line: a source (``sheet``, ``row``), a stance, or a prompt version (``version`` empty: reviewed or offline words)."""

    sheet: str = ""
    row: int = 0
    title: str = ""
    stance: str = ""
    version: str = ""
    author: str = ""
    shown: int
    copied_unchanged: int
    copied_edited: int
    dismissed: int
    escalated: int
    acceptance: float
    distance: float | None


class FiguresOut(BaseModel):
    """The table and its total. ``capped``: only the newest replies are counted."""

    days: int
    by: str
    replies: int
    capped: bool
    total: FigureOut
    items: list[FigureOut]


@router.get("/gaps", summary="Questions without an answer")
def list_gaps(
    visit: Reader, state: Literal["open", "answered", "ignored"] = "open", limit: Most = 100
) -> models.ListOf[GapOut]:
    """The most asked first."""
    with visit.read() as session:
        found = gaps.listed(session, visit.the_brand, state=state, limit=limit)
    return models.ListOf(items=[GapOut.model_validate(gap) for gap in found])


@router.post("/gaps/{gap_id:int}/answer", status_code=201, summary="Answer a gap")
def answer_gap(visit: Teacher, gap_id: Id, body: KnowledgeIn) -> MadeOut:
    """A knowledge item, in use at once; refused when its words would not pass the reply lane."""
    draft = KnowledgeDraft(body.topic, body.question, body.answer, tuple(body.products), body.source)
    return MadeOut(id=replying.answer(visit, gap_id, draft))


@router.post("/gaps/{gap_id:int}/ignore", summary="Ignore a gap")
def ignore_gap(visit: Teacher, gap_id: Id) -> StateOut:
    """It needs no answer."""
    with visit.write() as session:
        gaps.ignore(session, visit.the_brand, gap_id, user=visit.user(session), now=visit.now)
    return StateOut(state="ignored")


@router.get("/offers", summary="Edits offered as scripts")
def list_offers(
    visit: Reader, state: Literal["noted", "open", "accepted", "dismissed"] = "open", limit: Most = 100
) -> models.ListOf[OfferOut]:
    """The most copied first; `noted` are those not copied often enough yet."""
    with visit.read() as session:
        found = offers.listed(session, visit.the_brand, state=state, limit=limit)
    return models.ListOf(items=[OfferOut.model_validate(offer) for offer in found])


@router.post("/offers/{offer_id:int}/accept", status_code=201, summary="Accept an offer")
def accept_offer(visit: Teacher, offer_id: Id, body: ScriptIn) -> MadeOut:
    """A script, in use at once; refused when its words would not pass the reply lane."""
    draft = ScriptDraft(body.scene, body.question, body.answer, body.taboo, body.escalate, body.escalate_to)
    return MadeOut(id=replying.accept(visit, offer_id, draft))


@router.post("/offers/{offer_id:int}/dismiss", summary="Dismiss an offer")
def dismiss_offer(visit: Teacher, offer_id: Id) -> StateOut:
    """It does not become a script and is not offered again."""
    with visit.write() as session:
        offers.dismiss(session, visit.the_brand, offer_id, user=visit.user(session), now=visit.now)
    return StateOut(state="dismissed")


@router.post("/own/{sort}/{row_id:int}/withdraw", summary="Withdraw what was made at the desk")
def withdraw(visit: Teacher, sort: Sort, row_id: Id) -> StateOut:
    """A script or knowledge item of the desk's own is no longer used."""
    replying.withdraw(visit, sort, row_id)
    return StateOut(state="withdrawn")


@router.get("/figures", summary="How suggestions fare")
def get_figures(
    visit: Reader, by: By = "source", sort: SortBy = "shown", days: Annotated[int, Query(ge=1, le=366)] = 30
) -> FiguresOut:
    """Counted per suggestion; `distance` is the mean edit distance of the copies, 0 (as it stood) to 1."""
    with visit.read() as session:
        table = reply_figures.load(
            session, visit.the_brand, since=visit.now - timedelta(days=days), by=by, sort=sort
        )
    found = table.figures
    return FiguresOut(
        days=days, by=by, replies=found.replies, capped=found.capped, total=_line(found.total, None, ""),
        items=[_line(line, source, by) for line, source in table.rows],
    )  # fmt: skip


def _line(line: Line, source: Source | None, by: str) -> FigureOut:
    first, second = line.name
    names: dict[str, Any] = {}
    if by == "stance":
        names = {"stance": first}
    elif by == "version":
        names = {"version": first, "author": second} if second else {"author": first}
    elif source is not None:
        names = {"sheet": source.sheet, "row": source.row, "title": source.title}
    return FigureOut(
        **names, shown=line.shown, copied_unchanged=line.unchanged, copied_edited=line.edited, dismissed=line.dismissed,
        escalated=line.escalated, acceptance=round(line.accepted, 4),
        distance=None if line.distance is None else round(line.distance, 4),
    )  # fmt: skip
