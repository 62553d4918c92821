"""The whole last leg in the demo lane: approved posts go out at their moment, and the ledger adds up."""

from __future__ import annotations

from datetime import timedelta

import pytest

from content_calendar import ledger
from content_calendar.clock import FixedClock
from content_calendar.states import PostState
from tests.release_world import DAY, NINE, World
from workers.dispatcher import Dispatcher, dispatch_until
from workers.runtime import Runtime

pytestmark = pytest.mark.databases


def test_an_approved_post_reaches_every_group_at_its_moment(world: World, runtime: Runtime) -> None:
    post = world.approved(text="早安，禾苗们")

    Dispatcher(runtime, "one").tick()

    assert world.states() == {"sent": 3}
    assert [message.text for message in world.messages()] == ["早安，禾苗们"] * 3
    assert world.state(post) is PostState.released
    with world.database.read() as session:
        day = ledger.day_sum(session, world.brand(session), DAY, now=NINE)
    assert day.holds and day.planned == 3 and day.open == 0


def test_nothing_leaves_before_its_moment(world: World, runtime: Runtime, clock: FixedClock) -> None:
    world.approved()
    clock.advance(timedelta(seconds=-1))

    Dispatcher(runtime, "one").tick()
    assert world.messages() == []

    clock.advance(timedelta(seconds=1))
    Dispatcher(runtime, "one").tick()
    assert len(world.messages()) == 3


def test_a_standing_clock_leaps_from_moment_to_moment(world: World, runtime: Runtime) -> None:
    for hour in range(8):
        world.approved(text=f"第{hour}条", due_at=NINE + timedelta(hours=hour))

    count = dispatch_until(runtime, NINE + timedelta(hours=7))

    assert count["sent"] == 24
    assert {message.at for message in world.messages()} == {NINE + timedelta(hours=h) for h in range(8)}


def test_unapproved_posts_stay_and_are_marked_missed_and_the_lead_is_told(
    world: World, runtime: Runtime
) -> None:
    post = world.in_review(due_at=NINE - timedelta(minutes=1))

    Dispatcher(runtime, "one").tick()

    assert world.state(post) is PostState.missed
    assert world.messages() == []
    assert "post.missed" in world.notices()
