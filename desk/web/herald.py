"""Tells open pages what changed: one look at the audit trail a second per process, however many pages listen.

The trail holds every change of a post and of a delivery, written in the change's own transaction, so that a page is
told of what other processes did too. Nobody listening, nothing is read.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool

from content_calendar.tables import AuditEvent
from workers.runtime import Runtime

EVERY = 1.0  # seconds between two looks
MOST = 2000  # rows of one look; a page that is told of so many reads itself anew anyway
WAITING = 32  # news a slow page may have before it; then the oldest is dropped, because only ids are told
_log = logging.getLogger("chongfen.desk.herald")


@dataclass(frozen=True)
class News:
    """What changed in one brand since the last look."""

    posts: tuple[int, ...] = ()
    deliveries: bool = False


class Herald:
    """One per application; :meth:`listen` is what a page's stream reads from."""

    def __init__(self, *, every: float = EVERY) -> None:
        self._every = every
        self._listening: dict[int, set[asyncio.Queue[News]]] = defaultdict(set)
        self._watch: asyncio.Task[None] | None = None

    async def listen(self, runtime: Runtime, brand_id: int, *, idle: float) -> AsyncIterator[News | None]:
        """News of the brand as they come; None after ``idle`` seconds without any. Runs until it is closed."""
        queue: asyncio.Queue[News] = asyncio.Queue(WAITING)
        self._listening[brand_id].add(queue)
        if self._watch is None or self._watch.done():
            newest = await run_in_threadpool(_newest, runtime)
            self._watch = asyncio.create_task(self._look(runtime, newest))
        try:
            while True:
                try:
                    yield await asyncio.wait_for(queue.get(), idle)
                except TimeoutError:
                    yield None
        finally:
            self._listening[brand_id].discard(queue)

    async def _look(self, runtime: Runtime, seen: int) -> None:
        while any(self._listening.values()):
            await asyncio.sleep(self._every)
            try:
                seen, news = await run_in_threadpool(_since, runtime, seen)
            except SQLAlchemyError as error:  # the database is away: the page's own reload will say so
                _log.warning("no look at the trail: %s", type(error).__name__)
                continue
            for brand_id, item in news.items():
                for queue in self._listening.get(brand_id, ()):
                    if queue.full():
                        queue.get_nowait()
                    queue.put_nowait(item)


def _newest(runtime: Runtime) -> int:
    with runtime.database.read() as session:
        return session.scalar(select(func.max(AuditEvent.id))) or 0


def _since(runtime: Runtime, seen: int) -> tuple[int, dict[int, News]]:
    with runtime.database.read() as session:
        rows = session.execute(
            select(AuditEvent.id, AuditEvent.brand_id, AuditEvent.subject, AuditEvent.subject_id)
            .where(AuditEvent.id > seen)
            .order_by(AuditEvent.id)
            .limit(MOST)
        ).all()
    posts: dict[int, set[int]] = defaultdict(set)
    deliveries: set[int] = set()
    for _id, brand_id, subject, subject_id in rows:
        if brand_id is None:
            continue
        if subject == "post" and subject_id.isdigit():
            posts[brand_id].add(int(subject_id))
        elif subject == "delivery":
            deliveries.add(brand_id)
    told = {
        brand_id: News(tuple(sorted(posts[brand_id])), brand_id in deliveries)
        for brand_id in {*posts, *deliveries}
    }
    return (rows[-1][0] if rows else seen), told
