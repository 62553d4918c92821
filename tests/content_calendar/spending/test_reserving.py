"""The day's budget is never overrun, whoever asks at once, and nothing that is held back stays held back."""

from __future__ import annotations

import subprocess
import sys
import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from content_calendar.database import Database
from content_calendar.spending import (
    Call,
    Limits,
    Meter,
    Outcome,
    Ticket,
    give_back,
    read,
    reserve,
    settle,
    sweep,
)
from content_calendar.tables import ModelCall

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
DAY = date(2026, 11, 23)
CALL = Call(
    brand_id=None, post_id=None, day=DAY, at=NOW, model="custom:m", purpose="write", tokens_in=300, tokens_out=700,
    milliseconds=5_000, cost=Decimal("0.01"),
)  # fmt: skip


def take(database: Database, limits: Limits, call: Call = CALL) -> Ticket | None:
    with database.write() as session:
        return reserve(session, call, limits)


def end(database: Database, ticket: Ticket, outcome: Outcome) -> bool:
    with database.write() as session:
        return settle(session, ticket, outcome)


def meter(database: Database, limits: Limits | None = None) -> Meter:
    with database.read() as session:
        return read(session, DAY, limits or Limits())


def calls(database: Database) -> list[ModelCall]:
    with database.read() as session:
        return list(session.scalars(select(ModelCall).order_by(ModelCall.id)))


@pytest.mark.databases
def test_a_call_is_held_back_at_its_most_and_charged_with_what_it_took(database: Database) -> None:
    ticket = take(database, Limits())
    assert ticket is not None
    held = meter(database)
    assert (held.tokens.used, held.tokens.reserved, held.in_flight) == (0, 1000, 1)
    assert (held.yuan.used, held.yuan.reserved) == (0, Decimal("0.01"))
    assert (held.seconds.used, held.seconds.reserved) == (0, 5)
    assert end(database, ticket, Outcome("ok", 1_500, 310, 90, Decimal("0.0031")))
    told = meter(database)
    assert (told.tokens.used, told.tokens.reserved, told.in_flight, told.calls) == (400, 0, 0, 1)
    assert (told.yuan.used, told.yuan.reserved) == (Decimal("0.0031"), 0)
    assert (told.seconds.used, told.seconds.reserved) == (Decimal("1.5"), 0)
    [row] = calls(database)
    assert (row.outcome, row.tokens_in, row.tokens_out, row.cost) == ("ok", 310, 90, Decimal("0.0031"))


@pytest.mark.databases
@pytest.mark.parametrize(
    "limits",
    [Limits(tokens=2_999), Limits(yuan=Decimal("0.0299")), Limits(seconds=14.999)],
    ids=["tokens", "yuan", "seconds"],
)
def test_a_call_that_does_not_fit_whole_is_refused_and_counted(database: Database, limits: Limits) -> None:
    assert [take(database, limits) is not None for _ in range(3)] == [True, True, False]
    told = meter(database, limits)
    assert told.refused == 1 and told.exhausted and told.calls == 2 and len(calls(database)) == 2


def test_a_limit_of_nothing_allows_nothing(database: Database) -> None:
    assert take(database, Limits(tokens=0)) is None
    assert meter(database, Limits(tokens=0)).share == 1.0


