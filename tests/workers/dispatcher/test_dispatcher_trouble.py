"""The dispatcher among troubles: poison, pauses, stops, crashes, outages, a database that goes away."""

from __future__ import annotations

import threading
import time
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from content_calendar import lateness, ledger, review
from content_calendar.clock import FixedClock, SimulatedClock, SystemClock
from content_calendar.ledger import Outgoing, texts
from content_calendar.states import PostState
from content_calendar.tables import Delivery, Heartbeat, Post
from tests.release_world import DAY, NINE, World
from workers.channels import Capabilities, Outcome
from workers.dispatcher import Dispatcher
from workers.dispatcher.house import House
from workers.dispatcher.rhythm import rhythm_of
from workers.runtime import Runtime
from workers.settings import Settings


def holds(world: World, now: datetime = NINE) -> bool:
    with world.database.read() as session:
        return ledger.day_sum(session, world.brand(session), DAY, now=now).holds


@pytest.mark.faults
@pytest.mark.databases
def test_one_poisoned_post_among_many_stops_nobody_else(
    world: World, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    posts = [world.approved(text=f"第{n}条") for n in range(10)]
    said = texts.said

    def poisoned(session: Any, brand: Any, post: Post, revision: Any, **more: Any) -> texts.Said:
        if post.id == posts[4] and post.state == PostState.releasing:  # frozen well, poisoned when it opens
            raise RuntimeError("poison")
        return said(session, brand, post, revision, **more)

    monkeypatch.setattr(texts, "said", poisoned)
    Dispatcher(runtime, "one").tick()

    assert world.states() == {"sent": 27, "planned": 3}
    assert world.state(posts[4]) is PostState.held
    assert "出错" in world.notices()["post.held"]
    assert holds(world)


def test_a_post_that_cannot_even_be_frozen_is_held(
    world: World, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    posts = [world.approved(text=f"第{n}条") for n in range(3)]
    freeze = ledger.freeze

    def poisoned(session: Any, post_id: int, **more: Any) -> Any:
        if post_id == posts[0]:
            raise RuntimeError("poison")
        return freeze(session, post_id, **more)

    monkeypatch.setattr(ledger, "freeze", poisoned)
    Dispatcher(runtime, "one").tick()

    assert [world.state(post) for post in posts] == ["held", "released", "released"]


@pytest.mark.faults
@pytest.mark.databases
def test_a_pause_in_the_middle_of_a_fan_out_silences_it_within_the_calls_in_flight(
    world: World, runtime: Runtime, told: Any
) -> None:
    world.more_groups(37)
    world.approved()

    def pause_after_some(message: Outgoing) -> Outcome:
        if len(told.seen) == 5:
            with world.database.write() as session:
                user = world.user(session, "operator")
                review.pause_brand(session, world.brand(session), user=user, reason="出事了", now=NINE)
        return Outcome("sent")

    told.behaviour = pause_after_some
    Dispatcher(runtime, "one", make_channel=lambda key, tools: told).tick()

    sent = world.states()["sent"]
    assert 5 <= sent <= 5 + 2 * told.can.concurrency
    assert world.states()["planned"] == 40 - sent
    assert holds(world)

    with world.database.write() as session:
        user = world.user(session)
        review.resume_brand(session, world.brand(session), user=user, choices={1: "send"}, now=NINE)
    told.behaviour = lambda message: Outcome("sent")
    Dispatcher(runtime, "one", make_channel=lambda key, tools: told).tick()
    assert world.states() == {"sent": 40}
    assert max(Counter(message.delivery_id for message in told.seen).values()) == 1


def test_a_channel_that_crashes_leaves_unknowns_not_repeats(
    world: World, runtime: Runtime, told: Any
) -> None:
    def crash(message: Outgoing) -> Outcome:
        raise RuntimeError("boom")

    told.behaviour = crash
    world.approved()
    Dispatcher(runtime, "one", make_channel=lambda key, tools: told).tick()

    assert world.states() == {"unknown": 3} and len(told.seen) == 3
    assert {attempt.code for attempt in world.attempts()} == {"channel.RuntimeError"}


def test_an_outcome_is_kept_until_the_database_takes_it(
    world: World, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A failed bookkeeping after a good call must never lead to a second call."""
    monkeypatch.setattr("workers.dispatcher.run.PAUSE", 0.01)
    settle, failures = House.settle, [0]

    def away(self: House, *args: Any, **more: Any) -> Any:
        failures[0] += 1
        if failures[0] < 4:
            raise OperationalError("settle", {}, Exception("disk full"))
        return settle(self, *args, **more)

    monkeypatch.setattr(House, "settle", away)
    world.approved()
    Dispatcher(runtime, "one").tick()

    assert failures[0] == 4
    assert world.states() == {"sent": 3} and len(world.attempts()) == 3


def test_a_result_that_cannot_be_written_keeps_no_other_back(
    world: World, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.approved()
    settle = ledger.settle

    def poisoned(session: Any, results: Any, **more: Any) -> Any:
        if any(result.delivery_id == ledger.delivery_id("b" * 32, 1, 2) for result in results):
            raise ValueError("cannot be written")
        return settle(session, results, **more)

    monkeypatch.setattr(ledger, "settle", poisoned)
    Dispatcher(runtime, "one").tick()

    assert world.states() == {"sent": 2, "sending": 1}  # the lease runs out, then a person is asked


@pytest.mark.databases
def test_a_hostile_remote_id_is_kept_without_its_control_characters(
    world: World, runtime: Runtime, told: Any
) -> None:
    told.behaviour = lambda message: Outcome("sent", remote_id="a\x00b\x1b[31m" + "c" * 500)
    world.approved()
    Dispatcher(runtime, "one", make_channel=lambda key, tools: told).tick()

    assert {row.remote_id for row in world.rows(Delivery)} == {"ab[31m" + "c" * 114}


def test_a_failing_step_of_the_house_stops_nobody(
    world: World, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(review, "mark_missed", broken)
    world.in_review(due_at=NINE - timedelta(minutes=5))
    world.approved()
    Dispatcher(runtime, "one").tick()

    assert world.states() == {"sent": 3}


def test_a_stop_finishes_what_flies_and_hands_back_the_rest(world: World) -> None:
    due = datetime.now(UTC) + timedelta(seconds=25)  # within the horizon: frozen at once
    world.set_brand(quiet_from="00:00", quiet_to="00:00", zone="UTC")
    world.now = datetime.now(UTC)
    world.approved(due_at=due)
    stop = threading.Event()
    runtime = Runtime(Settings(), world.database, SystemClock())
    ahead = replace(rhythm_of(runtime.settings, runtime.clock), look_ahead=timedelta(minutes=2))
    dispatcher = Dispatcher(runtime, "one", rhythm=ahead)
    thread = threading.Thread(target=dispatcher.run_until, args=(None, stop))
    thread.start()
    patience = time.monotonic() + 20
    while world.states()["claimed"] < 3 and time.monotonic() < patience:
        time.sleep(0.01)
    stop.set()
    thread.join(60)

    assert not thread.is_alive()
    assert world.states() == {"planned": 3} and world.attempts() == []
    assert world.rows(Heartbeat)[0].name == "dispatcher:one"


def test_on_the_machines_clock_the_first_message_leaves_on_the_dot(world: World) -> None:
    due = datetime.now(UTC) + timedelta(seconds=1)
    world.set_brand(quiet_from="00:00", quiet_to="00:00", zone="UTC")
    world.now = datetime.now(UTC)
    world.approved(due_at=due)

    runtime = Runtime(Settings(), world.database, SystemClock())
    Dispatcher(runtime, "one").run_until(due + timedelta(milliseconds=1))

    late = [message.at - due for message in world.messages()]
    assert len(late) == 3
    assert timedelta(0) <= min(late) < timedelta(seconds=1)


@pytest.mark.faults
@pytest.mark.databases
def test_two_dispatchers_share_the_work_and_double_nothing(world: World) -> None:
    world.more_groups(57)
    posts = [world.approved(text=f"第{n}条", due_at=NINE + timedelta(seconds=10 * n)) for n in range(4)]
    clock = SimulatedClock(start=NINE - timedelta(seconds=5), speed=20, anchor=time.time())
    runtime = Runtime(Settings(dispatch_batch=16), world.database, clock)
    until = NINE + timedelta(seconds=60)
    threads = [
        threading.Thread(target=Dispatcher(runtime, name).run_until, args=(until,)) for name in ("a", "b")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert world.states() == {"sent": 240}
    assert {attempt.number for attempt in world.attempts()} == {1}
    assert [world.state(post) for post in posts] == ["released"] * 4
    assert holds(world, clock.now())


@pytest.mark.faults
@pytest.mark.databases
def test_after_thirty_minutes_down_it_recovers_without_a_burst(world: World, runtime: Runtime) -> None:
    world.more_groups(27)
    posts = [world.approved(text=f"{n}", due_at=NINE + timedelta(minutes=5 * n)) for n in range(7)]
    recovery = NINE + timedelta(minutes=31)
    assert isinstance(runtime.clock, FixedClock)
    runtime.clock.instant = recovery

    Dispatcher(runtime, "one").run_until(recovery + timedelta(minutes=15))

    missed = [post for post in posts if world.state(post) is PostState.missed]
    assert missed == posts[:4]  # older than the window of 15 minutes: not sent, and the lead is told
    assert "post.missed" in world.notices()
    messages = world.messages()
    assert len(messages) == 3 * 30
    seconds = Counter(int((message.at - recovery).total_seconds()) for message in messages)
    assert max(seconds.values()) <= lateness.PER_SECOND
    by_group: dict[int, list[datetime]] = {}
    for message in messages:
        by_group.setdefault(message.group_id, []).append(message.at)
    for times in by_group.values():
        times.sort()
        assert all(b - a >= lateness.GROUP_GAP for a, b in pairwise(times))
    assert holds(world, recovery + timedelta(minutes=15))


def test_the_rhythm_grows_with_a_fast_clock() -> None:
    fast = SimulatedClock(start=NINE, speed=60, anchor=time.time())
    rhythm = rhythm_of(Settings(), fast)
    assert rhythm.lease == pytest.approx(timedelta(minutes=90), abs=timedelta(minutes=1))
    assert rhythm_of(Settings(), SystemClock()).lease == timedelta(seconds=90)


def test_work_waits_for_a_slot_instead_of_being_opened_early(
    world: World, runtime: Runtime, told: Any
) -> None:
    """What is ``sending`` is really in a call: never more rows than the channel takes at once."""
    world.more_groups(17)
    world.approved()
    told.can = Capabilities("demo", 20_000, 1.0, concurrency=3, simulated=True)
    most = [0]

    def watch(message: Outgoing) -> Outcome:
        most[0] = max(most[0], world.states()["sending"])
        return Outcome("sent")

    told.behaviour = watch
    Dispatcher(runtime, "one", make_channel=lambda key, tools: told).tick()

    assert world.states() == {"sent": 20}
    assert most[0] <= 3


def test_a_hold_while_claims_are_in_hand_is_honoured(world: World, runtime: Runtime, told: Any) -> None:
    first, second = world.approved(text="甲"), world.approved(text="乙")

    def hold_the_other(message: Outgoing) -> Outcome:
        if len(told.seen) == 1:
            with world.database.write() as session:
                other = second if message.post_id == first else first
                user = world.user(session)
                review.hold(session, session.get_one(Post, other), user=user, reason="等", now=NINE)
        return Outcome("sent")

    told.can = Capabilities("demo", 20_000, 1.0, concurrency=1, simulated=True)
    told.behaviour = hold_the_other
    Dispatcher(runtime, "one", make_channel=lambda key, tools: told).tick()

    assert {world.states(first)["sent"], world.states(second)["sent"]} == {0, 3}
    assert holds(world)


def test_a_stop_before_the_start_does_nothing(world: World, runtime: Runtime) -> None:
    stop = threading.Event()
    stop.set()
    world.approved()
    assert Dispatcher(runtime, "one").run_until(None, stop) == {}
    assert world.rows(Delivery) == []
