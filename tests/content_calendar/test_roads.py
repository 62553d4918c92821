"""A road's pace holds over all processes and any minute; blocks and closed roads are kept by everybody."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select

from content_calendar import roads
from content_calendar.database import Database
from content_calendar.roads import Pace
from content_calendar.tables import Road
from tests.release_world import NINE

PACE = Pace(20, burst=2)
KEY = roads.key_of("wecom_bot", "secret")


def granted(database: Database, at: float, count: int = 1, pace: Pace = PACE) -> int:
    with database.write() as session:
        found = roads.take(session, "wecom_bot", [KEY] * count, pace, now=NINE + timedelta(seconds=at))
    return sum(one.granted for one in found)


@pytest.mark.databases
def test_a_burst_then_one_at_a_time(database: Database) -> None:
    assert granted(database, 0, 5) == 2
    assert granted(database, 1) == 0
    assert granted(database, 3.4) == 1
    assert granted(database, 120, 5) == 2


@given(
    gaps=st.lists(st.floats(0, 30), min_size=1, max_size=60),
    count=st.integers(1, 30),
    burst=st.integers(1, 5),
)
@settings(max_examples=60, deadline=None)
def test_no_minute_ever_holds_more_calls_than_allowed(gaps: list[float], count: int, burst: int) -> None:
    pace = Pace(20, burst)
    road = Road(key="k", next_at=None)
    starts: list[float] = []
    at = 0.0
    for gap in gaps:
        at += gap
        now = NINE + timedelta(seconds=at)
        free = {"k": road.next_at}
        passes = [roads._pass(road, free, {}, pace, now) for _ in range(count)]
        road.next_at = free["k"]
        starts += [at] * sum(one.granted for one in passes)
    for start in starts:
        assert sum(start <= other < start + 60 for other in starts) <= 20


@pytest.mark.databases
def test_processes_that_ask_at_once_share_one_pace(database_url: str, database: Database) -> None:
    total: list[int] = []

    def ask() -> None:
        mine = Database(database_url)
        total.append(sum(granted(mine, second, 3) for second in range(0, 60, 2)))
        mine.dispose()

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 15 <= sum(total) <= 20


@pytest.mark.databases
def test_a_block_holds_for_everybody_and_ends(database: Database) -> None:
    with database.write() as session:
        roads.block(session, "wecom_bot", KEY, until=NINE + timedelta(seconds=60))
        roads.block(session, "wecom_bot", KEY, until=NINE + timedelta(seconds=10))  # never shortened
    assert granted(database, 59) == 0
    assert granted(database, 60) == 1


@pytest.mark.databases
def test_a_closed_road_stays_closed_until_somebody_opens_it(database: Database) -> None:
    with database.write() as session:
        assert roads.disable(session, "wecom_bot", KEY, code="wecom_bot.93000", now=NINE)
        assert not roads.disable(session, "wecom_bot", KEY, code="wecom_bot.93008", now=NINE)
        (found,) = roads.take(session, "wecom_bot", [KEY], PACE, now=NINE)
        assert found.closed == "wecom_bot.93000"
    with database.write() as session:
        assert roads.enable(session, KEY) and not roads.enable(session, KEY)
    assert granted(database, 0) == 1


def test_those_who_wait_are_told_different_moments(database: Database) -> None:
    with database.write() as session:
        found = roads.take(session, "wecom_bot", [KEY] * 6, PACE, now=NINE)
    moments = [one.at for one in found if one.at is not None]
    assert len(set(moments)) == 4 and moments == sorted(moments)
    assert moments[1] - moments[0] == PACE.interval


def test_the_table_holds_no_secret_and_a_batch_costs_three_statements(database: Database) -> None:
    statements: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *a: statements.append(a[2]))
    with database.write() as session:
        roads.take(session, "c", [roads.key_of("c", f"key{n}") for n in range(300)], PACE, now=NINE)
    assert len(statements) <= 4  # BEGIN, insert, select, update
    with database.read() as session:
        assert all("key" not in road.key and len(road.key) == 64 for road in session.scalars(select(Road)))
