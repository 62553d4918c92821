"""Turns: a periodic piece of work is done once however many beats and workers ask for it."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest

from content_calendar.database import Database
from workers import turns

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def _take(database: Database, now: datetime) -> bool:
    with database.write() as session:
        return turns.take(session, "plan", now=now, since=now - HOUR)


@pytest.mark.databases
def test_a_turn_is_given_once_an_hour(database: Database) -> None:
    assert _take(database, NOW)
    assert not _take(database, NOW + timedelta(minutes=59))
    assert _take(database, NOW + HOUR)


def test_a_turn_left_by_a_clock_that_ran_ahead_does_not_bind(database: Database) -> None:
    assert _take(database, NOW + timedelta(days=30))
    assert _take(database, NOW)


@pytest.mark.databases
def test_of_many_asking_at_once_one_gets_the_turn(database: Database) -> None:
    taken, lock = [], threading.Lock()
    start = threading.Barrier(6)

    def ask() -> None:
        start.wait()
        got = _take(database, NOW)
        with lock:
            taken.append(got)

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == [False] * 5 + [True]
