"""Send desk (`/send`): an owner's list of the day on a phone, what they say of each group; for the lead, who has not sent."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Path, Query, Request, Response
from fastapi.responses import HTMLResponse

from content_calendar import pictures, send_desk, zones
from content_calendar.send_desk import Said
from content_calendar.tables import Brand
from desk import errors
from desk.errors import DeskError, Missing
from desk.queries import sending
from desk.web import quick, whose
from desk.web.guards import Id, Reader, Reporter
from desk.web.rendering import go, page
from desk.web.visit import Visit

router = APIRouter(include_in_schema=False)
_SAID = {"done": "send_done", "postponed": "send_later", "cannot": "send_cannot"}


@router.get("/send", response_class=HTMLResponse)
def send(request: Request, visit: Reader, owner: Annotated[str, Query(max_length=80)] = "") -> HTMLResponse:
    """Today's list: one's own, another's when asked for, or (for those who see all) who owes what."""
    return show(request, visit, owner)


def show(request: Request, visit: Visit, owner: str, *, wrong: str = "", status: int = 200) -> HTMLResponse:
    """Render the list or the overview; ``wrong`` says above it why something was not written down."""
    brand = visit.the_brand
    day = zones.local_day(visit.now, visit.zone)
    with visit.read() as session:
        mine = send_desk.owners_of(session, brand, visit.user(session), now=visit.now)
        names = whose.owners(session, visit, brand, owner, whose.SEES_ALL)
        everybody = not owner and names != mine
        owed = (
            sending.owed(session, brand, day, now=visit.now) if visit.visitor.role in whose.SEES_ALL else ()
        )
        found = sending.load(session, brand, () if everybody else names, day, now=visit.now)
    return page(
        request, visit, "send.html", section="/send", status=status, wrong=wrong, day=day, owner=owner, owed=owed, list=found,
        everybody=everybody, mine=not owner or owner in mine,
    )  # fmt: skip


@router.post("/send/{post_id}")
def report(
    request: Request,
    visit: Reporter,
    post_id: Id,
    action: Annotated[str, Form(max_length=12)] = "",
    owner: Annotated[str, Form(max_length=80)] = "",
    asked: Annotated[str, Form(max_length=80)] = "",
    delivery: Annotated[str, Form(max_length=64)] = "",
    reason: Annotated[str, Form(max_length=400)] = "",
    until: Annotated[str, Form(max_length=8)] = "",
) -> Response:
    """What the owner says: sent, later, cannot; of one group, or of every one of this post that waits."""
    try:
        said = _said(visit, visit.the_brand, action, reason, until)
        with visit.write() as session:
            brand = visit.brand_in(session)
            names = whose.owners(session, visit, brand, owner, whose.SPEAKS_FOR_ALL)
            send_desk.report(
                session, brand, post_id, said, owners=names, user=visit.user(session), now=visit.now,
                deliveries=[delivery] if delivery else (),
            )  # fmt: skip
    except errors.REFUSALS as error:
        if quick.asked(request):
            return quick.refused(visit, error)
        return show(
            request, visit, asked, wrong=errors.say(error, visit.lang), status=errors.status_of(error)
        )
    if quick.asked(request):
        return quick.done(visit, _SAID[said.action])
    return go(f"/send?owner={quote(asked)}" if asked else "/send", said=_SAID[said.action])


@router.get("/pictures/{digest}")
def picture(visit: Reader, digest: Annotated[str, Path(pattern="^[0-9a-f]{64}$")]) -> Response:
    """A picture of the brand, to be kept on the phone and sent."""
    with visit.read() as session:
        found = pictures.load(session, visit.the_brand.id, [digest]).get(digest)
    if found is None:
        raise Missing("没有这张图片。", code="picture.not_found", english="There is no such picture.")
    return Response(
        found.content, media_type=found.mime,
        headers={"Cache-Control": "private, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"},
    )  # fmt: skip


def _said(visit: Visit, brand: Brand, action: str, reason: str, until: str) -> Said:
    if action == "done":
        return Said("done")
    if action == "cannot":
        return Said("cannot", reason)
    if action != "postponed":
        raise DeskError(
            "请选已发、稍后或发不了。", code="send.action", english="Choose sent, later or cannot."
        )
    return Said("postponed", reason, _moment(visit, brand, until))


def _moment(visit: Visit, brand: Brand, written: str) -> datetime:
    """A wall time of today; one that has passed is tomorrow's, so that 23:50 may say 00:30."""
    try:
        wall = time.fromisoformat(written)
    except ValueError as error:
        raise DeskError(
            "时间要写成 16:30 这样。", code="send.until", english="Write the time like 16:30."
        ) from error
    day = zones.local_day(visit.now, visit.zone)
    found = zones.place(day, wall, visit.zone).instant
    return found if found > visit.now else zones.place(day + timedelta(days=1), wall, visit.zone).instant
