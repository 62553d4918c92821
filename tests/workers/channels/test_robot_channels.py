"""The three robots against fakes that enforce the platforms' limits: every ending is judged by what it proves."""

from __future__ import annotations

import base64
import hashlib
import logging
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from content_calendar import forms, pictures
from content_calendar.tables import Brand, Notice, Road
from tests.fakes.dingtalk.server import Ding
from tests.fakes.feishu.server import Hook
from tests.fakes.wecom.robot import Robot
from tests.release_world import NINE, World
from tests.workers.channels.conftest import ADDRESSES, DING, HOOK, ROBOT, Platforms, said
from workers.channels import Outcome
from workers.channels.dingtalk_bot import platform as dingtalk
from workers.channels.feishu_bot import platform as feishu
from workers.runtime import Runtime

Send = Callable[..., Outcome]
CHANNELS = ("wecom_bot", "feishu_bot", "dingtalk_bot")
PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 100
LINKED = "新品到了\n[点这里看](https://mall.example.com/p/1)"


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_text_arrives_as_it_was_approved(platforms: Platforms, send: Send, channel: str) -> None:
    text = '早安 ☀️\n今天 20:00 "见" \\ 一起来'

    assert send(said(text, channel=channel)) == Outcome("sent", code=f"{channel}.0")

    (message,) = platforms.seen(channel)
    assert text in {
        str(value) for part in message.values() if isinstance(part, dict) for value in part.values()
    }


def test_a_long_text_is_measured_in_bytes_not_characters(platforms: Platforms, send: Send) -> None:
    fits, over = "好" * 682, "好" * 683  # 2046 and 2049 bytes, both far under 2048 characters

    assert send(said(fits)).kind == "sent"
    assert send(said(over)) == Outcome("refused", code="wecom_bot.cannot_carry", permanent=True)
    assert len(platforms.seen("wecom_bot")) == 1


@pytest.mark.parametrize(
    ("channel", "form"),
    [("wecom_bot", "news"), ("feishu_bot", "interactive"), ("dingtalk_bot", "link")],
)
def test_a_text_that_ends_in_a_link_becomes_a_link_card(
    platforms: Platforms, send: Send, channel: str, form: str
) -> None:
    assert send(said(LINKED, channel=channel)).kind == "sent"

    (message,) = platforms.seen(channel)
    assert form in {message.get("msgtype"), message.get("msg_type")}
    assert "https://mall.example.com/p/1" in str(message)


@pytest.mark.parametrize("channel", CHANNELS)
def test_links_inside_a_text_stay_links(platforms: Platforms, send: Send, channel: str) -> None:
    assert send(said("看[这里](https://a.example/1)再说\n明天见", channel=channel)).kind == "sent"

    (message,) = platforms.seen(channel)
    assert {message.get("msgtype"), message.get("msg_type")} & {"markdown", "post"}
    assert "https://a.example/1" in str(message) and "明天见" in str(message)


