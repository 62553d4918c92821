"""The fakes refuse what the platforms refuse: bytes, rates and blocks, escapes, tokens, tasks, allowances, reminders."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.fakes import main
from tests.fakes.dingtalk.server import FakeDingtalk
from tests.fakes.feishu.server import FakeFeishu
from tests.fakes.server import running
from tests.fakes.wecom.server import FakeWecom

PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 100


@dataclass
class Time:
    now: float = 1_795_395_600.0  # 2026-11-23 09:00 in Shanghai

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def wecom(time: Time) -> Iterator[tuple[FakeWecom, str]]:
    fake = FakeWecom(time)
    with running(fake) as url:
        yield fake, url


def post(url: str, body: Any = None, raw: bytes | None = None) -> dict[str, Any]:
    data = raw if raw is not None else json.dumps(body or {}, ensure_ascii=False).encode()
    request = urllib.request.Request(url, data=data, headers={"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=5) as answer:
        return json.load(answer)  # type: ignore[no-any-return]


def get(url: str) -> dict[str, Any]:
    with urllib.request.urlopen(url, timeout=5) as answer:
        return json.load(answer)  # type: ignore[no-any-return]


def text(content: str) -> dict[str, Any]:
    return {"msgtype": "text", "text": {"content": content}}


def test_a_robot_counts_bytes_and_wants_real_utf8(wecom: tuple[FakeWecom, str]) -> None:
    robot = f"{wecom[1]}/cgi-bin/webhook/send?key=k"
    cases: list[tuple[Any, int]] = [
        (text("好" * 682), 0), (text("好" * 683), 45002), (text(""), 44004), ({"msgtype": "poem"}, 40008),
        ({"msgtype": "markdown", "markdown": {"content": "好" * 1365}}, 0),
        ({"msgtype": "markdown", "markdown": {"content": "好" * 1366}}, 45002),
        ({"msgtype": "image", "image": {"base64": "eHh4", "md5": "0"}}, 40058),
        ({"msgtype": "news", "news": {"articles": []}}, 40058),
    ]  # fmt: skip
    assert [post(robot, body)["errcode"] for body, _ in cases] == [code for _, code in cases]
    assert post(robot, raw=json.dumps(text("早安")).encode())["errcode"] == 40033
    assert post(robot, raw=b'{"msgtype":"text","text":{"content":"C:\\\\users"}}')["errcode"] == 0


def test_the_twenty_first_message_of_a_minute_blocks_the_robot_for_a_minute(
    wecom: tuple[FakeWecom, str], time: Time
) -> None:
    robot = f"{wecom[1]}/cgi-bin/webhook/send?key=k"
    codes = [post(robot, text("早"))["errcode"] for _ in range(21)]
    assert codes == [0] * 20 + [45009]
    time.now += 59
    assert post(robot, text("早"))["errcode"] == 45009
    time.now += 1
    assert post(robot, text("早"))["errcode"] == 0
    assert post(f"{wecom[1]}/cgi-bin/webhook/send?key=another", text("早"))["errcode"] == 0


def test_a_removed_robot_and_a_wrong_key_say_so(wecom: tuple[FakeWecom, str]) -> None:
    fake, url = wecom
    fake.robots.open = False
    assert post(f"{url}/cgi-bin/webhook/send?key=k", text("早"))["errcode"] == 93000
    post(f"{url}/panel/robots", {"key": "k", "state": "disabled"})
    assert post(f"{url}/cgi-bin/webhook/send?key=k", text("早"))["errcode"] == 93004


def token(url: str, secret: str = "app-secret") -> dict[str, Any]:
    return get(f"{url}/cgi-bin/gettoken?corpid=ww0123456789abcdef&corpsecret={secret}")


def test_a_token_is_the_same_until_it_ends_and_bad_secrets_are_banned(
    wecom: tuple[FakeWecom, str], time: Time
) -> None:
    fake, url = wecom
    first = token(url)["access_token"]
    assert token(url)["access_token"] == first and fake.tokens.given == 1
    ask = f"{url}/cgi-bin/externalcontact/groupchat/list?access_token="
    assert post(ask + first, {"limit": 10})["errcode"] == 0
    assert (post(ask)["errcode"], post(ask + "x")["errcode"]) == (41001, 40014)
    time.now += 7200
    assert post(ask + first, {"limit": 10})["errcode"] == 42001
    second = token(url)["access_token"]
    post(f"{url}/panel/tokens/revoke")
    assert second != first and post(ask + second)["errcode"] == 40014
    assert get(f"{url}/cgi-bin/gettoken?corpid=other&corpsecret=x")["errcode"] == 40013
    assert [token(url, "bad")["errcode"] for _ in range(6)] == [40001] * 5 + [45009]
    fake.tokens.trusted = False
    time.now += 3600
    assert post(ask + token(url)["access_token"], {"limit": 1})["errcode"] == 60020


def mass(fake: FakeWecom, url: str, **more: Any) -> dict[str, Any]:
    body = {
        "chat_type": "group",
        "sender": "li",
        "chat_id_list": ["wr1", "wr2"],
        "text": {"content": "早"},
        **more,
    }
    return post(
        f"{url}/cgi-bin/externalcontact/add_msg_template?access_token={token(url)['access_token']}", body
    )


def contact(url: str, name: str, **body: Any) -> dict[str, Any]:
    return post(f"{url}/cgi-bin/externalcontact/{name}?access_token={token(url)['access_token']}", body)


def test_a_task_is_refused_for_what_the_documents_forbid(wecom: tuple[FakeWecom, str]) -> None:
    fake, url = wecom
    link = {"msgtype": "link", "link": {"title": "看", "url": "https://a.example"}}
    assert mass(fake, url, chat_id_list=[f"wr{n}" for n in range(2001)])["errcode"] == 81017
    assert mass(fake, url, attachments=[link] * 10)["errcode"] == 41064
    assert mass(fake, url, text={"content": "好" * 1334})["errcode"] == 45002
    assert (
        mass(fake, url, attachments=[{"msgtype": "image", "image": {"media_id": "old"}}])["errcode"] == 40007
    )
    assert mass(fake, url, sender="")["errcode"] == 40058
    assert mass(fake, url, chat_id_list=[])["errcode"] == 41048
    fake.mass.open = False
    fake.mass.groups = {"wr1": "li", "wr2": "wang"}
    assert mass(fake, url)["fail_list"] == ["wr2"]


def test_nothing_is_sent_before_the_member_confirms_and_only_sent_groups_are_listed(
    wecom: tuple[FakeWecom, str], time: Time
) -> None:
    fake, url = wecom
    msgid = mass(fake, url)["msgid"]
    assert contact(url, "get_groupmsg_task", msgid=msgid)["errcode"] == 41063
    time.now += 3
    assert contact(url, "get_groupmsg_task", msgid=msgid)["task_list"] == [{"userid": "li", "status": 0}]
    assert contact(url, "get_groupmsg_send_result", msgid=msgid, userid="li")["send_list"] == []

    post(f"{url}/panel/members/confirm", {"msgid": msgid, "groups": ["wr2"]})

    assert contact(url, "get_groupmsg_task", msgid=msgid)["task_list"][0]["status"] == 2
    (row,) = contact(url, "get_groupmsg_send_result", msgid=msgid, userid="li")["send_list"]
    assert (row["chat_id"], row["status"]) == ("wr2", 1)
    assert contact(url, "cancel_groupmsg_send", msgid=msgid)["errcode"] == 0
    assert contact(url, "remind_groupmsg_send", msgid=msgid)["errcode"] == 41093


@pytest.mark.parametrize(
    ("quota", "second", "next_week"), [("day_1", 3, 1), ("week_7", 1, 1), ("month_days", 1, 1)]
)
def test_what_is_over_the_allowance_gets_status_three(
    wecom: tuple[FakeWecom, str], time: Time, quota: str, second: int, next_week: int
) -> None:
    fake, url = wecom
    fake.mass.quota = quota

    def sent() -> int:
        msgid = mass(fake, url)["msgid"]
        fake.mass.confirm(msgid, time.now)
        return fake.mass.tasks[msgid].rows["wr1"][0]

    assert (sent(), sent()) == (1, second)
    for _ in range(6):
        sent()
    assert sent() == (3 if quota != "month_days" else 1)
    time.now += 7 * 86_400
    assert sent() == next_week


def test_what_a_member_sends_by_hand_uses_the_same_allowance(
    wecom: tuple[FakeWecom, str], time: Time
) -> None:
    fake, url = wecom
    fake.mass.quota = "day_1"
    fake.mass.by_hand("li", ["wr1"], "自己发的", time.now)
    msgid = mass(fake, url)["msgid"]
    fake.mass.confirm(msgid, time.now)
    assert fake.mass.tasks[msgid].rows["wr1"][0] == 3
    found = contact(url, "get_groupmsg_list_v2", chat_type="group", start_time=0, end_time=10**9)
    assert found["errcode"] == 40058  # more than a month
    window = {"start_time": int(time.now) - 10, "end_time": int(time.now) + 10}
    listed = contact(url, "get_groupmsg_list_v2", chat_type="group", filter_type=1, **window)[
        "group_msg_list"
    ]
    assert [row["creator"] for row in listed] == ["li"]


def test_three_reminders_a_day(wecom: tuple[FakeWecom, str], time: Time) -> None:
    fake, url = wecom
    msgid = mass(fake, url)["msgid"]
    time.now += 3
    codes = [contact(url, "remind_groupmsg_send", msgid=msgid)["errcode"] for _ in range(4)]
    assert codes == [0, 0, 0, 41094]


def test_a_media_id_ends_after_three_days(wecom: tuple[FakeWecom, str], time: Time) -> None:
    fake, url = wecom
    code, media_id = fake.media.upload(PNG, time.now)
    picture = {"msgtype": "image", "image": {"media_id": media_id}}
    assert code == 0 and mass(fake, url, attachments=[picture])["errcode"] == 0
    time.now += 3 * 86_400
    assert mass(fake, url, attachments=[picture])["errcode"] == 40007


def test_an_app_message_said_twice_arrives_once_and_floods_are_dropped(
    wecom: tuple[FakeWecom, str], time: Time
) -> None:
    fake, url = wecom
    ask = f"{url}/cgi-bin/message/send?access_token={token(url)['access_token']}"
    body = {"touser": "li", "msgtype": "text", "agentid": 1, "text": {"content": "有 3 个群待发"}}
    once = body | {"enable_duplicate_check": 1}
    assert post(ask, once)["errcode"] == post(ask, once)["errcode"] == 0
    assert len(fake.messages.seen) == 1
    assert {post(ask, body | {"text": {"content": str(n)}})["errcode"] for n in range(40)} == {0}
    assert len(fake.messages.seen) == 30


def test_feishu_checks_signature_size_and_pace(time: Time) -> None:
    fake = FakeFeishu(time)
    with running(fake) as url:
        hook = f"{url}/open-apis/bot/v2/hook/h"
        body = {"msg_type": "text", "content": {"text": "早"}}
        assert [post(hook, body)["code"] for _ in range(6)] == [0] * 5 + [11232]
        time.now += 1
        assert post(hook, {"msg_type": "text", "content": {"text": "好" * 7000}})["code"] == 9499
        fake.hooks["h"].secret = "s"
        assert post(hook, body)["code"] == 19021
        fake.open = False
        assert post(f"{url}/open-apis/bot/v2/hook/other", body)["code"] == 19001


def test_dingtalk_falls_silent_for_ten_minutes(time: Time) -> None:
    fake = FakeDingtalk(time)
    with running(fake) as url:
        robot = f"{url}/robot/send?access_token=t"
        assert [post(robot, text("早"))["errcode"] for _ in range(21)] == [0] * 20 + [130101]
        time.now += 599
        assert post(robot, text("早"))["errcode"] == 130101
        time.now += 2
        assert post(robot, text("早"))["errcode"] == 0
        fake.robots["t"].secret = "SEC"
        assert post(robot, text("早"))["errcode"] == 310000


def test_the_panel_shows_the_state_and_switches_faults(wecom: tuple[FakeWecom, str]) -> None:
    _fake, url = wecom
    robot = f"{url}/cgi-bin/webhook/send?key=k"
    post(f"{url}/panel/faults", {"path": "/send", "kind": "errcode", "value": 45009, "times": 1})
    post(f"{url}/panel/faults", {"path": "/send", "kind": "drop"})
    assert post(robot, text("早"))["errcode"] == 45009
    with pytest.raises((urllib.error.URLError, ConnectionError)):
        post(robot, text("收到了但没有回音"))
    shown = get(f"{url}/panel")
    assert [message["text"]["content"] for message in shown["robots"]["k"]["messages"]] == [
        "收到了但没有回音"
    ]
    assert shown["faults"] == []
    with pytest.raises(urllib.error.HTTPError):
        post(f"{url}/panel/faults", {"path": "/send", "kind": "mischief"})
    post(f"{url}/panel/clock", {"advance": 60})
    assert get(f"{url}/panel")["now"] == shown["now"] + 60


def test_the_console_script_starts_all_three_and_says_which_settings_lead_there() -> None:
    async def briefly() -> str:
        stop, out = asyncio.Event(), io.StringIO()
        with contextlib.redirect_stdout(out):
            task = asyncio.create_task(main.serve(0, stop))
            while "Ctrl-C" not in out.getvalue():
                await asyncio.sleep(0.01)
            stop.set()
            await task
        return out.getvalue()

    said = asyncio.run(briefly())
    for setting in ("CHONGFEN_WECOM_URL=http://127.0.0.1:", "CHONGFEN_FEISHU_URL=", "CHONGFEN_DINGTALK_URL="):
        assert setting in said
    assert main.entry(["nonsense"]) == 2
