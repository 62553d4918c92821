"""The public way in: a reply at once and offline, or as a stream that a model fills while the operator reads.

Danger is known first and told first; with danger no model is asked. A model that is late, fails or says what may
not be said is replaced by the offline words that were ready before it was asked.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

from generator.replies.desk import ReplyDesk
from generator.replies.listening import MOST, Event, Run
from generator.replies.preparing import leaving, prepare
from generator.replies.question import Question, Reply
from generator.replies.retrieval.search import NOTHING


def suggest(question: Question, desk: ReplyDesk) -> Reply:
    """The reply without a model, at once."""
    near = (
        desk.meaning.likeness_now(desk.index, leaving(question, desk))
        if desk.meaning is not None
        else NOTHING
    )
    prepared = prepare(question, desk, near)
    return replace(
        prepared.reply, suggestions=prepared.suggestions, fell_back="" if desk.models else "no_model"
    )


async def asuggest(question: Question, desk: ReplyDesk) -> Reply:
    """The reply with the model's words where there is one in time."""
    reply: Reply | None = None
    async for event in stream(question, desk):
        reply = event.reply or reply
    assert reply is not None  # a stream always ends with "done"
    return reply


async def stream(question: Question, desk: ReplyDesk) -> AsyncIterator[Event]:
    """Risk, sources, then suggestions as they come; "done" with the whole reply ends it."""
    near = (
        await desk.meaning.likeness(desk.index, leaving(question, desk))
        if desk.meaning is not None
        else NOTHING
    )
    prepared = prepare(question, desk, near)
    reply = prepared.reply
    yield Event("risk", _risk(reply))
    yield Event(
        "sources",
        {"sources": [source.place() | {"title": source.title} for source in reply.sources], "gap": reply.gap},
    )
    run = Run(prepared, desk)
    if not desk.models:
        run.fell_back = "no_model"
    elif prepared.for_model:
        if prepared.script is not None:
            yield run.show(prepared.script)
        async for event in run.ask():
            yield event
    for one in prepared.suggestions if len(run.shown) < MOST else ():
        if len(run.shown) >= MOST:
            break
        if one.text not in {shown.text for shown in run.shown} and not run.same_stance(one):
            yield run.show(one)
    done = replace(
        reply,
        suggestions=tuple(run.shown),
        author=run.author,
        fell_back=run.fell_back,
        prompt_version=run.prompt.template_hash if run.prompt else "",
    )
    yield Event("done", done.document(), done)


def _risk(reply: Reply) -> dict[str, Any]:
    names = ("risk", "risks", "escalate", "handover", "at_once", "note")
    return {name: value for name, value in reply.document().items() if name in names}
