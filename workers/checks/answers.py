"""The judge of a brand's drafts: the first model of the chain, and its answers kept in the database.

Answers are read off the loop that asks and written in the transaction of whoever submits the draft.
"""

from __future__ import annotations

import asyncio
import queue
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from content_calendar.clock import Clock
from content_calendar.database import Database
from content_calendar.tables import JudgeAnswer
from generator.checks.judge import Doubt, Judge, Opinion, asking
from generator.models import ChatModel
from generator.replies.masking import mask


class AnswerBook:
    """What a judge answered before, and what it has answered since and is not yet written down."""

    def __init__(self, database: Database, clock: Clock, model: str) -> None:
        self._database, self._clock, self._model = database, clock, model
        self._new: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()

    async def recall(self, keys: Sequence[str]) -> Mapping[str, Opinion]:
        """The answers known already."""
        return await asyncio.to_thread(self._read, list(keys))

    def keep(self, key: str, doubt: Doubt, opinion: Opinion) -> None:
        """Remember an answer until the next :meth:`flush`."""
        self._new.put(
            {
                "key": key, "model": self._model[:120], "rule": doubt.rule[:80], "reason": opinion.reason,
                "at": self._clock.now(), "answer": {"rule": opinion.rule, "words": opinion.words},
            }
        )  # fmt: skip

    def flush(self, session: Session) -> int:
        """Write the new answers down; how many. An answer another process wrote meanwhile stands."""
        rows = []
        while not self._new.empty():
            rows.append(self._new.get())
        if rows:
            insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
            session.execute(insert(JudgeAnswer).on_conflict_do_nothing(index_elements=["key"]), rows)
        return len(rows)

    def _read(self, keys: list[str]) -> dict[str, Opinion]:
        with self._database.read() as session:
            rows = session.scalars(select(JudgeAnswer).where(JudgeAnswer.key.in_(keys))).all()
        return {
            row.key: Opinion(str(row.answer.get("rule", "")), str(row.answer.get("words", "")), row.reason)
            for row in rows
        }


@dataclass(frozen=True)
class Court:
    """A judge and the book of its answers."""

    judge: Judge
    book: AnswerBook


def judge_of(models: Sequence[ChatModel], database: Database, clock: Clock) -> Court | None:
    """The judge there is; None without a model."""
    if not models:
        return None
    book = AnswerBook(database, clock, models[0].name)
    ask = asking(models[0], masked=lambda text: mask(text).text)
    return Court(Judge(models[0].name, ask, book), book)
