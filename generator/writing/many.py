"""Many posts at once: as many in flight as the models take, each handed over the moment it is finished.

Posts of the same tier that are written side by side cannot know of each other. So a finished text is
compared with those handed over meanwhile, and one that came out too alike is written again.
"""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from generator.errors import GeneratorError
from generator.writing.desk import WritingDesk
from generator.writing.look import TOO_CLOSE, closest
from generator.writing.pipeline import awrite, seed_of
from prompts.brief import Brief, Level
from prompts.draft import Draft

REMEMBERED = 300  # texts per tier that a new one is compared with: memory stays flat
AGAIN = 2  # times a text that came out too alike is written again
log = logging.getLogger("chongfen.write")
Failed = Callable[[Brief, GeneratorError], None]


def _logged(brief: Brief, error: GeneratorError) -> None:
    log.warning("post %s cannot be written: %s", brief.post, error.code)


def _fault(brief: Brief, error: Exception) -> GeneratorError:
    """Only the sort of error and its place are logged: its message may hold a customer's words."""
    places = [
        f"{Path(frame.filename).name}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)
    ]
    log.error("post %s: %s at %s", brief.post, type(error).__name__, " > ".join(places[-3:]))
    sort = type(error).__name__
    return GeneratorError(
        f"写这条内容时出了意料之外的错（{sort}），请重写一次；还不行请告诉开发者。",
        code="writing.internal",
        english=f"Writing this post failed unexpectedly ({sort}); write it again.",
    )


async def write_many(
    briefs: Iterable[Brief],
    *,
    desk: WritingDesk,
    taken_by_tier: Mapping[Level, Sequence[str]] | None = None,
    failed: Failed = _logged,
) -> AsyncIterator[tuple[Brief, Draft]]:
    """Drafts in the order they finish. ``taken_by_tier``: texts of the same days that stand already.

    A brief no writer has a word for goes to ``failed`` and is left out. Leaving early cancels what is in
    flight.
    """
    batch = _Batch(desk, taken_by_tier or {}, iter(briefs))
    try:
        while batch.fill():
            for brief, result in await batch.finished():
                if isinstance(result, GeneratorError):
                    failed(brief, result)
                else:
                    yield brief, result
    finally:
        await batch.stop()


@dataclass(frozen=True)
class _Try:
    """A brief being written: for which time, and how many texts of its tier it could know of."""

    brief: Brief
    again: int
    knew: int


@dataclass
class _Batch:
    """Tasks in flight and what has been taken so far."""

    desk: WritingDesk
    given: Mapping[Level, Sequence[str]]
    waiting: Iterable[Brief]
    flight: dict[asyncio.Task[Draft], _Try] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # Two more than the slots keep every slot busy; offline work is done one at a time.
        self.most = self.desk.slots + 2 if self.desk.models else 1
        self.taken: dict[Level, deque[str]] = {}
        self.done: Counter[Level] = Counter()

    def fill(self) -> bool:
        """Start as many as may be in flight; False when nothing is left to do."""
        while len(self.flight) < self.most:
            brief = next(iter(self.waiting), None)
            if brief is None:
                break
            self._start(brief, again=0)
        return bool(self.flight)

    async def finished(self) -> list[tuple[Brief, Draft | GeneratorError]]:
        """What has finished since; a text too like a neighbour's goes round again instead."""
        done, _ = await asyncio.wait(self.flight, return_when=asyncio.FIRST_COMPLETED)
        results = [self._settled(task) for task in done]
        return [result for result in results if result is not None]

    async def stop(self) -> None:
        """Cancel what is in flight and wait until it has ended."""
        for task in self.flight:
            task.cancel()
        await asyncio.gather(*self.flight, return_exceptions=True)

    def _start(self, brief: Brief, *, again: int) -> None:
        seed = seed_of(brief) + again * 1009
        work = awrite(brief, desk=self.desk, taken=tuple(self._taken(brief)), seed=seed)
        self.flight[asyncio.create_task(work)] = _Try(brief, again, self.done[brief.tier.level])

    def _settled(self, task: asyncio.Task[Draft]) -> tuple[Brief, Draft | GeneratorError] | None:
        tried = self.flight.pop(task)
        brief, level = tried.brief, tried.brief.tier.level
        try:
            draft = task.result()
        except GeneratorError as error:
            return brief, error
        except Exception as error:  # a fault of ours with one brief must not cost the others their drafts
            return brief, _fault(brief, error)
        taken, news = self._taken(brief), self.done[level] > tried.knew
        if news and tried.again < AGAIN and closest(draft.text, taken) >= TOO_CLOSE:
            self._start(brief, again=tried.again + 1)
            return None
        taken.append(draft.text)
        self.done[level] += 1
        return brief, draft

    def _taken(self, brief: Brief) -> deque[str]:
        level = brief.tier.level
        if level not in self.taken:
            self.taken[level] = deque(self.given.get(level, ()), maxlen=REMEMBERED)
        return self.taken[level]
