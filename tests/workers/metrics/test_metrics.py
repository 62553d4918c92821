"""The figures for Prometheus: true numbers in the right form, and not a word of a customer's."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event

from content_calendar.clock import FixedClock
from content_calendar.tables import Delivery, Group, ModelBudget
from tests.release_world import DAY, NINE, World
from workers import metrics
from workers.dispatcher import Dispatcher
from workers.metrics.exposition import Family, Sample, render
from workers.runtime import Runtime
from workers.settings import Settings

LINE = re.compile(r'chongfen_[a-z_]+(\{[a-z_]+="(?:[^"\\\n]|\\.)*"(,[a-z_]+="(?:[^"\\\n]|\\.)*")*\})? \S+')


def page(world: World, now: object = NINE) -> dict[str, float]:
    with world.database.read() as session:
        text = render(metrics.measure(session, now))  # type: ignore[arg-type]
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    assert all(LINE.fullmatch(line) for line in lines)
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


@pytest.mark.databases
def test_the_figures_are_those_of_the_ledger(world: World) -> None:
    world.approved()
    runtime = Runtime(Settings(), world.database, FixedClock(NINE + timedelta(seconds=3)))
    Dispatcher(runtime, "one").tick()
    Dispatcher(runtime, "one").tick()
    first = world.rows(Delivery)[0]
    world.set(Delivery, first.id, state="unknown")
    with world.database.write() as session:
        session.add(ModelBudget(day=DAY, tokens_used=1200, micro_yuan_used=2_500_000, calls=3, refused=1))

    found = page(world, NINE + timedelta(seconds=5))

    assert found['chongfen_deliveries{state="sent"}'] == 2
    assert found['chongfen_deliveries{state="unknown"}'] == found["chongfen_deliveries_unknown"] == 1
    assert found["chongfen_model_tokens_total"] == 1200 and found["chongfen_model_cost_yuan_total"] == 2.5
    assert found["chongfen_model_calls_total"] == 3 and found["chongfen_model_calls_refused_total"] == 1
    assert found['chongfen_sign_ok{sign="dispatcher"}'] == 1 and found['chongfen_sign_ok{sign="beat"}'] == 0
    assert found['chongfen_sign_age_seconds{sign="dispatcher"}'] == 2


def test_what_is_due_and_not_taken_shows_its_age(world: World, database: object) -> None:
    from content_calendar import ledger

    post = world.approved()
    with world.database.write() as session:
        ledger.freeze(session, post, now=NINE)

    assert page(world, NINE - timedelta(seconds=1))["chongfen_queue_deliveries"] == 0
    found = page(world, NINE + timedelta(seconds=42))
    assert found["chongfen_queue_deliveries"] == 3 and found["chongfen_queue_age_seconds"] == 42

    world.set_brand(paused_at=NINE)
    assert page(world, NINE + timedelta(seconds=42))["chongfen_queue_deliveries"] == 0


def test_lateness_is_a_cumulative_histogram_of_each_dispatcher(world: World) -> None:
    from workers import pulse
    from workers.dispatcher.punctual import Punctuality

    late = Punctuality()
    late.add([0.01, 0.7, 1000])
    with world.database.write() as session:
        pulse.stamp(session, "dispatcher:a", now=NINE, lateness=late.told())
        pulse.stamp(session, "dispatcher:old", now=NINE, lateness={"counts": [1], "total": 1.0})

    found = page(world)
    name = "chongfen_delivery_lateness_seconds"
    assert found[f'{name}_bucket{{dispatcher="a",le="0.05"}}'] == 1
    assert found[f'{name}_bucket{{dispatcher="a",le="1"}}'] == 2
    assert (
        found[f'{name}_bucket{{dispatcher="a",le="+Inf"}}'] == found[f'{name}_count{{dispatcher="a"}}'] == 3
    )
    assert found[f'{name}_sum{{dispatcher="a"}}'] == 1000.71
    assert not any("old" in key for key in found)


def test_no_name_and_no_text_of_a_brand_is_told(world: World) -> None:
    world.set(Group, world.groups()[0].id, name="秘密群", address="https://x.example/?key=secret")
    world.approved(text="绝密文案")
    Dispatcher(Runtime(Settings(), world.database, FixedClock(NINE)), "one").tick()
    with world.database.read() as session:
        text = render(metrics.measure(session, NINE))
    assert text.isascii() and "secret" not in text


def test_ten_times_the_deliveries_cost_the_same_statements(world: World) -> None:
    def count() -> int:
        seen: list[str] = []
        note = lambda *args: seen.append(args[2])  # noqa: E731
        event.listen(world.database.engine, "before_cursor_execute", note)
        page(world)
        event.remove(world.database.engine, "before_cursor_execute", note)
        return len(seen)

    world.approved()
    before = count()
    world.more_groups(27)
    world.approved()
    assert count() == before


@given(st.text(), st.floats(allow_nan=False))
def test_any_label_and_any_number_stay_one_line(label: str, value: float) -> None:
    page = render([Family("x", "gauge", "help\nhelp", [Sample(value, {"a": label})])])
    body = page.removesuffix("\n").split("\n")
    assert len(body) == 3 and LINE.fullmatch(body[2]) and float(body[2].rpartition(" ")[2]) == value
