"""Having a post written again before one's eyes: the words as they come, the difference, and only then yes or no.

Nothing of the post changes until the editor says yes; then it becomes a new version, unless somebody was faster. Without
scripts the same is a page.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from desk import errors
from desk.acts import rewriting
from desk.queries import diffing
from desk.queries import post as posts
from desk.web import i18n, model_words, quick
from desk.web.guards import Id, Writer
from desk.web.pages import post, tray
from desk.web.rendering import fragment, go, page
from desk.web.said import safe_back
from desk.web.telling import QUIET, event
from desk.web.visit import Visit
from generator.errors import GeneratorError
from generator.writing import Anew, Made, Said
from prompts.draft import Draft
from workers.batches.proposals import Proposing

router = APIRouter(include_in_schema=False)
Instruction = Annotated[str, Form(max_length=rewriting.LONGEST)]
Hash = Annotated[str, Form(max_length=64)]
Number = Annotated[str, Form(max_length=32)]
Back = Annotated[str, Form(max_length=2000)]
FAULTS: tuple[type[Exception], ...] = (*errors.REFUSALS, GeneratorError)


@router.post("/posts/{post_id}/rewrite/stream")
async def stream(
    visit: Writer, post_id: Id, instruction: Instruction = "", revision_hash: Hash = "", back: Back = "/"
) -> StreamingResponse:
    """Server-sent events: ``said`` with more words, ``anew`` when they are void, then ``made`` or ``wrong``."""
    events = _events(visit, post_id, instruction, revision_hash, back)
    return StreamingResponse(events, media_type="text/event-stream", headers=QUIET)


@router.post("/posts/{post_id}/rewrite")
async def rewrite(
    request: Request, visit: Writer, post_id: Id, instruction: Instruction = "", revision_hash: Hash = "", back: Back = "/"
) -> Response:  # fmt: skip
    """Without scripts: a first text is ordered as ever; another one is shown beside the old, to be taken or not."""
    try:
        if not await run_in_threadpool(_has_text, visit, post_id):
            return await run_in_threadpool(_ordered, visit, post_id, instruction, back)
        begun = await run_in_threadpool(_begin, visit, post_id, instruction, revision_hash)
        draft = await begun.made()
    except FAULTS as error:
        return await run_in_threadpool(_refused, request, visit, post_id, back, error)
    number = await run_in_threadpool(begun.keep, draft)
    shown = _shown(visit, begun, draft, number, back)
    return await run_in_threadpool(_page, request, visit, post_id, shown)


@router.post("/posts/{post_id}/rewrite/accept")
def accept(request: Request, visit: Writer, post_id: Id, number: Number = "", back: Back = "/") -> Response:
    """Make what was proposed the newest version."""
    try:
        rewriting.accept(visit, post_id, number)
    except errors.REFUSALS as error:
        if quick.asked(request):
            return quick.refused(visit, error)
        return _refused(request, visit, post_id, back, error)
    if quick.asked(request):
        return quick.done(visit, "rewritten")
    return go(_after(post_id, back), said="rewritten")


def _has_text(visit: Visit, post_id: int) -> bool:
    with visit.read() as session:
        return posts.get(session, visit.the_brand, post_id).revision_id is not None


def _ordered(visit: Visit, post_id: int, instruction: str, back: str) -> Response:
    done = rewriting.ask(visit.runtime, post_id, instruction=instruction, user_name=visit.visitor.name)
    return go(_after(post_id, back), said="rewritten" if done else "writing")


def _begin(visit: Visit, post_id: int, instruction: str, base: str) -> Proposing:
    with visit.read() as session:
        posts.get(session, visit.the_brand, post_id)
    return rewriting.begin(visit, post_id, instruction=instruction, base=base)


def _page(request: Request, visit: Visit, post_id: int, shown: dict[str, Any]) -> Response:
    with visit.read() as session:
        found = posts.get(session, visit.the_brand, post_id)
    return page(request, visit, "rewrite.html", section="/review", post=found, **shown)


def _refused(request: Request, visit: Visit, post_id: int, back: str, error: Exception) -> Response:
    if errors.status_of(error) == 404:
        raise error
    wrong, status = errors.say(error, visit.lang), errors.status_of(error)
    if back.startswith("/review"):
        return tray.show(request, visit, post_id=post_id, wrong=wrong, status=status)
    return post.show(request, visit, post_id, wrong=wrong, status=status)


def _after(post_id: int, back: str) -> str:
    return f"/review?post={post_id}" if back.startswith("/review") else safe_back(back)


async def _events(visit: Visit, post_id: int, instruction: str, base: str, back: str) -> AsyncIterator[str]:
    try:
        begun = await run_in_threadpool(_begin, visit, post_id, instruction, base)
        async with aclosing(begun.told()) as told:
            async for one in told:
                if isinstance(one, Said):
                    yield event("said", {"text": one.text})
                elif isinstance(one, Anew):
                    i18n.use(visit.lang)
                    yield event("anew", {"why": model_words.anew(one.why)})
                elif isinstance(one, Made):
                    yield event("made", await run_in_threadpool(_made, visit, begun, one.draft, back))
    except FAULTS as error:
        yield event("wrong", {"text": errors.say(error, visit.lang)})


def _made(visit: Visit, begun: Proposing, draft: Draft, back: str) -> dict[str, Any]:
    number = begun.keep(draft)
    html = fragment(visit, "rewrite_part.html", **_shown(visit, begun, draft, number, back))
    return {"html": bytes(html.body).decode(), "number": number}


def _shown(visit: Visit, begun: Proposing, draft: Draft, number: str, back: str) -> dict[str, Any]:
    """What the proposal's own template needs."""
    i18n.use(visit.lang)
    return {
        "draft": draft, "changes": diffing.changes(begun.old, draft.text), "number": number, "back": back,
        "post_id": begun.post_id, "instruction": begun.brief.instruction, "same": begun.old == draft.text,
        "stepped_in": model_words.stepped_in(draft.provenance.fell_back),
    }  # fmt: skip
