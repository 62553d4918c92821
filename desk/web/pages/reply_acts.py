"""What is done with a reply, as plain forms: noted as used, edited, offered as a script, handed to a person."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from desk import errors
from desk.acts import replying
from desk.web.guards import Commenter, Id, Reader
from desk.web.pages import replies
from desk.web.pages.replies import Editing, address
from desk.web.rendering import go
from workers.reply_edits import barred

router = APIRouter(include_in_schema=False)
Place = Annotated[int, Form(ge=0, le=2)]
Words = Annotated[str, Form(max_length=4_000)]
Side = Annotated[str, Form(max_length=4)]


@router.post("/replies/{suggestion_id:int}/events")
def note(
    visit: Reader, suggestion_id: Id, kind: Annotated[str, Form(pattern="^(copied|dismissed|escalated)$")],
    place: Annotated[int | None, Form(ge=0, le=2)] = None, sidebar: Side = "",
) -> Response:  # fmt: skip
    """A suggestion was used or put aside, or the reply handed to a person."""
    replying.note(visit, suggestion_id, kind, place)
    return go(address(f"/replies/{suggestion_id}", sidebar=sidebar), said="noted")


@router.post("/replies/{suggestion_id:int}/edit")
def edit(
    request: Request, visit: Reader, suggestion_id: Id, place: Place = 0, text: Words = "",
    known: Annotated[str, Form(max_length=200)] = "", sidebar: Side = "",
) -> Response:  # fmt: skip
    """An edit is checked; what passes is noted as copied, what does not is shown with the reason."""
    view = replying.look(visit, suggestion_id)
    try:
        found = replying.use_edit(visit, suggestion_id, place, text, replying.known_facts(known))
    except errors.REFUSALS as error:
        return replies.show(
            request, visit, view=view, wrong=errors.say(error, visit.lang), status=errors.status_of(error)
        )
    if barred(found):
        return replies.show(request, visit, view=view, editing=Editing(place, text, found), status=422)
    return go(address(f"/replies/{suggestion_id}", sidebar=sidebar), said="noted")


@router.post("/replies/{suggestion_id:int}/offer")
def offer(
    visit: Commenter, suggestion_id: Id, place: Place = 0, text: Words = "", sidebar: Side = ""
) -> Response:
    """An operator finds an answer worth keeping: an editor will see it."""
    replying.offer(visit, suggestion_id, place, text)
    return go(address(f"/replies/{suggestion_id}", sidebar=sidebar), said="offered")
