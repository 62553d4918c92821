"""How alike in meaning a question and each source are, from vectors; nothing when there are none in time.

The sources' vectors are fetched in the background and kept; a question's is asked for within a fraction of a second. Likeness is
told against the sources among themselves, since what 0.6 means differs from model to model.
"""

from __future__ import annotations

import asyncio
import heapq
import random
import statistics
import threading
import weakref
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import mul

from generator.errors import ModelTrouble
from generator.models.loop import home
from generator.models.rest import Rest
from generator.replies.meaning.endpoint import Endpoint
from generator.replies.meaning.vectors import Vector, Vectors
from generator.replies.retrieval import Index
from generator.replies.retrieval.documents import Document
from prompts.reply import KnowledgeRecord, ScriptRecord

LIMIT = 0.4  # seconds a waiting person is worth
BATCH = 32
CLOSE = 24  # sources that are told
EXACT = 300_000  # numbers a question is compared with one by one; beyond it, signs choose the nearest first
PAIRS = 400  # of sources, to learn what unlike looks like
NOTHING, WHOLE = 2.0, 8.0  # deviations above unlike that count as nothing and as the same thing
ANSWER = 80  # characters of an answer that tell what a source is about
TOLD = 300  # characters of a question


@dataclass(frozen=True)
class _Shelf:
    """The sources of one index with vectors: name, vector, signs of its numbers; what unlike ones score."""

    rows: tuple[tuple[str, Vector, int], ...]
    usual: float
    spread: float


class Meaning:
    """One endpoint's sense of likeness. Safe for threads."""

    def __init__(self, endpoint: Endpoint, vectors: Vectors, rest: Rest, *, limit: float = LIMIT) -> None:
        self._endpoint, self._vectors, self._rest, self._limit = endpoint, vectors, rest, limit
        self._lock = threading.Lock()
        self._shelves: weakref.WeakKeyDictionary[Index, _Shelf | None] = weakref.WeakKeyDictionary()

    async def likeness(self, index: Index, asked: str) -> Mapping[str, float]:
        """Source name → 0..1 for the nearest ones; empty when the endpoint is away, late, or has not seen the sources yet.

        ``asked`` must be masked: it leaves the house.
        """
        shelf = self._shelf(index)
        if shelf is None or not asked.strip() or self._rest.resting:
            return {}
        try:
            vector = (await self._endpoint.embed([asked[-TOLD:]], patience=self._limit))[0]
        except ModelTrouble as error:
            self._rest.failed(error.code)
            return {}
        self._rest.succeeded()
        return _compared(shelf, vector)

    def likeness_now(self, index: Index, asked: str) -> Mapping[str, float]:
        """The same from code without a loop."""
        return home().run(self.likeness(index, asked))

    def _shelf(self, index: Index) -> _Shelf | None:
        """What is known of an index; the first to ask sets the fetching going."""
        with self._lock:
            if index in self._shelves:
                return self._shelves[index]
            self._shelves[index] = None
        fill = threading.Thread(
            target=lambda: home().run(self._fill(weakref.ref(index))), name="chongfen-meaning", daemon=True
        )
        fill.start()
        return None

    async def learn(self, index: Index) -> bool:
        """Fetch the sources' vectors now; True when all are there."""
        wanted = {name: text for document in index.documents for name, text in [_told(document)]}
        missing = [text for text in dict.fromkeys(wanted.values()) if self._vectors.get(text) is None]
        for start in range(0, len(missing), BATCH):
            part = missing[start : start + BATCH]
            try:
                found = await self._endpoint.embed(part)
            except ModelTrouble as error:
                self._rest.failed(error.code)
                return False
            self._vectors.add(dict(zip(part, found, strict=True)))
        shelf = await asyncio.to_thread(self._built, wanted)
        with self._lock:
            self._shelves[index] = shelf
        return shelf is not None

    async def _fill(self, index: weakref.ref[Index]) -> None:
        alive = index()
        if alive is not None and not await self.learn(alive):
            with self._lock:
                self._shelves.pop(alive, None)  # the next question tries again, after the rest

    def _built(self, wanted: Mapping[str, str]) -> _Shelf | None:
        vectors = [(name, self._vectors.get(text)) for name, text in wanted.items()]
        rows = tuple((name, vector, _signs(vector)) for name, vector in vectors if vector is not None)
        if not rows or len(rows) < len(wanted) or len({len(vector) for _, vector, _ in rows}) != 1:
            return None
        usual, spread = _unlike([vector for _, vector, _ in rows])
        return _Shelf(rows, usual, spread)


def _told(document: Document) -> tuple[str, str]:
    """A source's name, and the words its meaning is read from."""
    record = document.record
    answer = record.answer if isinstance(record, ScriptRecord | KnowledgeRecord) else ""
    return document.name, f"{document.question} {answer[:ANSWER]}".strip()


def _signs(vector: Vector) -> int:
    """The signs of the numbers as one integer: what differs in few of them is near."""
    return sum(1 << place for place, number in enumerate(vector) if number > 0)


def _unlike(vectors: Sequence[Vector]) -> tuple[float, float]:
    """Mean and deviation of the likeness of two sources picked by chance."""
    if len(vectors) < 3:
        return 0.0, 0.125
    dice = random.Random(len(vectors))  # noqa: S311 — a sample, no secret
    found = [sum(map(mul, *dice.sample(vectors, 2))) for _ in range(PAIRS)]
    return statistics.fmean(found), max(0.02, statistics.pstdev(found))


def _compared(shelf: _Shelf, vector: Vector) -> dict[str, float]:
    if len(vector) != len(shelf.rows[0][1]):
        return {}
    rows: Sequence[tuple[str, Vector, int]] = shelf.rows
    if len(rows) * len(vector) > EXACT:
        signs = _signs(vector)
        rows = heapq.nsmallest(CLOSE, rows, key=lambda row: (row[2] ^ signs).bit_count())
    told = {name: (sum(map(mul, own, vector)) - shelf.usual) / shelf.spread for name, own, _ in rows}
    scaled = {name: (above - NOTHING) / (WHOLE - NOTHING) for name, above in told.items()}
    best = heapq.nlargest(CLOSE, scaled, key=scaled.__getitem__)
    return {name: min(1.0, scaled[name]) for name in best if scaled[name] > 0.0}
