"""The doctor says in words what is wrong with a lane and what to do, and calls nobody unless it is asked to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from content_calendar import roads
from content_calendar.database import Database
from content_calendar.tables import ChannelAccount, Group, Owner, QuotaEntry
from tests.fakes.server import running
from tests.fakes.wecom.server import FakeWecom
from tests.release_world import DAY, NINE, World
from workers import connections, doctor_lanes
from workers.finding import Finding
from workers.settings import Settings

KEY = "k" * 32
ROBOT = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=1-secret"


class Clinic:
    """A brand and its settings; ``said`` is what the doctor finds, by check."""

    def __init__(self, world: World, settings: Settings) -> None:
        self.world, self.settings = world, settings

    def said(self, **changed: Any) -> dict[str, Finding]:
        settings = self.settings.model_copy(update=changed)
        with self.world.database.read() as session:
            return {found.check: found for found in doctor_lanes.lanes(settings, session, NINE)}

    def groups(self, channel: str, *addresses: str) -> None:
        for address in addresses:
            self.world.more_groups(1, channel=channel, address=address)

    def account(self, **values: Any) -> None:
        with self.world.database.write() as session:
            secret = values.pop("secret", self.settings.secrets.seal("app-secret"))
            session.add(
                ChannelAccount(
                    brand_id=self.world.brand_id, kind="wecom", corp_id="ww0123456789abcdef", agent_id="1",
                    secret=secret, updated_at=NINE, **values,
                )
            )  # fmt: skip


@pytest.fixture
def clinic(database: Database, tmp_path: Path) -> Clinic:
    settings = Settings(data_dir=tmp_path, secret_key=KEY, public_url="https://desk.example.com")  # type: ignore[arg-type]
    return Clinic(World(database).build(groups=0, channel="wecom_bot"), settings)


def test_lanes_that_are_right_are_said_to_be(clinic: Clinic) -> None:
    clinic.groups("wecom_bot", clinic.settings.secrets.seal(ROBOT))
    clinic.groups("wecom_mass", "wr1")
    clinic.account()
    with clinic.world.database.write() as session:
        session.add(Owner(brand_id=clinic.world.brand_id, name="小禾", userid="xiaohe"))
    found = clinic.said()
    assert {name: each.level for name, each in found.items()} == {"lanes": "ok"}


@pytest.mark.parametrize(
    ("channel", "address", "check", "remedy"),
    [
        ("wecom_bot", "", "lanes.no_address", "填上再导入"),
        ("wecom_bot", "https://example.com/", "lanes.not_a_robot", "重新复制"),
        ("feishu_bot", "env:CHONGFEN_LANE_NOWHERE", "lanes.secret.env_missing", "没有设置"),
        ("dingtalk_bot", "sealed:1:abc:AAAA", "lanes.secret.unopened", "旧密钥"),
        ("webhook", "https://example.com/hook", "lanes.webhook", "CHONGFEN_WEBHOOK_SECRET"),
    ],
)
def test_an_address_that_leads_nowhere_is_named_with_its_remedy(
    clinic: Clinic, channel: str, address: str, check: str, remedy: str
) -> None:
    clinic.groups(channel, address, address)
    found = clinic.said()[check]
    assert found.level == "fault" and remedy in found.sentence and found.english != found.sentence
    if check != "lanes.webhook":
        assert "2 个群（G0000、G0001）" in found.sentence


def test_a_key_only_this_machine_knows_is_warned_of_where_there_are_others(clinic: Clinic) -> None:
    alone = clinic.settings.model_copy(update={"secret_key": Settings().secret_key})
    clinic.groups("wecom_bot", alone.secrets.seal(ROBOT))
    assert alone.key_file.is_file()
    assert "lanes.key" not in clinic.said(secret_key=alone.secret_key)
    for more in ({"broker_url": "redis://q"}, {"database_url": "postgresql://db/x"}):
        found = clinic.said(secret_key=alone.secret_key, **more)["lanes.key"]
        assert found.level == "warn" and "CHONGFEN_SECRET_KEY" in found.sentence
        assert alone.key_file.read_text() not in found.sentence
    assert "lanes.key" not in clinic.said(broker_url="redis://q", secret_key=clinic.settings.secret_key)


def test_closed_and_blocked_robots_are_told_apart(clinic: Clinic) -> None:
    clinic.groups("wecom_bot", ROBOT, ROBOT.replace("1-secret", "2-secret"))
    with clinic.world.database.write() as session:
        one, two = session.query(Group).order_by(Group.id)
        secrets = clinic.settings.secrets
        roads.disable(
            session, "wecom_bot", connections.road_of(one, secrets), code="wecom_bot.93000", now=NINE
        )
        roads.block(
            session, "wecom_bot", connections.road_of(two, secrets), until=NINE + timedelta(minutes=1)
        )
    found = clinic.said()
    assert found["lanes.closed"].level == "fault" and "93000" in found["lanes.closed"].sentence
    assert found["lanes.blocked"].level == "warn" and "09:01:00" in found["lanes.blocked"].sentence
    assert not any("secret" in each.sentence for each in found.values())


@pytest.mark.parametrize(
    ("prepare", "check", "level"),
    [
        (lambda clinic: None, "lanes.no_app", "warn"),
        (lambda clinic: clinic.account(), "lanes.owner", "fault"),
        (lambda clinic: clinic.account(token="sealed:1:x:AAAA"), "lanes.app_secret", "fault"),
        (lambda clinic: clinic.account(secret="env:CHONGFEN_LANE_NOWHERE"), "lanes.app_secret", "fault"),
    ],
)
def test_what_the_app_lacks_is_found(
    clinic: Clinic, prepare: Callable[[Clinic], None], check: str, level: str
) -> None:
    clinic.groups("wecom_mass", "wr1")
    prepare(clinic)
    assert clinic.said()[check].level == level
    assert "lanes.public_url" not in clinic.said() or check == "lanes.no_app"


def test_a_used_up_allowance_is_told_before_the_day_begins(clinic: Clinic) -> None:
    clinic.groups("wecom_mass", "wr1", "wr2")
    clinic.world.set_brand(mass_quota="day_1")
    clinic.account()
    post_id = clinic.world.post()
    with clinic.world.database.write() as session:
        group = session.query(Group).order_by(Group.id).first()
        session.add(QuotaEntry(group_id=group.id, post_id=post_id, day=DAY, lane="confirm"))
    found = clinic.said()["lanes.quota"]
    assert found.level == "warn" and "1 个群（G0000）" in found.sentence


def test_a_brand_that_plays_has_no_lanes_to_look_at(clinic: Clinic) -> None:
    clinic.groups("wecom_bot", "")
    clinic.world.set_brand(demo=True)
    assert [each.level for each in clinic.said().values()] == ["ok"]


@pytest.mark.parametrize(
    ("secret", "level", "said"), [("app-secret", "ok", "给了令牌"), ("wrong", "fault", "40001")]
)
def test_only_when_asked_the_platform_is_asked_for_a_token(
    clinic: Clinic, secret: str, level: str, said: str
) -> None:
    clinic.account(secret=secret)
    fake = FakeWecom()
    with running(fake) as url:
        clinic.said(wecom_url=url)
        assert fake.panel.journal == []
        settings = clinic.settings.model_copy(update={"wecom_url": url})
        with clinic.world.database.read() as session:
            (found,) = doctor_lanes.online(settings, session)
    assert (found.level, fake.panel.journal) == (level, ["/cgi-bin/gettoken"]) and said in found.sentence
    assert secret not in found.sentence
