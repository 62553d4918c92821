"""The till between models and the day's budget: whatever happens at it, nothing stays held and nothing is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select, text

from content_calendar import spending
from content_calendar.clock import FixedClock
from content_calendar.database import Database
from content_calendar.tables import ModelCall, Notice
from generator.errors import ModelTrouble
from generator.models import About, Attempt, Need
from tests.release_world import World
from workers.batches.nightly import write_due
from workers.runtime import Runtime
from workers.settings import Settings
from workers.till import Till, meter

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
NEED = Need("m", About("write", "slot"), 300, 700, 5.0, Decimal("0.01"))
DONE = Attempt("ok", 900, "plain", 310, 90, Decimal("0.004"))


@pytest.fixture
def runtime(database: Database, tmp_path: Path) -> Runtime:
    settings = Settings(
        data_dir=tmp_path, database_url=database.url, models="ollama://m", model_daily_tokens=2_500
    )
    return Runtime(settings, database, FixedClock(NOW))


@pytest.fixture
def told(runtime: Runtime, world: World) -> Callable[[], spending.Meter]:
    """The meter as the desk shows it."""

    def read() -> spending.Meter:
        with runtime.database.read() as session:
            return meter(runtime, session, world.brand(session))

    return read


@pytest.fixture
def till(runtime: Runtime, world: World) -> Till:
    with runtime.database.read() as session:
        return Till(runtime, world.brand(session))


@pytest.mark.databases
def test_many_at_once_get_exactly_what_there_is(till: Till, told: Callable[[], spending.Meter]) -> None:
    async def everybody() -> list[object]:
        return await asyncio.gather(*(till.enter(NEED) for _ in range(12)), return_exceptions=True)

    got = asyncio.run(everybody())
    refused = [one for one in got if isinstance(one, ModelTrouble)]
    assert len(refused) == 10 and {one.code for one in refused} == {"budget"}
    for ticket in got:
        if not isinstance(ticket, ModelTrouble):
            till.leave(ticket, DONE)
    till.flush()
    assert (told().tokens.used, told().tokens.reserved, told().calls, told().refused) == (800, 0, 2, 10)


def test_whoever_leaves_while_the_reservation_is_made_holds_nothing(
    till: Till, told: Callable[[], spending.Meter], runtime: Runtime
) -> None:
    async def hurry() -> None:
        waiting = asyncio.ensure_future(till.enter(NEED))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)

    with runtime.database.write():  # the bookkeeping has to wait for this
        asyncio.run(hurry())
    till.flush()
    till.flush()  # the first may have come before what was given back
    assert (told().tokens.reserved, told().in_flight) == (0, 0)


def test_a_budget_nobody_can_read_allows_nothing(till: Till, runtime: Runtime) -> None:
    with runtime.database.write() as session:
        session.execute(text("DROP TABLE model_budget"))
    with pytest.raises(ModelTrouble) as caught:
        asyncio.run(till.enter(NEED))
    assert caught.value.code == "budget"


def test_one_broken_piece_of_bookkeeping_does_not_spoil_the_others(
    till: Till, told: Callable[[], spending.Meter], runtime: Runtime
) -> None:
    async def two() -> tuple[object, object]:
        return await till.enter(NEED), await till.enter(NEED)

    first, second = asyncio.run(two())
    with runtime.database.write():  # so that both wait and are done together
        till.leave(first, replace(DONE, tokens_in="many"))  # type: ignore[arg-type]
        till.leave(second, DONE)
    till.flush()
    assert told().tokens.used == 400 and told().in_flight == 1


def test_the_house_pays_too_and_nobody_is_told(runtime: Runtime, world: World) -> None:
    house = Till(runtime, None)
    for _ in range(2):
        asyncio.run(house.enter(NEED))
    with pytest.raises(ModelTrouble):
        asyncio.run(house.enter(NEED))
    with runtime.database.read() as session:
        assert set(session.scalars(select(ModelCall.brand_id))) == {None}
        assert session.scalar(select(Notice).where(Notice.code == "models.budget")) is None


def test_the_round_gives_up_what_a_dead_process_held(
    till: Till, told: Callable[[], spending.Meter], runtime: Runtime
) -> None:
    asyncio.run(till.enter(NEED))
    assert told().in_flight == 1
    write_due(replace(runtime, clock=FixedClock(NOW + timedelta(minutes=5))))
    assert (told().in_flight, told().tokens.reserved) == (0, 0)
