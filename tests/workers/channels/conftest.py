"""Fake platforms on loopback ports, a brand whose groups are reached through them, and channels made as a worker makes them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from content_calendar import friends, review, welcomes
from content_calendar.clock import FixedClock
from content_calendar.database import Database
from content_calendar.friends import NewFriend
from content_calendar.ledger import Outgoing
from content_calendar.tables import ChannelAccount, Owner, PlatformEvent
from tests.fakes.dingtalk.server import FakeDingtalk
from tests.fakes.feishu.server import FakeFeishu
from tests.fakes.server import running
from tests.fakes.wecom.server import FakeWecom
from tests.release_world import DAY, NINE, World
from workers.channels import Outcome, Tools, make
from workers.runtime import Runtime
from workers.settings import Settings
from workers.wecom.greeting import Greeter

HELLO = "你好呀，我是沐禾宠粉官，护肤的事随时问我。"
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


@dataclass
class Hall:
    """A brand with an account, on fake platforms; ``friend`` comes, ``greet`` says what became of it."""

    world: World
    runtime: Runtime
    platforms: Platforms

    def text(
        self, text: str = HELLO, *, owner: str = "", approve: bool = True, occasion: str = "friend"
    ) -> int:
        with self.world.database.write() as session:
            post = welcomes.add(
                session, self.world.brand(session), occasion=occasion, owner=owner, tier="low",
                until=DAY + timedelta(days=30), theme="第一句话", key=f"{owner}{text[:5]}",
                user=self.world.user(session), now=self.world.now,
            )  # fmt: skip
            review.submit(
                session, post, self.world.draft(text), None, actor="system:writer", now=self.world.now
            )
            post_id = post.id
        if approve:
            self.world.approve(post_id)
        return post_id

    def friend(
        self, member: str = "xiaohe", *, code: str | None = None, owner: str = "小禾", mark: str = "1"
    ) -> int:
        made = self.platforms.wecom.friends.add(member, NINE.timestamp()) if code is None else code
        found = NewFriend("add_external_contact", ("sys", mark, member), member, made, NINE)
        with self.world.database.write() as session:
            event_id = friends.note(
                session, self.world.brand_id, found, owner=owner, now=self.platforms.clock.now()
            )
        assert event_id is not None
        return event_id

    def greet(self, *event_ids: int) -> list[str]:
        async def flow() -> list[str]:
            greeter = Greeter(self.runtime)
            try:
                return list(await asyncio.gather(*(greeter.greet(each) for each in event_ids)))
            finally:
                await greeter.close()

        return asyncio.run(flow())

    def event(self, event_id: int) -> PlatformEvent:
        with self.world.database.read() as session:
            return session.get_one(PlatformEvent, event_id)

    def said(self) -> list[str]:
        return [each["text"]["content"] for each in self.platforms.wecom.friends.welcomed]


@pytest.fixture
def hall(database: Any, platforms: Platforms, runtime: Runtime) -> Hall:
    world = World(database).build(channel="wecom_mass")
    with database.write() as session:
        session.add(
            ChannelAccount(
                brand_id=world.brand_id, kind="wecom", corp_id="ww0123456789abcdef", agent_id="1000002",
                secret=platforms.settings.secrets.seal("app-secret"), updated_at=NINE,
            )
        )  # fmt: skip
        session.add(Owner(brand_id=world.brand_id, name="小禾", userid="xiaohe"))
    return Hall(world, runtime, platforms)
