"""Suggestions made before: a day's list, one again, an edit checked and noted, an answer offered as a script."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from content_calendar import zones
from desk.acts import replying
from desk.api import models
from desk.api.idempotency import IdempotentRoute
from desk.api.paging import Cursor, Limit, cursor, number, place
from desk.auth.roles import May
from desk.queries import replies
from desk.web.addresses import parse_day
from desk.web.guards import Commenter, Id, Reader
from workers.reply_edits import barred

router = APIRouter(prefix="/suggestions", tags=["suggestions"], route_class=IdempotentRoute)
Index = Annotated[int, Field(ge=0, le=2)]


class LineOut(BaseModel):
    """A reply in the day's list; ``asked`` is masked."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    at: AwareDatetime
    asked: str
    risk: str
    escalate: bool
    gap: bool
    outcome: str


class ProposalOut(BaseModel):
    """A suggestion and what became of it; ``copied``: the words copied in its place (masked)."""

    stance: str
    text: str
    author: str
    findings: list[dict[str, Any]]
    sources: list[dict[str, Any]]
    outcome: str
    copied: str


class SuggestionOut(BaseModel):
    """A whole reply again."""

    id: int
    at: AwareDatetime
    asked: str
    private: bool
    tier: str
    group: str
    risk: str
    escalate: bool
    handover: str
    gap: bool
    follow_up: str
    note: str
    sources: list[dict[str, Any]]
    suggestions: list[ProposalOut]
    author: str
    fell_back: str
    outcome: str


class EditIn(BaseModel):
    """What a suggestion was edited to; ``known`` as in the question."""

    model_config = ConfigDict(extra="forbid", strict=True)

    index: Index
    text: Annotated[str, Field(min_length=1, max_length=4_000)]
    known: Annotated[list[Annotated[str, Field(max_length=80)]], Field(max_length=8)] = []


class EditOut(BaseModel):
    """Whether the edit may be used, and why not."""

    allowed: bool
    findings: list[dict[str, Any]]


class OfferIn(BaseModel):
    """Which suggestion, or what it was edited to, is worth a script."""

    model_config = ConfigDict(extra="forbid", strict=True)

    index: Index
    text: Annotated[str, Field(max_length=4_000)] = ""


class OfferedOut(BaseModel):
    """The offer's id."""

    id: int


@router.get("", summary="The day's suggestions")
def list_suggestions(
    visit: Reader, day: Annotated[str, Query(max_length=10, description="ISO date; default today")] = "",
    who: Annotated[Literal["me", "all"], Query(description="all: the lead's view")] = "me", cursor_: Annotated[Cursor, Query(alias="cursor")] = "",
    limit: Limit = 50,
) -> models.ListOf[LineOut]:  # fmt: skip
    """The newest first, one's own or everybody's."""
    if who == "all":
        visit.require(May.oversee)
    asked: date = parse_day(day) or zones.local_day(visit.now, visit.zone)
    start, end = replying.day_of(visit, asked)
    found = place(cursor_)
    after = (found[0], number(found) or 0) if found else None
    with visit.read() as session:
        rows = replies.lines(
            session, visit.the_brand, start=start, end=end, user_id=None if who == "all" else visit.visitor.id,
            limit=limit + 1, after=after,
        )  # fmt: skip
    more = cursor(rows[limit - 1].at, rows[limit - 1].id) if len(rows) > limit else None
    return models.ListOf(items=[LineOut.model_validate(row) for row in rows[:limit]], next=more)


@router.get("/{suggestion_id:int}", summary="One reply again")
def get_suggestion(visit: Reader, suggestion_id: Id) -> SuggestionOut:
    """As it was proposed, with what became of it; another operator's only for the lead."""
    view = replying.look(visit, suggestion_id)
    row = view.row
    return SuggestionOut(
        id=row.id, at=row.created_at, asked=row.asked, private=row.private, tier=row.tier,
        group=view.group.code if view.group else "", risk=row.risk, escalate=row.escalate, handover=row.handover, gap=row.gap,
        follow_up=row.follow_up, note=view.note, sources=[_source(one) for one in view.sources], author=row.author, fell_back=row.fell_back,
        outcome=view.outcome, suggestions=[_proposal(one) for one in view.proposals],
    )  # fmt: skip


@router.post("/{suggestion_id:int}/edits", summary="Check an edit and note it as copied")
def use_edit(visit: Reader, suggestion_id: Id, body: EditIn) -> EditOut:
    """The lane's checks on an operator's words; noted (masked) as edited and copied only when nothing blocks."""
    found = replying.use_edit(visit, suggestion_id, body.index, body.text, tuple(body.known))
    return EditOut(allowed=not barred(found), findings=[one.model_dump(mode="json") for one in found])


@router.post("/{suggestion_id:int}/offers", status_code=201, summary="Offer an answer as a script")
def offer(visit: Commenter, suggestion_id: Id, body: OfferIn) -> OfferedOut:
    """An editor will see it."""
    return OfferedOut(id=replying.offer(visit, suggestion_id, body.index, body.text))


def _proposal(one: replies.Proposal) -> ProposalOut:
    return ProposalOut(
        stance=one.stance, text=one.text, author=one.author, findings=[dict(finding) for finding in one.findings],
        sources=[_source(source) for source in one.sources], outcome=one.outcome, copied=one.copied,
    )  # fmt: skip


def _source(one: replies.Source) -> dict[str, Any]:
    return {"sheet": one.sheet, "row": one.row, "title": one.title}
