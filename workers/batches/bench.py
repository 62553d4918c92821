"""The writer's bench: library, models, budget and the book of calls, made from settings for one batch.

Models are made once per process: a client that is dropped while another is at work leaves that one waiting.
"""

from __future__ import annotations

import queue
from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from content_calendar.tables import Brand, ModelCall
from content_calendar.zones import local_day, zone
from generator.models import ChatModel, from_setting
from generator.writing import CallRecord, DailyBudget, Spent, WritingDesk
from prompts.library import Library
from workers.runtime import Runtime
from workers.settings import Settings


class Bench:
    """A writing desk for one brand, and the calls made at it that are not yet in the book."""

    def __init__(self, runtime: Runtime, brand: Brand) -> None:
        self._runtime = runtime
        self._brand = brand
        self._calls: queue.SimpleQueue[CallRecord] = queue.SimpleQueue()
        settings = runtime.settings
        self.desk = WritingDesk(
            library=Library.load(settings.prompts_dir),
            models=_models(settings),
            record=self._calls.put,
            budget=self._budget(),
            now=runtime.clock.now,
            candidates=settings.model_candidates,
        )

    def book(self, session: Session, posts: Mapping[str, int]) -> int:
        """Write the calls made since into ``model_call``; ``posts``: slot key → post id. How many they were."""
        rows = []
        while not self._calls.empty():
            rows.append(self._row(self._calls.get(), posts))
        if rows:
            session.execute(insert(ModelCall), rows)
        return len(rows)

    def _row(self, call: CallRecord, posts: Mapping[str, int]) -> dict[str, object]:
        return {
            "brand_id": self._brand.id, "post_id": posts.get(call.post), "at": call.at,
            "day": local_day(call.at, zone(self._brand.zone)), "model": call.model[:120],
            "purpose": call.purpose[:24], "template_hash": call.template_hash, "parameters": call.parameters,
            "tokens_in": call.tokens_in, "tokens_out": call.tokens_out, "milliseconds": call.milliseconds,
            "outcome": call.outcome[:40], "cost": call.cost,
        }  # fmt: skip

    def _budget(self) -> DailyBudget:
        """The day's tokens, all brands together, less what the book says is spent."""
        where = zone(self._brand.zone)

        def today() -> date:
            return local_day(self._runtime.clock.now(), where)

        tokens = func.coalesce(func.sum(ModelCall.tokens_in), 0) + func.coalesce(
            func.sum(ModelCall.tokens_out), 0
        )
        with self._runtime.database.read() as session:
            spent = session.scalar(select(tokens).where(ModelCall.day == today())) or 0
        return DailyBudget(
            today, tokens=self._runtime.settings.model_daily_tokens, spent=Spent(tokens=int(spent))
        )


def _models(settings: Settings) -> tuple[ChatModel, ...]:
    key = settings.model_key.get_secret_value()
    return _made(settings.models, key, settings.model_timeout, settings.model_concurrency)


@lru_cache(maxsize=4)
def _made(text: str, key: str, timeout: float, concurrency: int) -> tuple[ChatModel, ...]:
    return from_setting(text, key=key, timeout=timeout, concurrency=concurrency)
