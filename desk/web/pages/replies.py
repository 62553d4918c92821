"""Replies (`/replies`): a customer's words in, sourced suggestions out, as a page, as a stream, and in a narrow sidebar."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import HTMLResponse, StreamingResponse
from starlette.concurrency import run_in_threadpool

from content_calendar import zones
from content_calendar.replies import gaps, offers, records
from desk import errors
from desk.acts import replying
from desk.acts.replying import Asked
from desk.auth.roles import May
from desk.queries import replies
from desk.web import i18n, reply_words
from desk.web.addresses import parse_day
from desk.web.guards import Id, Reader
from desk.web.rendering import fragment, go, page
from desk.web.telling import QUIET, event
from desk.web.visit import Visit
from prompts.draft import Finding
from workers.replies import Asking, ReplyRoom

router = APIRouter(include_in_schema=False)
SHOWN = 40  # replies of the day listed beside the box
Said = Annotated[str, Form(max_length=20_000)]
Short = Annotated[str, Form(max_length=200)]


@dataclass(frozen=True)
class Editing:
    """An edit that may not be copied yet: where, what it says, why not."""

    place: int
    text: str
    findings: Sequence[Finding]


@router.get("/replies", response_class=HTMLResponse)
def ask(request: Request, visit: Reader, group: Annotated[str, Query(max_length=120)] = "") -> HTMLResponse:
    """The box and the day's replies; ``group`` is filled in when one comes from a group's page."""
    return show(request, visit, asked=Asked("", group=group))


@router.post("/replies")
def answer(
    request: Request, visit: Reader, text: Said = "", where: Short = "", group: Short = "", tier: Short = "",
    known: Short = "", sidebar: Short = "",
) -> Response:  # fmt: skip
    """Answer without a script: the suggestions are on the next page."""
    asked = _asked(text, where, group, tier, known)
    try:
        _needs_words(asked)
        answered = ReplyRoom(visit.runtime, visit.the_brand).answer_now(replying.asking(visit, asked))
    except errors.REFUSALS as error:
        return show(
            request, visit, asked=asked, wrong=errors.say(error, visit.lang), status=errors.status_of(error)
        )
    with visit.write() as session:
        records.shown(session, visit.the_brand, answered.id, now=visit.now, user=visit.user(session))
    return go(address(f"/replies/{answered.id}", sidebar=sidebar))


@router.post("/replies/stream")
async def stream(
    visit: Reader, text: Said = "", where: Short = "", group: Short = "", tier: Short = "", known: Short = "",
    sidebar: Short = "",
) -> Response:  # fmt: skip
    """The same as it is being written: takeover, delta, suggestion, retract, done or wrong."""
    asked = _asked(text, where, group, tier, known)
    return StreamingResponse(_events(visit, asked, sidebar), media_type="text/event-stream", headers=QUIET)


@router.get("/replies/groups", response_class=HTMLResponse)
def group_options(visit: Reader, q: Annotated[str, Query(max_length=80)] = "") -> HTMLResponse:
    """Groups to choose from while a name is typed."""
    with visit.read() as session:
        found = replies.group_names(session, visit.the_brand, q.strip())
    return fragment(visit, "reply_groups.html", groups=found)


@router.get("/replies/{suggestion_id:int}", response_class=HTMLResponse)
def one(request: Request, visit: Reader, suggestion_id: Id, part: str = "") -> HTMLResponse:
    """One reply again; with ``part`` only what changes on the page."""
    view = replying.look(visit, suggestion_id)
    if part:
        return fragment(visit, "reply_part.html", **part_of(visit, view))
    return show(request, visit, view=view)


def show(
    request: Request, visit: Visit, *, view: replies.ReplyView | None = None, asked: Asked | None = None,
    wrong: str = "", status: int = 200, editing: Editing | None = None,
) -> HTMLResponse:  # fmt: skip
    """The page: the box, one reply, the day's list."""
    day = parse_day(request.query_params.get("day", "")[:10]) or zones.local_day(visit.now, visit.zone)
    everybody = visit.may(May.oversee) and request.query_params.get("who") == "all"
    start, end = replying.day_of(visit, day)
    with visit.read() as session:
        mine = None if everybody else visit.visitor.id
        lines = replies.lines(session, visit.the_brand, start=start, end=end, user_id=mine, limit=SHOWN)
        known = replies.known_things(session, visit.the_brand, now=visit.now)
        waiting_offers = offers.count(session, visit.the_brand) + gaps.count(session, visit.the_brand)
    sidebar = bool(request.query_params.get("sidebar")) or _was_in_sidebar(request)
    return page(
        request, visit, "replies.html", section="/replies", status=status, wrong=wrong, lines=lines, known=known, day=day,
        today=zones.local_day(visit.now, visit.zone), everybody=everybody, asked=asked or _around(view), to_learn=waiting_offers,
        **(part_of(visit, view, sidebar=sidebar, editing=editing) if view else _nothing(sidebar)),
    )  # fmt: skip