def test_a_picture_travels_with_the_hash_of_its_bytes(
    platforms: Platforms, send: Send, world: World, runtime: Runtime
) -> None:
    with runtime.database.write() as session:
        brand = session.get_one(Brand, world.brand_id)
        picture = pictures.add(session, brand, PNG, name="海报.png", now=NINE)
    text = f"![海报]({forms.name_of(picture.sha256)})"

    assert send(said(text, brand_id=world.brand_id)).kind == "sent"

    (message,) = platforms.seen("wecom_bot")
    assert base64.b64decode(message["image"]["base64"]) == PNG
    assert message["image"]["md5"] == hashlib.md5(PNG, usedforsecurity=False).hexdigest()


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_picture_that_is_not_there_is_refused_before_any_call(
    platforms: Platforms, send: Send, world: World, channel: str
) -> None:
    text = f"![海报]({forms.name_of('ab' * 32)})"

    assert send(said(text, channel=channel)) == Outcome(
        "refused", code=f"{channel}.cannot_carry", permanent=True
    )
    assert platforms.seen(channel) == []


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize(
    ("fault", "value", "kind", "arrived"),
    [
        ("drop", 0, "unknown", 1),
        ("cut", 0, "unknown", 0),
        ("status", 502, "unknown", 0),
        ("status_after", 500, "unknown", 1),
        ("status", 404, "refused", 0),
        ("errcode_after", 777, "unknown", 1),  # a code nobody documented proves nothing
    ],
)
def test_a_lost_answer_is_unknown_and_only_a_clear_no_is_a_refusal(
    platforms: Platforms, send: Send, channel: str, fault: str, value: int, kind: str, arrived: int
) -> None:
    platforms.fake(channel).panel.fail("", fault, value)

    assert send(said("早安", channel=channel)).kind == kind
    assert len(platforms.seen(channel)) == arrived


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_platform_that_cannot_be_reached_has_proved_that_nothing_left(
    runtime: Runtime, send: Send, channel: str
) -> None:
    nobody = runtime.settings.model_copy(
        update=dict.fromkeys(("wecom_url", "feishu_url", "dingtalk_url"), "http://127.0.0.1:9")
    )
    outcome = send(said("早安", channel=channel), nobody)
    assert (outcome.kind, outcome.permanent) == ("refused", False)


def test_plain_http_is_for_this_machine_alone(platforms: Platforms, send: Send) -> None:
    elsewhere = platforms.settings.model_copy(update={"wecom_url": "http://qyapi.example.com"})
    assert send(said("早安"), elsewhere) == Outcome("refused", code="wecom_bot.base_forbidden")


@pytest.mark.parametrize(
    ("channel", "code", "permanent", "wait"),
    [
        ("wecom_bot", -1, False, 5),
        ("wecom_bot", 45009, False, 60),
        ("wecom_bot", 45033, False, 3),
        ("wecom_bot", 40058, True, None),
        ("wecom_bot", 45002, True, None),
        ("feishu_bot", 11232, False, 15),
        ("feishu_bot", 19024, True, None),
        ("dingtalk_bot", 130101, False, 600),
        ("dingtalk_bot", 460101, True, None),
    ],
)
def test_each_code_says_whether_it_is_worth_another_try(
    platforms: Platforms,
    send: Send,
    world: World,
    channel: str,
    code: int,
    permanent: bool,
    wait: float | None,
) -> None:
    platforms.fake(channel).panel.fail("", "errcode", code)

    outcome = send(said("早安", channel=channel))

    assert outcome == Outcome("refused", code=f"{channel}.{code}", retry_after=wait, permanent=permanent)


def test_a_busy_platform_is_asked_three_times_at_most(platforms: Platforms, send: Send) -> None:
    platforms.wecom.panel.fail("/send", "errcode", -1, times=3)
    assert [send(said("早安", number=n)).permanent for n in (1, 2, 3)] == [False, False, True]


