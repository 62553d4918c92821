"""Clocks that jump and days that are an hour longer or shorter: each delivery once, at its moment or not at all."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from content_calendar import ledger
from content_calendar.clock import FixedClock
from content_calendar.states import PostState
from content_calendar.tables import Post
from content_calendar.zones import place
from tests.fakes.receiver import Answer, Receiver, Request
from tests.faults.count import must_add_up
from tests.faults.deaths import HOOK
from tests.release_world import NINE, World
from workers.dispatcher import Dispatcher, dispatch_until
from workers.runtime import Runtime
from workers.settings import Settings

pytestmark = [pytest.mark.faults, pytest.mark.databases]
TWO_HOURS = timedelta(hours=2)


@pytest.mark.parametrize("jump", [TWO_HOURS, -TWO_HOURS], ids=["ahead", "back"])
def test_a_clock_that_jumps_two_hours_in_the_middle_of_a_fan_out(
    hooked: World, receiver: Receiver, jump: timedelta
) -> None:
    hooked.more_groups(188, channel="webhook", address=receiver.url)  # more than fly at once
    post = hooked.approved()
    clock = FixedClock(NINE, simulated=False)

    def behaviour(_request: Request) -> Answer:
        if len(receiver.requests) == 5:
            clock.instant += jump
        return Answer()

    receiver.behaviour = behaviour
    runtime = Runtime(Settings(**HOOK), hooked.database, clock)
    Dispatcher(runtime, "one").run_until(NINE + timedelta(hours=3))

    states = hooked.states()
    assert states["sent"] == len(receiver.accepted) and states["unknown"] == 0
    if jump > timedelta(0):  # the approval has run out: what had not begun is held, and a person is asked
        assert states["sent"] + states["planned"] == 200 and 5 <= states["sent"] < 200, states
        assert hooked.state(post) is PostState.held and "post.held" in hooked.notices()
    else:  # what had not begun is early now: it waits for its moment
        assert states == {"sent": 200}
    must_add_up(hooked, receiver, now=clock.now())


@pytest.mark.parametrize(
    ("day", "wall", "utc"),
    [
        (date(2026, 3, 8), time(2, 30), "07:00"),  # the gap: that night has no half past two, so the first minute after
        (date(2026, 11, 1), time(1, 30), "05:30"),  # the overlap: half past one comes twice, the first one counts
    ],
    ids=["gap", "overlap"],
)  # fmt: skip
def test_in_the_night_the_clocks_change_each_post_leaves_once(
    world: World, day: date, wall: time, utc: str
) -> None:
    where = ZoneInfo("America/New_York")
    world.set_brand(zone="America/New_York", quiet_from="00:00", quiet_to="00:00")
    nights = [day - timedelta(days=1), day, day + timedelta(days=1)]
    dues = [place(night, wall, where).instant for night in nights]
    for night, due_at in zip(nights, dues, strict=True):
        world.now = due_at - timedelta(hours=1)
        post = world.in_review(due_at=due_at)
        world.set(Post, post, day=night, time=f"{wall:%H:%M}", zone="America/New_York")
        world.approve(post)
    assert dues[1] == datetime.fromisoformat(f"{day}T{utc}").replace(tzinfo=UTC)

    clock = FixedClock(dues[0] - timedelta(hours=3))
    dispatch_until(Runtime(Settings(), world.database, clock), dues[-1] + timedelta(hours=3))

    assert world.states() == {"sent": 9}
    assert sorted({message.at for message in world.messages()}) == dues
    with world.database.read() as session:
        days = [ledger.day_sum(session, world.brand(session), night) for night in nights]
    assert [found.planned for found in days] == [3, 3, 3] and all(found.holds for found in days)
