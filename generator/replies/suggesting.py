"""The public way in: a reply at once and offline, or as a stream that a model fills while the operator reads.

Danger is known first and told first; with danger no model is asked. A model that is late, fails or says what may
not be said is replaced by the offline words that were ready before it was asked.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any, Literal

from generator.errors import ModelTrouble
from generator.models import About, ChatModel, Message
from generator.models.streaming import stream as model_stream
from generator.replies import guard
from generator.replies.asking import Paragraph, Paragraphs, prompt_for, ready
from generator.replies.desk import ReplyDesk
from generator.replies.preparing import Prepared, leaving, prepare
from generator.replies.question import Question, Reply, Suggestion
from generator.replies.retrieval.search import NOTHING
from prompts.errors import PromptError
from prompts.library import Prompt

EventKind = Literal["risk", "sources", "suggestion_delta", "suggestion", "retract", "done"]
MOST = 3
LEAST_CHARS = 8


@dataclass(frozen=True, slots=True)
class Event:
    """One step of a stream. ``data`` is JSON: risk, sources, {index, text}, {index, suggestion}, {index}, the reply."""

    kind: EventKind
    data: dict[str, Any]
    reply: Reply | None = None


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
    run = _Run(prepared, desk)
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


class _Run:
    """One question put to the models, its suggestions judged as they grow."""

    def __init__(self, prepared: Prepared, desk: ReplyDesk) -> None:
        self.prepared, self.desk = prepared, desk
        self.shown: list[Suggestion] = []
        self.prompt: Prompt | None = None
        self.author, self.fell_back = "offline", ""
        self._barred = 0
        self._last: tuple[Suggestion, Suggestion | None] | None = None

    def show(self, one: Suggestion) -> Event:
        """A whole suggestion goes out."""
        self.shown.append(one)
        return Event("suggestion", {"index": len(self.shown) - 1, "suggestion": one.document()})

    def same_stance(self, one: Suggestion) -> bool:
        """True when a model already spoke in this stance."""
        return self.author != "offline" and any(shown.stance == one.stance for shown in self.shown)

    async def ask(self) -> AsyncIterator[Event]:
        """The models in turn, until one has spoken; then whatever it managed in time."""
        try:
            self.prompt = prompt_for(self.prepared, self.desk)
        except PromptError:  # a brand's own template that cannot be rendered; lint names it
            self.fell_back = "prompt"
            return
        for model in self.desk.models:
            try:
                async for event in self._listen(model):
                    yield event
            except ModelTrouble as error:
                self.fell_back = error.code
            if self.author != "offline":
                return
        self.fell_back = self.fell_back or ("barred" if self._barred else "empty")

    async def _listen(self, model: ChatModel) -> AsyncIterator[Event]:
        assert self.prompt is not None
        base = len(self.shown)
        paragraphs = Paragraphs()
        turns = [Message("system", self.prompt.system), Message("user", self.prompt.user)]
        try:
            async for piece in _in_time(
                model_stream(
                    model, turns, About("reply", template_hash=self.prompt.template_hash), joined=True
                ),
                self.desk,
            ):
                paragraphs.feed(piece)
                for event in self._judged(paragraphs, base, model.name):
                    yield event
            paragraphs.end()
        except ModelTrouble as error:
            self.fell_back = error.code  # what was said before it broke stays only where it is whole
        for event in self._judged(paragraphs, base, model.name):
            yield event
        for event in self._taken_back(paragraphs, base):
            yield event

    def _judged(self, paragraphs: Paragraphs, base: int, author: str) -> list[Event]:
        """What has become sayable since the last piece."""
        events: list[Event] = []
        for place, paragraph in enumerate(paragraphs.found[: MOST - base]):
            if paragraph.barred or paragraph.told < 0:
                continue
            end = ready(paragraph)
            if end > paragraph.told or paragraph.ended:
                events += self._judge(paragraph, base + place, end, author)
        return events

    def _judge(self, paragraph: Paragraph, index: int, end: int, author: str) -> list[Event]:
        said = Suggestion(
            paragraph.stance, paragraph.text[:end], self.prepared.reply.sources[:2], author=author
        )
        checked = self._checked(said) if said.text.strip() else None
        if checked is None or checked.text != said.text:
            if paragraph.ended or len(said.text) >= LEAST_CHARS:
                paragraph.barred = True
                self._barred += 1
                return [Event("retract", {"index": index})] if paragraph.told else []
            return []
        events = []
        if end > paragraph.told:
            events.append(Event("suggestion_delta", {"index": index, "stance": paragraph.stance, "text": paragraph.text[paragraph.told : end]}))  # fmt: skip
            paragraph.told = end
        if paragraph.ended and len(checked.text) >= LEAST_CHARS:
            paragraph.told = -1
            self.author = author
            self.shown.append(checked)
            events.append(Event("suggestion", {"index": index, "suggestion": checked.document()}))
        return events

    def _checked(self, said: Suggestion) -> Suggestion | None:
        """What the guard makes of it; a paragraph that ends where it was judged last is not judged again."""
        if self._last is None or self._last[0] != said:
            safe = guard.safe(said, self.prepared.question, self.desk.corpus, self.prepared.brief)
            self._last = (said, safe)
        return self._last[1]

    def _taken_back(self, paragraphs: Paragraphs, base: int) -> list[Event]:
        """Paragraphs that began and never became whole leave the screen again."""
        return [
            Event("retract", {"index": base + place})
            for place, paragraph in enumerate(paragraphs.found[: MOST - base])
            if paragraph.told > 0 and not paragraph.barred
        ]


async def _in_time(pieces: AsyncIterator[str], desk: ReplyDesk) -> AsyncIterator[str]:
    """The pieces, as long as they come in time; ModelTrouble("late") when they do not."""
    loop = asyncio.get_running_loop()
    begun = loop.time()
    limit = begun + desk.first_word
    iterator = pieces.__aiter__()
    try:
        while True:
            try:
                async with asyncio.timeout_at(min(limit, begun + desk.whole)):
                    piece = await iterator.__anext__()
            except StopAsyncIteration:
                return
            except TimeoutError:
                raise ModelTrouble("late") from None
            limit = begun + desk.whole
            yield piece
    finally:
        close = getattr(iterator, "aclose", None)
        if close is not None:
            await close()
