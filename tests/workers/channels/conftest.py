"""Fake platforms on loopback ports, a brand whose groups are reached through them, and channels made as a worker makes them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from content_calendar.clock import FixedClock
from content_calendar.database import Database
from content_calendar.ledger import Outgoing
from tests.fakes.dingtalk.server import FakeDingtalk
from tests.fakes.feishu.server import FakeFeishu
from tests.fakes.server import running
from tests.fakes.wecom.server import FakeWecom
from tests.release_world import NINE, World
from workers.channels import Outcome, Tools, make
from workers.runtime import Runtime
from workers.settings import Settings

KEY = "a" * 32  # CHONGFEN_SECRET_KEY
ROBOT = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=11111111-2222-3333-4444-555555555555"
HOOK = "https://open.feishu.cn/open-apis/bot/v2/hook/hook-1"
DING = "https://oapi.dingtalk.com/robot/send?access_token=token-1"
ADDRESSES = {"wecom_bot": ROBOT, "feishu_bot": HOOK, "dingtalk_bot": DING}


@dataclass
class Platforms:
    """The three fakes under one clock, and the settings that lead to them."""

    clock: FixedClock
    wecom: FakeWecom
    feishu: FakeFeishu
    dingtalk: FakeDingtalk
    settings: Settings

    def fake(self, channel: str) -> Any:
        return {"wecom_bot": self.wecom, "feishu_bot": self.feishu, "dingtalk_bot": self.dingtalk}[channel]

    def seen(self, channel: str) -> list[dict[str, Any]]:
        """What the one robot's group has seen."""
        if channel == "wecom_bot":
            return [m for robot in self.wecom.robots.known.values() for m in robot.messages]
        robots: Any = self.feishu.hooks if channel == "feishu_bot" else self.dingtalk.robots
        return [message for robot in robots.values() for message in robot.messages]


@pytest.fixture
def platforms() -> Iterator[Platforms]:
    clock = FixedClock(NINE, simulated=False)  # the machine's time, standing at nine o'clock

    def now() -> float:
        return clock.now().timestamp()

    wecom, feishu, dingtalk = FakeWecom(now), FakeFeishu(now), FakeDingtalk(now)
    with running(wecom) as a, running(feishu) as b, running(dingtalk) as c:
        settings = Settings(wecom_url=a, feishu_url=b, dingtalk_url=c, secret_key=KEY)  # type: ignore[arg-type]
        yield Platforms(clock, wecom, feishu, dingtalk, settings)


@pytest.fixture
def runtime(platforms: Platforms, database: Database) -> Runtime:
    return Runtime(platforms.settings, database, platforms.clock)


@pytest.fixture
def robots(database: Database) -> Callable[..., World]:
    """A brand with robot groups: ``robots("wecom_bot", 3)``; each group has a robot of its own unless ``address`` is given."""

    def make_world(channel: str, groups: int = 1, address: str = "") -> World:
        world = World(database).build(groups=0, channel=channel)
        for number in range(groups):
            world.more_groups(1, channel=channel, address=address or f"{ADDRESSES[channel]}{number or ''}")
        return world

    return make_world


def said(
    text: str, *, channel: str = "wecom_bot", address: str = "", number: int = 1, **more: Any
) -> Outgoing:
    """One message to one group."""
    due = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
    return Outgoing(
        delivery_id="ab" * 16, fence=1, number=number, post_id=7, group_id=1, group_code="G1", group_name="福利1群",
        brand="沐禾", sender="沐禾宠粉官", lane="auto", channel=channel, address=address or ADDRESSES[channel],
        text=text, due_at=due, fire_at=due, **{"brand_id": 1, "owner": "小禾", **more},
    )  # fmt: skip


@pytest.fixture
def send(runtime: Runtime) -> Callable[..., Outcome]:
    """Send one message through a channel of its own."""

    async def in_thread(work: Callable[[], Any]) -> Any:
        return await asyncio.to_thread(work)

    def go(message: Outgoing, settings: Settings | None = None) -> Outcome:
        async def flow() -> Outcome:
            tools = Tools(settings or runtime.settings, runtime.database, runtime.clock, in_thread)
            channel = make(message.channel, tools)
            try:
                (outcome,) = await channel.send([message])
                return outcome
            finally:
                await channel.close()

        return asyncio.run(flow())

    return go
