"""The gate of this product's models: the day's budget before every call, the book of calls after it.

The process's clerk does the bookkeeping, so that neither a model's loop nor a writer ever waits for a commit. The
budget itself is a row of the database that all processes share.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from concurrent.futures import Future
from datetime import date

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from content_calendar import notices, spending
from content_calendar.spending import Call, Limits, Outcome, Ticket
from content_calendar.tables import Brand
from content_calendar.zones import local_day, zone
from generator.errors import ModelTrouble
from generator.models import Attempt, Need
from workers.clerk import clerk
from workers.runtime import Runtime
from workers.settings import Settings

CODE = "models.budget"
HOUSE_ZONE = "Asia/Shanghai"
log = logging.getLogger("chongfen.models")


def limits(settings: Settings) -> Limits:
    """What one day may cost."""
    return Limits(settings.model_daily_tokens, settings.model_daily_yuan, settings.model_daily_seconds)


def today(runtime: Runtime, brand: Brand) -> date:
    """The day whose budget a call of this brand counts against."""
    return local_day(runtime.clock.now(), zone(brand.zone))


def meter(runtime: Runtime, session: Session, brand: Brand) -> spending.Meter:
    """Today's meter as this brand sees it."""
    return spending.read(session, today(runtime, brand), limits(runtime.settings))


def metered(runtime: Runtime, brand: Brand) -> spending.Meter | None:
    """Today's meter for a report; None where no model is set."""
    if not runtime.settings.models:
        return None
    with runtime.database.read() as session:
        return meter(runtime, session, brand)


class Till:
    """Budget and book for the calls made for one brand, or for the house (None): a contest of prompts."""

    def __init__(self, runtime: Runtime, brand: Brand | None) -> None:
        self._runtime = runtime
        self._brand_id = brand.id if brand is not None else None
        self._zone = zone(brand.zone if brand is not None else HOUSE_ZONE)
        self._limits = limits(runtime.settings)
        self._posts: Mapping[str, int] = {}

    def serve(self, posts: Mapping[str, int]) -> None:
        """Slot key → post id of what is being written now."""
        self._posts = posts

    async def enter(self, need: Need) -> Ticket:
        """A reservation; ModelTrouble("budget") when the day has no room, or nobody can tell."""
        call = self._call(need)
        asked = clerk().ask(self._runtime.database, lambda session: self._reserve(session, call))
        try:
            ticket = await asyncio.wrap_future(asked)
        except asyncio.CancelledError:
            asked.add_done_callback(self._unused)
            raise
        except SQLAlchemyError as error:
            log.error("the budget cannot be read: %s", type(error).__name__)
            raise ModelTrouble("budget") from error
        if ticket is None:
            raise ModelTrouble("budget")
        return ticket

    def leave(self, ticket: object, attempt: Attempt) -> None:
        """Write down how the call ended; done soon, by the clerk."""
        assert isinstance(ticket, Ticket)
        outcome = Outcome(
            attempt.code, attempt.milliseconds, attempt.tokens_in, attempt.tokens_out, attempt.yuan
        )
        clerk().ask(
            self._runtime.database,
            lambda session: spending.settle(session, ticket, outcome),
            waited_for=False,
        )

    def flush(self) -> None:
        """Wait until everything asked for so far stands in the book. Never inside a transaction of one's own."""
        clerk().ask(self._runtime.database, lambda _: None).result()

    def _reserve(self, session: Session, call: Call) -> Ticket | None:
        ticket = spending.reserve(session, call, self._limits)
        if ticket is None and spending.sweep(session, now=call.at, pace=self._runtime.settings.pace):
            ticket = spending.reserve(session, call, self._limits)
        if ticket is None:
            self._tell(session, call)
        return ticket

    def _unused(self, asked: Future[Ticket | None]) -> None:
        """The caller left while the reservation was being made."""
        if not asked.cancelled() and asked.exception() is None and (ticket := asked.result()) is not None:
            clerk().ask(self._runtime.database, lambda session: spending.give_back(session, ticket))

    def _call(self, need: Need) -> Call:
        now = self._runtime.clock.now()
        return Call(
            brand_id=self._brand_id, post_id=self._posts.get(need.about.post), at=now,
            day=local_day(now, self._zone), model=need.model, purpose=need.about.purpose,
            tokens_in=need.tokens_in, tokens_out=need.tokens_out, milliseconds=round(need.seconds * 1000),
            cost=need.yuan, template_hash=need.about.template_hash, parameters=need.parameters,
        )  # fmt: skip

    def _tell(self, session: Session, call: Call) -> None:
        """The lead is told once a day."""
        if self._brand_id is None:
            return
        text = f"{call.day:%m-%d} 的模型额度不够用了，后面的内容由离线写手来写，明天零点恢复。要当天继续用模型，请调高 CHONGFEN_MODEL_DAILY_ 开头的上限后重启。"
        notices.tell(
            session, brand_id=self._brand_id, code=CODE, subject=f"budget:{call.day.isoformat()}", text=text,
            now=call.at,
        )  # fmt: skip
