"""What a process that answers people does before the first of them asks: it loads, builds and compiles, and calls nobody.

The first reply of a cold process took seconds: the model's library, its certificates, the index of every brand, the
rules and templates. All of that is made on a thread while the process starts, within limits, and never speaks to a
model or an endpoint.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

from sqlalchemy.exc import SQLAlchemyError

from content_calendar import brands
from content_calendar.errors import CalendarError
from content_calendar.tables import Brand
from generator.errors import GeneratorError
from generator.models.loop import lasting_here
from generator.replies import suggest
from generator.replies.asking import prompt_for
from generator.replies.preparing import prepare
from generator.replies.risk import load
from prompts.errors import PromptError
from workers.replies import KEPT, Asking, ReplyRoom
from workers.runtime import Runtime

ENOUGH = 20.0  # seconds; a house of many brands is not warmed to the last
SAID = ("这个怎么用？", "多少钱", "什么时候发货")
log = logging.getLogger("chongfen.replies")


@asynccontextmanager
async def answering(runtime: Runtime, *, warmed: bool = False) -> AsyncIterator[None]:
    """The running loop answers people until this ends: models stream on it, and what it needs is being made ready."""
    async with lasting_here() as loop:
        if warmed:
            threading.Thread(
                target=warm_up, args=(runtime, loop), name="chongfen-warming", daemon=True
            ).start()
        yield


def warm_up(
    runtime: Runtime, loop: asyncio.AbstractEventLoop | None = None, clock: Callable[[], float] = time.monotonic
) -> int:  # fmt: skip
    """Go through a reply for each brand without asking a model and without a record; how many brands were ready in time."""
    end, done = clock() + ENOUGH, 0
    load()
    try:
        with runtime.database.read() as session:
            found = brands.customers(session)[:KEPT]
        for brand in found:
            if clock() > end:
                break
            _once(runtime, brand, loop)
            done += 1
    except (SQLAlchemyError, CalendarError, GeneratorError, PromptError, RuntimeError) as error:
        log.warning(
            "replies were not warmed up: %s", type(error).__name__
        )  # the first who asks waits a little
    return done


def _once(runtime: Runtime, brand: Brand, loop: asyncio.AbstractEventLoop | None) -> None:
    room = ReplyRoom(runtime, brand)
    for model in room.desk.models:
        model.warm(loop)
    alone = replace(room.desk, models=(), meaning=None)
    for text in SAID:
        question = Asking(text, runtime.clock.now()).question()
        suggest(question, alone)
        prompt_for(prepare(question, alone), alone)
