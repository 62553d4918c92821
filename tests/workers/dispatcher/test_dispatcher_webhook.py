"""Real calls to a receiver that accepts, cuts, refuses and stalls: it counts what its groups have seen."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from content_calendar import ledger
from content_calendar.clock import FixedClock
from content_calendar.states import PostState
from content_calendar.tables import Delivery
from tests.fakes.receiver import Answer, Receiver, Request
from tests.release_world import DAY, NINE, World
from workers.channels import registry
from workers.channels.webhook import signing
from workers.dispatcher import Dispatcher
from workers.runtime import Runtime


def day_holds(world: World) -> bool:
    with world.database.read() as session:
        return ledger.day_sum(session, world.brand(session), DAY, now=NINE).holds


def by_group(world: World) -> dict[str, str]:
    return {f"G{row.group_id - 1:04d}": row.state for row in world.rows(Delivery)}


def test_every_group_gets_its_signed_call(hooked: World, hooked_runtime: Runtime, receiver: Receiver) -> None:
    post = hooked.approved()

    Dispatcher(hooked_runtime, "one").tick()

    assert hooked.state(post) is PostState.released and hooked.states() == {"sent": 12}
    assert len(receiver.requests) == 12 and set(receiver.accepted.values()) == {1}
    assert {request.document["group"] for request in receiver.requests} == set(by_group(hooked))
    for request in receiver.requests:
        stamp, signature = (request.headers[name.lower()] for name in (signing.TIMESTAMP, signing.SIGNATURE))
        assert signing.verify(
            "s", timestamp=stamp, signature=signature, body=request.body, now=NINE.timestamp()
        )


def test_each_group_ends_where_its_answer_puts_it_and_nothing_is_doubled(
    hooked: World, hooked_runtime: Runtime, receiver: Receiver
) -> None:
    hooked.approved()
    tried: Counter[str] = Counter()

    def behaviour(request: Request) -> Answer:
        group = request.document["group"]
        tried[group] += 1
        return {
            "G0000": Answer(500),  # accepted, then an error
            "G0001": Answer(cut=20),
            "G0002": Answer(reset=True),
            "G0003": Answer(404, accept=False),
            "G0004": Answer(429, accept=False) if tried[group] == 1 else Answer(200),
            "G0005": Answer(503, accept=False),
        }.get(group, Answer(200))

    receiver.behaviour = behaviour
    Dispatcher(hooked_runtime, "one").run_until(NINE + timedelta(minutes=20))

    found = by_group(hooked)
    assert [found[f"G{n:04d}"] for n in range(6)] == [
        "unknown", "unknown", "unknown", "refused", "sent", "unknown",
    ]  # fmt: skip
    assert hooked.states() == {"sent": 7, "unknown": 4, "refused": 1}
    assert max(receiver.accepted.values()) == 1
    assert day_holds(hooked)


def test_with_a_declared_guard_an_unknown_call_is_repeated_and_the_receiver_sees_one(
    hooked: World, hooked_runtime: Runtime, receiver: Receiver
) -> None:
    hooked.approved()

    def behaviour(request: Request) -> Answer:
        if receiver.accepted[request.key]:
            return Answer(409, b"{}", accept=False)
        return Answer(cut=5)

    receiver.behaviour = behaviour
    guarded = hooked_runtime.settings.model_copy(update={"webhook_guard_seconds": 600.0})
    Dispatcher(replace(hooked_runtime, settings=guarded), "one").run_until(NINE + timedelta(minutes=5))

    assert hooked.states() == {"sent": 12}
    assert set(receiver.accepted.values()) == {1} and len(receiver.requests) == 24
    assert day_holds(hooked)


def test_a_receiver_that_comes_back_within_the_window_misses_nothing(
    hooked: World, hooked_runtime: Runtime, receiver: Receiver
) -> None:
    hooked.approved()
    clock = hooked_runtime.clock
    back = NINE + timedelta(minutes=2)
    receiver.behaviour = lambda request: Answer(200) if clock.now() >= back else Answer(429, accept=False)

    Dispatcher(hooked_runtime, "one").run_until(NINE + timedelta(minutes=15))

    assert hooked.states() == {"sent": 12} and set(receiver.accepted.values()) == {1}


def test_a_simulated_clock_never_reaches_a_real_channel(
    hooked: World, hooked_runtime: Runtime, receiver: Receiver
) -> None:
    hooked.approved()

    Dispatcher(replace(hooked_runtime, clock=FixedClock(NINE)), "one").tick()

    assert receiver.requests == []
    assert hooked.states() == {"skipped": 12}
    assert {row.state_reason for row in hooked.rows(Delivery)} == {"模拟时钟下只有演示通道可用，没有发出"}


def test_a_channel_that_is_not_there_is_said_so(
    hooked_runtime: Runtime, hooked: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "known", lambda: frozenset({"webhook", "demo"}))
    hooked.more_groups(1, channel="dingtalk_bot")
    hooked.approved()

    Dispatcher(hooked_runtime, "one").tick()

    assert hooked.states() == {"sent": 12, "skipped": 1}
    (skipped,) = [row for row in hooked.rows(Delivery) if row.state == "skipped"]
    assert skipped.state_reason


def test_more_groups_than_call_slots_are_all_served(
    hooked: World, hooked_runtime: Runtime, receiver: Receiver
) -> None:
    hooked.more_groups(150, channel="webhook", address=receiver.url)
    hooked.approved()

    Dispatcher(hooked_runtime, "one").tick()

    assert hooked.states() == {"sent": 162}
    assert set(receiver.accepted.values()) == {1}
