"""The whole path through robots: planned, approved, dispatched into fakes that count; unknown is never repeated."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from content_calendar import lanes, ledger
from content_calendar.states import PostState
from content_calendar.tables import Attempt, Delivery, Group
from tests.release_world import DAY, NINE, World
from tests.workers.channels.conftest import Platforms
from workers.channels import Tools, known, make
from workers.dispatcher import Dispatcher
from workers.runtime import Runtime

Robots = Callable[..., World]
CHANNELS = ("wecom_bot", "feishu_bot", "dingtalk_bot")


def holds(world: World) -> bool:
    with world.database.read() as session:
        return ledger.day_sum(session, world.brand(session), DAY).holds


@pytest.mark.databases
@pytest.mark.parametrize("channel", CHANNELS)
def test_an_approved_post_reaches_every_group_once(
    platforms: Platforms, runtime: Runtime, robots: Robots, channel: str
) -> None:
    world = robots(channel, 4)
    post = world.approved(text="早安，禾苗们")

    Dispatcher(runtime, "one").tick()

    assert world.states(post) == {"sent": 4} and world.state(post) is PostState.released
    assert len(platforms.seen(channel)) == 4 and holds(world)


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_lost_answer_is_asked_about_and_never_repeated(
    platforms: Platforms, runtime: Runtime, robots: Robots, channel: str
) -> None:
    world = robots(channel, 3)
    platforms.fake(channel).panel.fail("", "drop", times=1)
    world.approved()

    Dispatcher(runtime, "one").run_until(NINE + timedelta(minutes=20))

    assert world.states() == {"sent": 2, "unknown": 1}
    assert len(platforms.seen(channel)) == 3  # the group whose answer was lost has it, once
    assert "是否已送达" in world.notices()["delivery.unknown"] and holds(world)


def test_what_was_refused_for_its_pace_waits_out_the_block_and_arrives_once(
    platforms: Platforms, runtime: Runtime, robots: Robots
) -> None:
    world = robots("wecom_bot", 1)
    platforms.wecom.panel.fail("/send", "errcode", 45009)
    world.approved()

    Dispatcher(runtime, "one").run_until(NINE + timedelta(minutes=5))

    assert world.states() == {"sent": 1} and len(platforms.seen("wecom_bot")) == 1
    first, second = world.attempts()
    assert (second.started_at - first.started_at).total_seconds() >= 60


def test_thirty_groups_behind_one_robot_take_their_time_and_none_is_refused(
    platforms: Platforms, runtime: Runtime, robots: Robots
) -> None:
    """The fake blocks a robot that is called twenty-one times in any minute; none of these calls is."""
    world = robots("wecom_bot", 1)
    with world.database.read() as session:
        address = session.get_one(Group, 1).address
    for _ in range(29):
        world.more_groups(1, channel="wecom_bot", address=address)
    world.approved()

    for name in ("one", "two"):
        Dispatcher(runtime, name).run_until(runtime.clock.now() + timedelta(seconds=40))
    Dispatcher(runtime, "three").run_until(NINE + timedelta(minutes=10))

    assert world.states() == {"sent": 30} and holds(world)
    attempts = world.rows(Attempt)
    assert len(attempts) == 30 and {attempt.outcome for attempt in attempts} == {"sent"}


def test_a_dead_robot_is_closed_after_one_call_and_the_others_go_on(
    platforms: Platforms, runtime: Runtime, robots: Robots
) -> None:
    world = robots("wecom_bot", 3)
    dead = "11111111-2222-3333-4444-555555555555"
    from tests.fakes.wecom.robot import Robot

    platforms.wecom.robots.known[dead] = Robot(state="removed")
    world.approved(text="第一条")
    world.approved(text="第二条", due_at=NINE + timedelta(minutes=1))

    Dispatcher(runtime, "one").run_until(NINE + timedelta(minutes=5))

    assert world.states() == {"sent": 4, "refused": 1, "skipped": 1}
    assert platforms.wecom.panel.journal.count("/cgi-bin/webhook/send") == 5
    assert {row.state_reason for row in world.rows(Delivery) if row.state == "skipped"} == {
        "通道已停用，请到「设置」的「通道设置」处理"
    }
    assert "channel.disabled" in world.notices() and holds(world)


def test_every_channel_a_workbook_may_name_has_its_folder_and_keeps_to_its_lane(runtime: Runtime) -> None:
    async def nowhere(work: Callable[[], object]) -> object:
        return work()

    tools = Tools(runtime.settings, runtime.database, runtime.clock, nowhere)  # type: ignore[arg-type]
    made = {key: make(key, tools) for key in known()}
    assert set(made) == set(lanes.CHANNELS)
    assert {key: channel.can.mode for key, channel in made.items()} == {
        key: info.lane for key, info in lanes.CHANNELS.items()
    }
    assert {key for key, channel in made.items() if channel.can.simulated} == {"demo"}
