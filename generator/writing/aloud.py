"""Writing one post while an editor watches: the words as a model gives them, then the draft they make.

What is watched is a preview. The draft at the end went the same way as every other: assembled, looked at, mended once
or twice where something forbids it, by the offline writer where no model answers in time.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from generator.checks.judge import consult
from generator.errors import ModelTrouble
from generator.models import About, ChatModel, Message, answers, stream
from generator.models.spoken import spoken
from generator.writing.asking import SHAPE, Asking, Written
from generator.writing.desk import MOST_REPAIRS, WritingDesk
from generator.writing.pipeline import aware, by_offline, drafted, seed_of
from prompts.brief import Brief
from prompts.draft import Draft
from prompts.errors import PromptError

PATIENCE = 45.0  # seconds an editor waits at most; then the offline writer steps in
READ_ALOUD = ("first_line", "body", "action")
_UNREADABLE = frozenset(
    {"malformed", "empty", "too_long"}
)  # worth asking once more, in the server's own structure
log = logging.getLogger("chongfen.write")


@dataclass(frozen=True)
class Said:
    """More words."""

    text: str


@dataclass(frozen=True)
class Anew:
    """What was shown is void. ``why``: ``repair``, or the code of the trouble that ended it."""

    why: str


@dataclass(frozen=True)
class Made:
    """The draft; nothing follows."""

    draft: Draft


Told = Said | Anew | Made


async def write_aloud(
    brief: Brief,
    *,
    desk: WritingDesk,
    taken: Sequence[str] = (),
    patience: float = PATIENCE,
    now: Callable[[], float] = time.monotonic,
) -> AsyncGenerator[Told, None]:
    """Tell the words as they come, then the draft. Leaving early ends the model's call.

    Trouble with a model is never raised; GeneratorError (``writing.nothing``) only when nobody has a word for the brief.
    """
    watched = _Watched(brief, desk, taken, now() + patience, now)
    async with aclosing(watched.told()) as told:
        async for one in told:
            yield one


class _Watched:
    """One post being written before somebody's eyes."""

    def __init__(
        self, brief: Brief, desk: WritingDesk, taken: Sequence[str], ends: float, now: Callable[[], float]
    ) -> None:
        self._brief, self._desk, self._taken = brief, desk, taken
        self._ends, self._now = ends, now
        self._reason = "" if desk.models else "no_model"
        self._draft: Draft | None = None
        self._heard: Written | None = None

    async def told(self) -> AsyncGenerator[Told, None]:
        for model in self._desk.models:
            try:
                async with aclosing(self._by_model(model)) as told:
                    async for one in told:
                        yield one
                break
            except ModelTrouble as error:
                self._reason = self._reason or error.code
                yield Anew(error.code)
                if error.code == "deadline":
                    break
            except PromptError as error:
                log.warning("template of %s is unusable: %s", self._brief.kind, error)
                self._reason = self._reason or error.code
                break
        if self._draft is None:
            seed = seed_of(self._brief)
            self._draft = by_offline(self._brief, self._desk, self._taken, seed, self._reason, None)
            yield Said(self._draft.text)
        yield Made(await self._judged(self._draft))

    async def _by_model(self, model: ChatModel) -> AsyncGenerator[Told, None]:
        """The model's text, mended while something in it forbids it; kept in ``_draft``."""
        kind = self._desk.library.kind(self._brief.kind)
        prompt = self._desk.library.render(aware(self._brief, self._taken))
        asking = Asking(self._brief, kind, prompt, model, self._desk, self._taken)
        async with aclosing(self._first(asking)) as told:
            async for one in told:
                yield one
        best, repairs = self._answered(), 0
        while best.seen.rank[0] and repairs < min(self._desk.repair_rounds, MOST_REPAIRS):
            repairs += 1
            yield Anew("repair")
            try:
                async with aclosing(self._round(asking, asking.turns(best=best), "repair")) as told:
                    async for one in told:
                        yield one
            except ModelTrouble:
                break
            best = min(best, self._answered(), key=lambda one: one.seen.rank)
        self._draft = drafted(
            self._brief, prompt, model, best, seed_of(self._brief), self._reason, repairs=repairs
        )

    async def _first(self, asking: Asking) -> AsyncGenerator[Told, None]:
        """The first text as it comes; asked again in one piece when what came cannot be read."""
        try:
            async with aclosing(self._round(asking, asking.turns(), "write")) as told:
                async for one in told:
                    yield one
        except ModelTrouble as error:
            if error.code not in _UNREADABLE:
                raise
            yield Anew(error.code)
            self._heard = await self._in_time(asking.one(asking.turns(), "write"))
            yield Said(self._heard.post.text)

    async def _round(self, asking: Asking, turns: list[Message], purpose: str) -> AsyncGenerator[Told, None]:
        """One answer: what may be read of it as it comes; the whole of it is left in ``_heard``."""
        about = About(purpose, self._brief.post, asking.prompt.template_hash)
        whole, shown = "", ""
        pieces: Any = stream(asking.model, turns, about)
        async with aclosing(pieces):
            while (piece := await self._in_time(anext(pieces, None))) is not None:
                whole += piece
                read = spoken(whole, READ_ALOUD)
                if len(read) > len(shown) and read.startswith(shown):
                    yield Said(read[len(shown) :])
                    shown = read
        answer = answers.read(whole, SHAPE.fields)
        if answer is None:
            raise ModelTrouble("malformed" if whole.strip() else "empty")
        self._heard = asking.judged(answer)

    def _answered(self) -> Written:
        assert self._heard is not None
        return self._heard

    async def _in_time(self, awaited: Any) -> Any:
        """What is awaited; ModelTrouble("deadline") when the editor has waited long enough."""
        try:
            async with asyncio.timeout(max(0.0, self._ends - self._now())):
                return await awaited
        except TimeoutError:
            raise ModelTrouble("deadline") from None

    async def _judged(self, draft: Draft) -> Draft:
        if self._desk.judge is None:
            return draft
        found = await consult(
            draft.text, draft.findings, self._desk.judge, own=self._desk.own, post=self._brief.post
        )
        return draft if found == draft.findings else draft.model_copy(update={"findings": found})