@pytest.mark.parametrize(
    ("channel", "code"),
    [
        ("wecom_bot", 93000),
        ("wecom_bot", 93004),
        ("wecom_bot", 93008),
        ("feishu_bot", 19021),
        ("dingtalk_bot", 300005),
    ],
)
def test_a_robot_that_is_gone_closes_its_road_and_the_lead_is_told_without_the_address(
    platforms: Platforms, send: Send, world: World, runtime: Runtime, channel: str, code: int,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    caplog.set_level(logging.DEBUG)
    platforms.fake(channel).panel.fail("", "errcode", code)

    assert send(said("早安", channel=channel, brand_id=world.brand_id)).permanent

    with runtime.database.read() as session:
        road = session.scalars(select(Road)).one()
        notice = session.scalars(select(Notice)).one()
    assert road.disabled_code == f"{channel}.{code}"
    assert notice.code == "channel.disabled" and str(code) in notice.text and "福利1群" in notice.text
    secret = ADDRESSES[channel].rpartition("=")[2].rpartition("/")[2]
    assert secret not in notice.text + caplog.text + road.key + road.disabled_code


@pytest.mark.parametrize(("guard", "closed"), [("keyword", 0), ("secret", 1)])
def test_one_code_of_dingtalk_is_a_missing_keyword_or_a_wrong_signature(
    platforms: Platforms, send: Send, world: World, runtime: Runtime, guard: str, closed: int
) -> None:
    """A keyword the text lacks says nothing of the next text; a signature that does not match says all of the robot."""
    send(said("早安", channel="dingtalk_bot", brand_id=world.brand_id))
    (robot,) = platforms.dingtalk.robots.values()
    setattr(robot, guard, "没有说的词")

    outcome = send(said("早安", channel="dingtalk_bot", brand_id=world.brand_id))

    assert outcome == Outcome("refused", code="dingtalk_bot.310000", permanent=True)
    with runtime.database.read() as session:
        assert len(session.scalars(select(Road).where(Road.disabled_at.is_not(None))).all()) == closed


@pytest.mark.parametrize(
    ("channel", "address"),
    [
        ("wecom_bot", ""),
        ("wecom_bot", "https://evil.example/cgi-bin/webhook/send?key=1"),
        ("wecom_bot", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send"),
        ("feishu_bot", "https://open.feishu.cn/open-apis/bot/v2/hook/../../x"),
        ("dingtalk_bot", ROBOT),
        ("wecom_bot", "sealed:1:ffffffffffff:AAAA"),
        ("wecom_bot", "env:CHONGFEN_SECRET_KEY"),
        ("wecom_bot", "env:CHONGFEN_LANE_NOT_SET"),
    ],
)
def test_an_address_that_is_no_robot_of_this_platform_is_never_called(
    platforms: Platforms, send: Send, channel: str, address: str
) -> None:
    message = said("早安", channel=channel)
    object.__setattr__(message, "address", address)

    assert send(message).permanent
    assert platforms.seen(channel) == []


def test_a_sealed_address_and_one_from_the_environment_reach_the_same_robot(
    platforms: Platforms, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHONGFEN_LANE_G1", ROBOT)

    for address in (platforms.settings.secrets.seal(ROBOT), "env:CHONGFEN_LANE_G1"):
        assert send(said("早安", address=address)).kind == "sent"

    assert len(platforms.wecom.robots.known) == 1 and len(platforms.seen("wecom_bot")) == 2


def test_a_robot_with_a_signature_check_gets_signed_calls(platforms: Platforms, send: Send) -> None:
    platforms.feishu.hooks["hook-1"] = Hook(secret="秘密")
    platforms.dingtalk.robots["token-1"] = Ding(secret="SECabc")

    assert send(said("早安", channel="feishu_bot", address=f"{HOOK}#秘密")).kind == "sent"
    assert send(said("早安", channel="dingtalk_bot", address=f"{DING}#SECabc")).kind == "sent"


def test_the_signatures_are_those_of_the_platforms_documents() -> None:
    """Computed apart from our code, with another library's order of key and message."""
    import hmac

    stamp = "1599360473"
    wanted = base64.b64encode(hmac.digest(f"{stamp}\ndemo".encode(), b"", "sha256")).decode()
    assert feishu.sign("demo", stamp) == wanted
    wanted = base64.b64encode(hmac.digest(b"demo", f"{stamp}\ndemo".encode(), "sha256")).decode()
    assert dingtalk.sign("demo", stamp) == wanted


def test_part_of_a_body_that_was_not_understood_is_noticed(
    platforms: Platforms, send: Send, monkeypatch: Any
) -> None:
    robots = platforms.wecom.robots
    robots.known["k"] = Robot()
    original = platforms.wecom.error
    monkeypatch.setattr(
        platforms.wecom, "error", lambda code: original(code) | {"errmsg": "ok. Warning: wrong json format. "}
    )
    platforms.wecom.panel.fail("/send", "errcode_after", 0)

    assert send(said("早安")) == Outcome("sent", code="wecom_bot.0.partly_read")
