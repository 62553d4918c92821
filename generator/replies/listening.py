"""Listening to a model while an operator reads: its paragraphs are judged as they grow, and leave again when they fail.

Nothing that a check bars is ever told, and nothing is told twice. A model that is late gives way.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Literal

from generator.checks import get_ready
from generator.errors import ModelTrouble
from generator.models import About, ChatModel, Message
from generator.models.streaming import stream as model_stream
from generator.replies import guard
from generator.replies.asking import Paragraph, Paragraphs, prompt_for, ready
from generator.replies.desk import ReplyDesk
from generator.replies.preparing import Prepared
from generator.replies.question import Reply, Suggestion
from prompts.errors import PromptError
from prompts.library import Prompt

EventKind = Literal["risk", "sources", "suggestion_delta", "suggestion", "retract", "done"]
MOST = 3
LEAST_CHARS = 8
SOON = 0.05  # seconds into a call when the sources are read for the judging: the request has left, no answer is here yet
OURS = 2.0  # seconds of our own lateness a model is not blamed for
_NO_WORD = re.compile(r"\W+")


@dataclass(frozen=True, slots=True)
class Event:
    """One step of a stream. ``data`` is JSON: risk, sources, {index, text}, {index, suggestion}, {index}, the reply."""

    kind: EventKind
    data: dict[str, Any]
    reply: Reply | None = None


class Run:
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
        await model.ready()
        paragraphs = Paragraphs()
        turns = [Message("system", self.prompt.system), Message("user", self.prompt.user)]
        about = About("reply", template_hash=self.prompt.template_hash)
        soon = asyncio.get_running_loop().call_later(SOON, get_ready, self.prepared.brief)
        try:
            async for piece in _in_time(model_stream(model, turns, about, joined=True), self.desk):
                paragraphs.feed(piece)
                for event in self._judged(paragraphs, model.name):
                    yield event
            paragraphs.end()
        except ModelTrouble as error:
            self.fell_back = error.code  # what was said before it broke stays only where it is whole
        finally:
            soon.cancel()
        for event in self._judged(paragraphs, model.name):
            yield event
        if any(one.told > 0 and not one.barred for one in paragraphs.found):
            yield self._back()  # it began and never became whole

    def _judged(self, paragraphs: Paragraphs, author: str) -> list[Event]:
        """What has become sayable since the last piece. One paragraph grows at a time, at the next free place."""
        events: list[Event] = []
        for paragraph in paragraphs.found:
            if paragraph.barred or paragraph.told < 0:
                continue
            if len(self.shown) >= MOST:
                break
            end = ready(paragraph)
            if end > paragraph.told or paragraph.ended:
                events += self._judge(paragraph, end, author)
        return events

    def _judge(self, paragraph: Paragraph, end: int, author: str) -> list[Event]:
        text = paragraph.text[:end]
        if self._told_already(text):
            return self._once(paragraph, author)
        said = Suggestion(paragraph.stance, text, self.prepared.reply.sources[:2], author=author)
        checked = self._checked(said) if text.strip() else None
        if checked is None or checked.text != text or (paragraph.ended and len(text) < LEAST_CHARS):
            return self._bar(paragraph) if paragraph.ended or len(text) >= LEAST_CHARS else []
        events = []
        if end > paragraph.told:
            more = {"index": len(self.shown), "stance": paragraph.stance, "text": text[paragraph.told :]}
            events.append(Event("suggestion_delta", more))
            paragraph.told = end
        if paragraph.ended:
            paragraph.told = -1
            self.author = author
            events.append(self.show(checked))
        return events

    def _told_already(self, text: str) -> bool:
        """True while a paragraph only repeats what stands there: mostly the reviewed script, which the model was given."""
        said = _NO_WORD.sub("", text)
        return bool(said) and any(_NO_WORD.sub("", one.text).startswith(said) for one in self.shown)

    def _once(self, paragraph: Paragraph, author: str) -> list[Event]:
        """A repetition is not shown a second time; the model has spoken all the same."""
        if not paragraph.ended:
            return []
        self.author, paragraph.barred = author, True
        return [self._back()] if paragraph.told else []

    def _bar(self, paragraph: Paragraph) -> list[Event]:
        paragraph.barred = True
        self._barred += 1
        return [self._back()] if paragraph.told else []

    def _back(self) -> Event:
        """What has begun at the next place leaves the screen again."""
        return Event("retract", {"index": len(self.shown)})

    def _checked(self, said: Suggestion) -> Suggestion | None:
        """What the guard makes of it; a paragraph that ends where it was judged last is not judged again."""
        if self._last is None or self._last[0] != said:
            safe = guard.safe(said, self.prepared.question, self.desk.corpus, self.prepared.brief)
            self._last = (said, safe)
        return self._last[1]


async def _in_time(pieces: AsyncIterator[str], desk: ReplyDesk) -> AsyncIterator[str]:
    """The pieces, as long as they come in time; ModelTrouble("late") when they do not."""
    loop = asyncio.get_running_loop()
    begun = loop.time()
    limit = begun + desk.first_word
    iterator = pieces.__aiter__()
    coming: asyncio.Future[str] | None = None
    try:
        while True:
            coming = asyncio.ensure_future(anext(iterator))
            if not await _came(coming, min(limit, begun + desk.whole)):
                raise ModelTrouble("late")
            try:
                piece = coming.result()
            except StopAsyncIteration:
                return
            limit = begun + desk.whole
            yield piece
    finally:
        if coming is not None and not coming.done():
            coming.cancel()
            await asyncio.wait({coming})
        close = getattr(iterator, "aclose", None)
        if close is not None:
            await close()


async def _came(coming: asyncio.Future[str], limit: float) -> bool:
    """True when it came by ``limit``. What had come while this loop was busy is not late: the model was in time, we were not."""
    loop = asyncio.get_running_loop()
    await asyncio.wait({coming}, timeout=max(0.0, limit - loop.time()))
    busy = loop.time() - limit
    if not coming.done() and busy > 0:
        await asyncio.wait({coming}, timeout=min(busy, OURS))
    return coming.done()
