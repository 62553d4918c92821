"""Housekeeping: the canary's road, alarms for the lead, ledgers counted, two rounds at once harmless."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from content_calendar.brands import CANARY_UID, customers
from content_calendar.clock import FixedClock
from content_calendar.database import Database
from content_calendar.errors import CalendarError
from content_calendar.tables import (
    Approval,
    Attempt,
    AuditEvent,
    Base,
    Brand,
    Delivery,
    DemoMessage,
    Notice,
    Post,
    Release,
    Revision,
    User,
)
from tests.release_world import NINE, World
from workers import canary, house, pulse
from workers.dispatcher import Dispatcher
from workers.runtime import Runtime, only_brand
from workers.settings import Settings


@pytest.fixture
def runtime(database: Database, tmp_path: Path) -> Runtime:
    return Runtime(Settings(data_dir=tmp_path, database_url=database.url), database, FixedClock(NINE))


def _later(runtime: Runtime, **span: float) -> Runtime:
    return replace(runtime, clock=FixedClock(runtime.clock.now() + timedelta(**span)))


def _rows(database: Database, model: type[Base]) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


@pytest.mark.databases
def test_a_canary_goes_the_whole_way_of_a_real_delivery(runtime: Runtime) -> None:
    assert house.round_of_canary(runtime)
    then = _later(runtime, seconds=10)
    Dispatcher(then, "t").tick()
    with runtime.database.read() as session:
        arrived = canary.arrived(session)
        delivery = session.scalars(select(Delivery)).one()
        assert (delivery.state, delivery.channel) == ("sent", "demo")
        assert session.scalars(select(Attempt.outcome)).all() == ["sent"]
        assert session.scalars(select(Post.state)).all() == ["released"]
    assert arrived is not None
    assert NINE <= arrived <= then.clock.now()


def test_each_round_removes_the_traces_of_the_one_before(runtime: Runtime) -> None:
    for _ in range(5):
        assert house.round_of_canary(runtime)
        runtime = _later(runtime, seconds=10)
        Dispatcher(runtime, "t").tick()
        runtime = _later(runtime, seconds=50)
    for model in (Post, Revision, Approval, Release, Delivery, Attempt, DemoMessage):
        assert _rows(runtime.database, model) == 1, model.__name__
    assert _rows(runtime.database, AuditEvent) < 10


def test_two_rounds_at_once_send_one_canary(runtime: Runtime) -> None:
    assert house.round_of_canary(runtime)
    assert not house.round_of_canary(runtime)


def test_a_canary_that_never_arrives_is_waited_for_and_then_replaced(runtime: Runtime) -> None:
    house.round_of_canary(runtime)
    assert not house.round_of_canary(_later(runtime, minutes=2))
    assert house.round_of_canary(_later(runtime, minutes=6))
    assert _rows(runtime.database, Post) == 1


def test_sweeping_after_the_canary_touches_no_customers_row(runtime: Runtime) -> None:
    world = World(runtime.database).build()
    world.approved()
    Dispatcher(_later(runtime, seconds=1), "t").tick()
    before = {
        model: _rows(runtime.database, model) for model in (Post, Delivery, Attempt, DemoMessage, AuditEvent)
    }
    house.round_of_canary(runtime)
    with runtime.database.write() as session:
        brand = session.scalars(select(Brand).where(Brand.uid == CANARY_UID)).one()
        canary.sweep(session, brand)
    assert {model: _rows(runtime.database, model) for model in before} == before


def test_the_canarys_brand_is_in_no_list_and_its_account_cannot_sign_in(runtime: Runtime) -> None:
    house.round_of_canary(runtime)
    with runtime.database.read() as session:
        assert list(customers(session)) == []
        user = session.scalars(select(User)).one()
        assert (user.active, user.password) == (False, "")
        with pytest.raises(CalendarError, match="还没有品牌"):
            only_brand(session)


def test_the_lead_is_told_once_a_day_what_is_silent(runtime: Runtime) -> None:
    World(runtime.database, now=NINE).build()
    assert house.watch(runtime, awake=600) == 4
    house.watch(_later(runtime, minutes=5), awake=900)
    with runtime.database.read() as session:
        notices = session.scalars(select(Notice)).all()
    assert {notice.code for notice in notices} == {"machine.silent"}
    assert len(notices) == 4


def test_nobody_is_told_while_the_machine_is_only_waking_up(runtime: Runtime) -> None:
    World(runtime.database, now=NINE).build()
    assert house.watch(runtime, awake=30) == 0
    assert _rows(runtime.database, Notice) == 0


def test_a_living_machine_raises_no_alarm(runtime: Runtime) -> None:
    World(runtime.database, now=NINE).build()
    with runtime.database.write() as session:
        for name in ("beat", "worker:a", "dispatcher:a", "canary"):
            pulse.stamp(session, name, now=NINE)
    assert house.watch(runtime, awake=600) == 0


def test_a_ledger_that_does_not_hold_is_told(
    runtime: Runtime, make_database: Callable[[str], Database]
) -> None:
    world = World(runtime.database).build()
    world.approved()
    assert house.check_ledgers(runtime) == []
    overdue = _later(runtime, minutes=5)  # approved, due, and no dispatcher took it up
    assert len(house.check_ledgers(overdue)) == 1
    with runtime.database.read() as session:
        assert session.scalars(select(Notice.code)).all() == ["ledger.broken"]
