"""Replies put to work: a brand's index kept ready between questions, models and budget from settings, the record.

An index is built once per workbook and process; the next import gives another stamp, and so another index.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import AsyncIterator
from contextlib import aclosing, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any

from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from content_calendar.replies import corpus, records
from content_calendar.tables import Brand
from generator.errors import GeneratorError
from generator.models import ChatModel, from_setting
from generator.models.rest import Rest
from generator.replies import Question, Reply, ReplyDesk, asuggest, desk_for, stream, suggest
from generator.replies.listening import Event
from generator.replies.masking import mask
from generator.replies.meaning import Meaning, Vectors
from generator.replies.meaning import from_setting as from_embeddings
from generator.replies.question import Source
from prompts.brief import Level
from prompts.library import Library
from workers.chains import chains
from workers.clerk import clerk
from workers.runtime import Runtime
from workers.settings import Settings
from workers.till import Till

KEPT = 8  # brands whose index stays in memory
PATIENCE = 15.0  # seconds one call may take at most; the reply desk itself stops waiting earlier
log = logging.getLogger("chongfen.replies")
MOST_TOKENS = 1_500  # of an answer: three short paragraphs, and the thoughts of a model that thinks aloud


@dataclass(frozen=True)
class Asking:
    """One question as an operator puts it. ``group_id`` and ``user_id`` are for the record."""

    text: str
    now: datetime
    private: bool = True
    tier: Level | None = None
    group_name: str = ""
    known: tuple[str, ...] = ()
    group_id: int | None = None
    user_id: int | None = None

    def question(self) -> Question:
        """As the generator takes it."""
        return Question(self.text, self.now, self.private, self.tier, self.group_name, self.known)


@dataclass(frozen=True)
class Answered:
    """A reply and the id it was recorded under."""

    id: int
    reply: Reply


class _Desks:
    """The process's indexes by database and brand."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[tuple[Engine, int], ReplyDesk] = {}
        self._making: dict[tuple[Engine, int], threading.Lock] = {}

    def get(self, runtime: Runtime, session: Session, brand: Brand) -> ReplyDesk:
        """The desk for a brand's workbook as it stands; built when there is none or the workbook changed."""
        key = (runtime.database.engine, brand.id)
        now = runtime.clock.now()
        stamp = corpus.stamp(session, brand, now=now)
        if (found := self._known(key, stamp)) is not None:
            return found
        with self._lock:
            making = self._making.setdefault(key, threading.Lock())
        with making:  # fifty who ask right after an import wait for one index, not for fifty
            if (found := self._known(key, stamp)) is None:
                found = self._add(key, desk_for(corpus.load(session, brand, now=now)))
        return found

    def _known(self, key: tuple[Engine, int], stamp: str) -> ReplyDesk | None:
        with self._lock:
            kept = self._kept.get(key)
        return kept if kept is not None and kept.corpus.stamp == stamp else None

    def _add(self, key: tuple[Engine, int], made: ReplyDesk) -> ReplyDesk:
        with self._lock:
            self._kept.pop(key, None)
            while len(self._kept) >= KEPT:
                gone = next(iter(self._kept))
                del self._kept[gone]
                self._making.pop(gone, None)
            self._kept[key] = made
        return made


_desks = _Desks()


