"""Readiness: what is silent is named, with what to do; a fast clock does not make the living look dead."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from content_calendar.database import Database
from content_calendar.tables import Heartbeat
from workers import health, pulse

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
ALL = ("beat", "worker:a", "dispatcher:a", "canary")


def _stamp(database: Database, ages: dict[str, float]) -> None:
    with database.write() as session:
        for name, seconds in ages.items():
            pulse.stamp(session, name, now=NOW - timedelta(seconds=seconds))


def _look(database: Database, pace: float = 1.0) -> health.Readiness:
    with database.read() as session:
        return health.readiness(session, NOW, pace=pace)


def test_with_every_sign_fresh_all_is_well(database: Database) -> None:
    _stamp(database, dict.fromkeys(ALL, 5))
    assert _look(database).ok
    assert _look(database).sentences() == []


def test_a_machine_that_never_ran_is_not_ready_and_says_what_to_start(database: Database) -> None:
    found = _look(database)
    assert not found.ok
    assert [sign.age for sign in found.signs] == [None] * 4
    assert "请启动 chongfen beat" in found.sentences()[0]
    assert "start chongfen worker" in found.sentences("en")[1]


def test_a_canary_older_than_three_minutes_is_an_alarm(database: Database) -> None:
    _stamp(database, dict.fromkeys(ALL, 5))
    _stamp(database, {"canary": 181})
    assert [sign.name for sign in _look(database).signs if not sign.ok] == ["canary"]


def test_the_youngest_of_several_workers_counts(database: Database) -> None:
    _stamp(database, dict.fromkeys(ALL, 5) | {"worker:b": 4000})
    assert _look(database).ok


def test_under_a_fast_clock_ages_are_still_real_seconds(database: Database) -> None:
    _stamp(database, dict.fromkeys(ALL, 600))
    assert not _look(database).ok
    assert _look(database, pace=60).ok
    assert {sign.age for sign in _look(database, pace=60).signs} == {10.0}


def test_a_stamp_from_a_clock_that_ran_ahead_proves_nothing(database: Database) -> None:
    _stamp(database, dict.fromkeys(ALL, -3600))
    assert not _look(database).ok


def test_rows_of_processes_that_ended_long_ago_are_dropped(database: Database) -> None:
    _stamp(database, {"worker:old": 90_000, "worker:new": 10, "beat": 90_000})
    with database.write() as session:
        pulse.forget(session, now=NOW)
    with database.read() as session:
        assert session.get(Heartbeat, "worker:old") is None
        assert session.get(Heartbeat, "worker:new") is not None
        assert session.get(Heartbeat, "beat") is not None
