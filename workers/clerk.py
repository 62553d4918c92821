"""The process's clerk: one thread that writes small things down in order, what waits together in one transaction.

Whoever serves people or models asks it and goes on: nobody queues for the write lock of SQLite, and fifty reservations
cost one commit.
"""

from __future__ import annotations

import logging
import os
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from content_calendar.database import Database

MOST_TOGETHER = 50  # pieces of bookkeeping in one transaction
LINGER = 0.02  # seconds that what nobody waits for waits for company, so that it costs no commit of its own
T = TypeVar("T")
log = logging.getLogger("chongfen.clerk")


@dataclass(frozen=True)
class _Job:
    database: Database
    work: Callable[[Session], Any]
    done: Future[Any]
    waited_for: bool


class Clerk:
    """Does small pieces of bookkeeping in the order they were asked for."""

    def __init__(self) -> None:
        self._jobs: queue.SimpleQueue[_Job] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def ask(self, database: Database, work: Callable[[Session], T], *, waited_for: bool = True) -> Future[T]:
        """Do ``work`` in a writing transaction; its result, or what it raised. What nobody waits for is done a moment later."""
        done: Future[T] = Future()
        self._jobs.put(_Job(database, work, done, waited_for))
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="chongfen-clerk", daemon=True)
                self._thread.start()
        return done

    def _run(self) -> None:
        while True:
            jobs = self._next()
            for database in dict.fromkeys(job.database for job in jobs):
                self._together(database, [job for job in jobs if job.database is database])

    def _next(self) -> list[_Job]:
        """What is done in one go: the next job and what waits behind it, in their order."""
        jobs = [self._jobs.get()]
        while len(jobs) < MOST_TOGETHER:
            lingers = not any(job.waited_for for job in jobs)
            try:
                jobs.append(self._jobs.get(timeout=LINGER) if lingers else self._jobs.get_nowait())
            except queue.Empty:
                break
        return jobs

    def _together(self, database: Database, jobs: list[_Job]) -> None:
        """All in one transaction; when that fails, each in its own, so that one cannot spoil the others."""
        wanted = [job for job in jobs if job.done.set_running_or_notify_cancel()]
        try:
            with database.write() as session:
                results = [job.work(session) for job in wanted]
        except Exception:
            for job in wanted:
                self._alone(database, job)
            return
        for job, result in zip(wanted, results, strict=True):
            job.done.set_result(result)

    def _alone(self, database: Database, job: _Job) -> None:
        try:
            with database.write() as session:
                result = job.work(session)
        except Exception as error:
            log.error("a piece of bookkeeping failed: %s", type(error).__name__)
            job.done.set_exception(error)
        else:
            job.done.set_result(result)


_the_clerk = Clerk()


def clerk() -> Clerk:
    """The process's clerk."""
    return _the_clerk


def _fresh_after_fork() -> None:
    global _the_clerk
    _the_clerk = Clerk()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_fresh_after_fork)