class ReplyRoom:
    """One brand's replies for one caller: the shared index, models that pay at the till."""

    def __init__(self, runtime: Runtime, brand: Brand) -> None:
        self._runtime, self._brand = runtime, brand
        with runtime.database.read() as session:
            plain = _desks.get(runtime, session, brand)
        self._till = Till(runtime, brand) if runtime.settings.models else None
        self.desk = replace(
            plain,
            library=library(runtime.settings.prompts_dir),
            models=self._models(runtime.settings),
            meaning=meaning(runtime.settings),
        )

    def _models(self, settings: Settings) -> tuple[ChatModel, ...]:
        """The chain for people who wait: never behind the writers' calls, short answers, every call paid for."""
        if self._till is None:
            return ()
        key = settings.model_key.get_secret_value()
        asked = (settings.models, key, settings.reply_concurrency, settings.model_prices)
        chain = chains.get(("reply", *asked), lambda: _made(*asked))
        return tuple(model.under(self._till) for model in chain)

    def offline(self, asking: Asking) -> Reply:
        """The reply without a model and without a record."""
        return suggest(asking.question(), replace(self.desk, models=()))

    async def answer(self, asking: Asking) -> Answered:
        """The whole reply, recorded, its model calls in the book."""
        started = time.monotonic()
        reply = await asuggest(asking.question(), self.desk)
        return Answered(await self._keep(asking, reply, started), reply)

    async def events(self, asking: Asking) -> AsyncIterator[dict[str, Any]]:
        """A stream's events as JSON; "done" carries the recorded id."""
        started = time.monotonic()
        async with aclosing(_closable(stream(asking.question(), self.desk))) as events:
            async for event in events:
                data = dict(event.data)
                if event.reply is not None:
                    data["id"] = await self._keep(asking, event.reply, started)
                yield {"event": event.kind, "data": data}

    def answer_now(self, asking: Asking) -> Answered:
        """The whole reply from code without a loop, recorded."""
        answered = asyncio.run(self.answer(asking))
        if self._till is not None:
            self._till.flush()  # this process may end now
        return answered

    async def _keep(self, asking: Asking, reply: Reply, started: float) -> int:
        """The reply on record, by the clerk: after its model's call, which the clerk was told of before."""
        asked = records.Asked(
            masked=reply.masked, private=asking.private, tier=asking.tier or "", group_id=asking.group_id,
            user_id=asking.user_id, milliseconds=round((time.monotonic() - started) * 1000),
        )  # fmt: skip
        document, now = _kept(reply), self._runtime.clock.now()
        work = clerk().ask(
            self._runtime.database,
            lambda session: records.record(session, self._brand, asked, document, now=now),
        )
        return await asyncio.wrap_future(work)


def _made(text: str, key: str, concurrency: int, prices: str) -> tuple[ChatModel, ...]:
    """Models of their own beside the writers': the same server, other slots; their library is loaded before the first word is due."""
    chain = from_setting(text, key=key, timeout=PATIENCE, concurrency=concurrency, prices=prices)
    threading.Thread(target=import_module, args=("generator.models.compat",), daemon=True).start()
    return tuple(
        ChatModel(replace(one.spec, max_tokens=min(MOST_TOKENS, one.spec.max_tokens)), crowd=True)
        for one in chain
    )


def meaning(settings: Settings) -> Meaning | None:
    """The sense of likeness of the settings' embedding endpoint, one per process; None where none is set or it cannot be read."""
    key = settings.embedding_key.get_secret_value() or settings.model_key.get_secret_value()
    try:
        return _sense(settings.embeddings, key, settings.data_dir / "embeddings")
    except GeneratorError as error:  # the doctor says what is wrong with it; replies go on without
        log.warning("the embedding endpoint is not used: %s", error.code)
        return None


@lru_cache(maxsize=2)
def _sense(text: str, key: str, folder: Path) -> Meaning | None:
    endpoint = from_embeddings(text, key=key)
    if endpoint is None:
        return None
    return Meaning(endpoint, Vectors(endpoint.name, folder), Rest(time.monotonic))


def library(folder: Path | None) -> Library:
    """The prompts with a brand's own laid over; read again only when a file of the folder has changed."""
    if folder is None or not folder.is_dir():
        return Library.load(folder)
    return _laid_over(folder, _stamp(folder))


def _stamp(folder: Path) -> tuple[tuple[str, int], ...]:
    """When each file was changed; the newest alone would hide a change behind a file dated in the future."""
    found = []
    for file in sorted((folder, *folder.rglob("*"))):
        with suppress(FileNotFoundError):  # the desk puts files in place of others
            found.append((str(file), file.stat().st_mtime_ns))
    return tuple(found)


@lru_cache(maxsize=4)
def _laid_over(folder: Path, stamp: tuple[tuple[str, int], ...]) -> Library:
    return Library.load(folder)


def _kept(reply: Reply) -> dict[str, Any]:
    """The reply as it is kept: as a program reads it, and each source by its key too, which outlives its row."""
    document = reply.document() | {"prompt_version": reply.prompt_version}
    document["sources"] = [_named(source) for source in reply.sources]
    for one, said in zip(reply.suggestions, document["suggestions"], strict=True):
        said["sources"] = [_named(source) for source in one.sources]
        if reply.note:
            said["note"] = reply.note  # a reply with a note is one suggestion and its note
    return document


def _named(source: Source) -> dict[str, Any]:
    return source.place() | {"key": source.key}


def edited(text: str) -> str:
    """An operator's edit as it may be stored: masked."""
    return mask(text).text


def _closable(events: AsyncIterator[Event]) -> Any:
    """The stream with its ``aclose``, so that leaving early ends the model's call."""
    return events