@pytest.mark.databases
def test_threads_that_race_never_share_the_last_token(database: Database) -> None:
    limits, got = Limits(tokens=25_500, seconds=1e6), []

    def greedy() -> None:
        for _ in range(8):
            got.append(take(database, limits))

    threads = [threading.Thread(target=greedy) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(ticket is not None for ticket in got) == 25
    told = meter(database, limits)
    assert (told.tokens.reserved, told.calls, told.refused) == (25_000, 25, 23)


GREEDY = """
import sys
from datetime import UTC, date, datetime
from content_calendar.database import Database
from content_calendar.spending import Call, Limits, Outcome, reserve, settle
database, got = Database(sys.argv[1]), 0
now = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
for number in range(30):
    call = Call(None, None, date(2026, 11, 23), now, "m", "write", 300, 700, 5000)
    with database.write() as session:
        ticket = reserve(session, call, Limits(tokens=20_000))
    if ticket is not None and number % 2:
        with database.write() as session:
            settle(session, ticket, Outcome("ok", 10, 300, 600))
"""


@pytest.mark.databases
def test_processes_that_race_stay_within_the_day_and_lose_no_count(
    database: Database, database_url: str
) -> None:
    running = [subprocess.Popen([sys.executable, "-c", GREEDY, database_url]) for _ in range(2)]
    assert [one.wait(60) for one in running] == [0, 0]
    told, rows = meter(database, Limits(tokens=20_000)), calls(database)
    assert told.tokens.used + told.tokens.reserved <= 20_000
    assert told.tokens.left is not None and told.tokens.left < 1_000  # and the day is not left half empty
    ended = [row for row in rows if row.outcome == "ok"]
    assert told.tokens.used == 900 * len(ended) and told.tokens.reserved == 1000 * (len(rows) - len(ended))
    assert told.calls == len(rows) and told.calls + told.refused == 60


@pytest.mark.databases
def test_what_a_dead_process_held_back_is_given_up_after_the_calls_own_time(database: Database) -> None:
    limits = Limits(tokens=1_500)
    assert take(database, limits) is not None  # and the process dies
    assert take(database, limits) is None
    with database.write() as session:
        assert sweep(session, now=NOW + timedelta(seconds=64)) == 0
        assert sweep(session, now=NOW + timedelta(seconds=66)) == 1
        assert sweep(session, now=NOW + timedelta(seconds=66)) == 0
    told = meter(database, limits)
    assert (told.tokens.used, told.tokens.reserved, told.in_flight) == (
        900,
        0,
        0,
    )  # prompt and a usual answer
    assert [row.outcome for row in calls(database)] == ["lost"]
    assert take(database, limits, replace(CALL, tokens_out=200)) is not None


def test_a_call_that_ends_after_it_was_given_up_is_not_charged_twice(database: Database) -> None:
    ticket = take(database, Limits())
    assert ticket is not None
    with database.write() as session:
        sweep(session, now=NOW + timedelta(hours=1))
    before = meter(database)
    assert not end(database, ticket, Outcome("ok", 10, 300, 90))
    assert meter(database) == before


@pytest.mark.databases
def test_a_call_never_made_leaves_no_trace(database: Database) -> None:
    ticket = take(database, Limits())
    assert ticket is not None
    with database.write() as session:
        give_back(session, ticket)
        give_back(session, ticket)
    told = meter(database)
    assert (told.tokens.reserved, told.seconds.reserved, told.calls) == (0, 0, 0) and calls(database) == []


@pytest.mark.parametrize(
    ("code", "tokens"),
    [("timeout", 900), ("cancelled", 900), ("ok", 900), ("bad_response", 900), ("connection", 0), ("auth", 0),
     ("rate_limited", 0), ("server_error", 0)],
)  # fmt: skip
def test_an_end_nobody_counted_is_charged_when_the_server_may_have_written(
    database: Database, code: str, tokens: int
) -> None:
    ticket = take(database, Limits())
    assert ticket is not None and end(database, ticket, Outcome(code, 100))
    told = meter(database)
    assert (told.tokens.used, told.tokens.reserved) == (tokens, 0)
    assert told.yuan.used == Decimal("0.009") * tokens / 900


def test_calls_booked_before_the_days_row_count_from_the_start(database: Database) -> None:
    with database.write() as session:
        session.add(
            ModelCall(at=NOW, day=DAY, model="m", tokens_in=900, tokens_out=600, milliseconds=2_000, outcome="ok",
                      cost=Decimal("0.5"))
        )  # fmt: skip
    assert take(database, Limits(tokens=2_400)) is None
    assert take(database, Limits(tokens=2_500, yuan=Decimal("0.51"), seconds=7)) is not None


def test_another_day_has_a_budget_of_its_own(database: Database) -> None:
    limits = Limits(tokens=1_000)
    assert take(database, limits) is not None and take(database, limits) is None
    assert take(database, limits, replace(CALL, day=date(2026, 11, 24))) is not None