def part_of(
    visit: Visit, view: replies.ReplyView, *, sidebar: bool = False, editing: Editing | None = None
) -> dict[str, Any]:  # fmt: skip
    """What the reply's own template needs."""
    done = replies.Line(
        view.row.id, view.row.created_at, view.row.asked, view.row.risk, view.row.escalate, view.row.gap,
        view.outcome, view.row.user_id,
    )  # fmt: skip
    return {
        "view": view,
        "line": done,
        "rw": reply_words,
        "sidebar": sidebar,
        "editing": editing,
        "note": view.note,
    }


def address(path: str, *, sidebar: str | bool = "") -> str:
    """A page of the replies, in the frame the visitor is in."""
    return f"{path}?sidebar=1" if sidebar else path


def _was_in_sidebar(request: Request) -> bool:
    return request.method == "POST" and request.headers.get("referer", "").endswith("sidebar=1")


def _nothing(sidebar: bool) -> dict[str, Any]:
    return {"view": None, "rw": reply_words, "sidebar": sidebar, "editing": None, "note": ""}


def _around(view: replies.ReplyView | None) -> Asked:
    """The next question of the same customer: where he is, not what he said."""
    if view is None:
        return Asked("")
    return Asked(
        "", group=view.group.code if view.group else "", private=view.row.private, tier=view.row.tier
    )


def _asked(text: str, where: str, group: str, tier: str, known: str) -> Asked:
    private = {"private": True, "group": False}.get(where)
    return Asked(text, group.strip(), private, tier, replying.known_facts(known))


def _needs_words(asked: Asked) -> None:
    if not asked.text.strip():
        raise errors.DeskError(
            "先把客户的话贴进来，再要建议。",
            code="reply.empty",
            english="Paste what the customer said first.",
        )


async def _events(visit: Visit, asked: Asked, sidebar: str) -> AsyncIterator[str]:
    try:
        _needs_words(asked)
        room, asking = await run_in_threadpool(_opened, visit, asked)
    except errors.REFUSALS as error:
        yield event("wrong", {"text": errors.say(error, visit.lang)})
        return
    async for told in _told(visit, room, asking, sidebar):
        yield told


def _opened(visit: Visit, asked: Asked) -> tuple[ReplyRoom, Asking]:
    return ReplyRoom(visit.runtime, visit.the_brand), replying.asking(visit, asked)


async def _told(visit: Visit, room: ReplyRoom, asking: Asking, sidebar: str) -> AsyncIterator[str]:
    i18n.use(visit.lang)
    async for heard in room.events(asking):
        kind, data = heard["event"], heard["data"]
        if kind == "risk":
            if data["escalate"]:
                html = fragment(
                    visit, "reply_takeover.html", rw=reply_words, risk=data["risk"], handover=data["handover"]
                )
                yield event("takeover", {"html": bytes(html.body).decode()})
        elif kind == "suggestion_delta":
            yield event(
                "delta",
                {"index": data["index"], "stance": reply_words.stance(data["stance"]), "text": data["text"]},
            )
        elif kind == "suggestion":
            one = data["suggestion"]
            yield event(
                "suggestion",
                {"index": data["index"], "stance": reply_words.stance(one["stance"]), "text": one["text"]},
            )
        elif kind == "retract":
            yield event("retract", data)
        elif kind == "done":
            yield event("done", await run_in_threadpool(_done, visit, data["id"], bool(sidebar)))


def _done(visit: Visit, suggestion_id: int, sidebar: bool) -> dict[str, Any]:
    with visit.write() as session:
        records.shown(session, visit.the_brand, suggestion_id, now=visit.now, user=visit.user(session))
    with visit.read() as session:
        view = replies.load(session, visit.the_brand, suggestion_id)
    html = fragment(visit, "reply_part.html", **part_of(visit, view, sidebar=sidebar))
    return {"id": suggestion_id, "html": bytes(html.body).decode()}
