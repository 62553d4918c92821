"""Suggestions: what to answer a customer, as one JSON document or as it is being written, and what became of it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Annotated, Literal

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from fastapi.routing import APIRoute
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, Strict
from starlette.concurrency import run_in_threadpool

from desk.acts import replying
from desk.acts.replying import Asked
from desk.api.idempotency import IdempotentRoute
from desk.web.guards import Id, Reader
from desk.web.visit import Visit
from workers.replies import Asking, ReplyRoom

router = APIRouter(prefix="/suggestions", tags=["suggestions"], route_class=IdempotentRoute)
STREAM = "text/event-stream"


class QuestionIn(BaseModel):
    """A customer's words and what is known around them. Without a group the reply is one to one."""

    model_config = ConfigDict(extra="forbid", strict=True)

    text: Annotated[str, Field(max_length=20_000, description="one line or a pasted chat")]
    group: Annotated[str, Field(max_length=120, description="a group's name or code")] = ""
    private: bool | None = Field(None, description="default: true without a group, false with one")
    tier: Literal["high", "mid", "low"] | None = None
    known: Annotated[list[Annotated[str, Field(max_length=80)]], Field(max_length=8)] = []
    now: Annotated[AwareDatetime, Strict(False)] | None = None


class EventIn(BaseModel):
    """What was done with a suggestion; ``text`` is what it was edited to, also on a copy of an edit."""

    model_config = ConfigDict(extra="forbid", strict=True)

    kind: Literal["shown", "copied", "edited", "dismissed", "escalated"]
    index: Annotated[int, Field(ge=0, le=2)] | None = None
    text: Annotated[str, Field(max_length=4_000)] = ""


class EventOut(BaseModel):
    """The kept event."""

    id: int


async def suggest(request: Request, visit: Reader, body: QuestionIn) -> Response:
    """With `Accept: text/event-stream` the events risk, sources, suggestion_delta, suggestion, retract and done, as they come."""
    room, asking = await run_in_threadpool(_opened, visit, body)
    if STREAM in request.headers.get("accept", ""):
        quiet = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(_events(room, asking), media_type=STREAM, headers=quiet)
    answered = await room.answer(asking)
    return JSONResponse({"id": answered.id} | answered.reply.document())


# A stream has no body to be remembered by a key, so this one route goes without.
router.add_api_route(
    "",
    suggest,
    methods=["POST"],
    summary="Suggest replies",
    response_model=None,
    route_class_override=APIRoute,
)


@router.post("/{suggestion_id:int}/events", status_code=201, summary="What became of a suggestion")
def note_event(visit: Reader, suggestion_id: Id, body: EventIn) -> EventOut:
    """Of one's own reply: shown, copied, edited, dismissed or escalated. An edit is checked; a copy with a text must be what was
    suggested or its last edit. Personal data is masked before anything is kept."""
    number = replying.note(visit, suggestion_id, body.kind, body.index, body.text)
    return EventOut(id=number)


def _opened(visit: Visit, body: QuestionIn) -> tuple[ReplyRoom, Asking]:
    """Room and question, in one go: every change of threads is a wait when many ask."""
    asked = Asked(body.text, body.group, body.private, body.tier or "", tuple(body.known))
    asking = replace(replying.asking(visit, asked), now=body.now or visit.now)
    return ReplyRoom(visit.runtime, visit.the_brand), asking


async def _events(room: ReplyRoom, asking: Asking) -> AsyncIterator[str]:
    async for event in room.events(asking):
        yield f"event: {event['event']}\ndata: {json.dumps(event['data'], ensure_ascii=False)}\n\n"
