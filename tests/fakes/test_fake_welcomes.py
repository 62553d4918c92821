"""The fake WeCom's welcomes, templates, tickets, groups, 微信客服 and callbacks refuse and forget as the documents say."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import pytest
from aiohttp import web

from tests.fakes.server import running
from tests.fakes.test_fake_platforms import get, post
from tests.fakes.wecom.callbacks import Callbacks
from tests.fakes.wecom.server import FakeWecom


@dataclass
class Time:
    now: float = 1_795_395_600.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Office:
    """The fake, its address and a token; ``call`` gives the errcode and the answer."""

    fake: FakeWecom
    url: str
    token: str

    def call(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        return post(f"{self.url}/cgi-bin/{path}?access_token={self.token}", body)

    def code(self, path: str, body: dict[str, Any]) -> int:
        return int(self.call(path, body)["errcode"])


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def office(time: Time) -> Any:
    fake = FakeWecom(time)
    with running(fake) as url:
        token = get(f"{url}/cgi-bin/gettoken?corpid=ww0123456789abcdef&corpsecret=app-secret")["access_token"]
        yield Office(fake, url, token)


def test_a_welcome_code_lives_twenty_seconds_and_is_used_once(office: Office, time: Time) -> None:
    say = "externalcontact/send_welcome_msg"
    code = office.fake.friends.add("xiaohe", time())
    hello = {"welcome_code": code, "text": {"content": "你好"}}
    assert [office.code(say, hello), office.code(say, hello)] == [0, 41051]
    assert office.code(say, {"text": {"content": "你好"}}) == 41049
    assert office.code(say, hello | {"welcome_code": "nobody's"}) == 41050
    late = office.fake.friends.add("xiaohe", time())
    time.now += 20.5
    assert office.code(say, hello | {"welcome_code": late}) == 41050
    assert len(office.fake.friends.welcomed) == 1


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"text": {"content": "好" * 1334}}, 45002),
        ({}, 44004),
        (
            {"text": {"content": "好"}, "attachments": [{"msgtype": "image", "image": {"media_id": "old"}}]},
            40007,
        ),
        ({"text": {"content": "好"}, "attachments": [{"msgtype": "link", "link": {}}]}, 40058),
        ({"attachments": [{"msgtype": "link", "link": {"title": "a", "url": "https://a"}}] * 10}, 41064),
    ],
)
def test_a_welcome_has_the_limits_of_the_documents(
    office: Office, time: Time, body: dict[str, Any], code: int
) -> None:
    given = office.fake.friends.add("xiaohe", time())
    assert office.code("externalcontact/send_welcome_msg", {"welcome_code": given, **body}) == code
    assert not office.fake.friends.codes[given].used


def test_group_templates_are_added_changed_shown_and_taken_away(office: Office) -> None:
    at = "externalcontact/group_welcome_template"
    made = office.call(
        f"{at}/add", {"text": {"content": "欢迎"}, "link": {"title": "a"}, "image": {"media_id": "m"}}
    )
    known = {"template_id": made["template_id"]}
    assert "link" not in office.call(f"{at}/get", known)  # the picture comes first and wins
    assert office.code(f"{at}/edit", {**known, "text": {"content": "好" * 1001}}) == 45002
    assert office.code(f"{at}/edit", {**known, "text": {"content": "新"}}) == 0
    assert office.call(f"{at}/get", known)["text"] == {"content": "新"}
    assert [office.code(f"{at}/del", known), office.code(f"{at}/del", known)] == [0, 40058]
    codes = [office.code(f"{at}/add", {"text": {"content": "欢迎"}}) for _ in range(101)]
    assert codes.count(0) == 100 and codes[-1] == 41055


def test_tickets_live_two_hours_and_are_counted(office: Office, time: Time) -> None:
    corp, app = (
        f"{office.url}/cgi-bin/get_jsapi_ticket?access_token=",
        f"{office.url}/cgi-bin/ticket/get?type=agent_config&access_token=",
    )
    assert get(corp + "wrong")["errcode"] == 40014
    first = get(app + office.token)
    time.now += 3600
    assert get(app + office.token)["ticket"] == first["ticket"] != get(corp + office.token)["ticket"]
    assert [get(app + office.token)["errcode"] for _ in range(100)].count(45009) == 1


def test_groups_are_listed_shown_and_counted_by_owner(office: Office, time: Time) -> None:
    office.fake.mass.groups.update({"wr1": "xiaohe", "wr2": "xiaohe", "wr3": "other"})
    mine = {"owner_filter": {"userid_list": ["xiaohe"]}}
    listed = office.call("externalcontact/groupchat/list", {**mine, "limit": 10})
    assert [row["chat_id"] for row in listed["group_chat_list"]] == ["wr1", "wr2"]
    assert office.code("externalcontact/groupchat/list", {"limit": 0}) == 40058
    assert office.call("externalcontact/groupchat/get", {"chat_id": "wr3"})["group_chat"]["owner"] == "other"
    assert office.code("externalcontact/groupchat/get", {"chat_id": "wr9"}) == 90501
    begin = {"day_begin_time": int(time() - 86_400)}
    (row,) = office.call("externalcontact/groupchat/statistic", {**mine, **begin})["items"]
    assert row["owner"] == "xiaohe" and row["data"]["chat_total"] == 2
    assert office.code("externalcontact/groupchat/statistic", begin) == 40058
    long_ago = {"day_begin_time": int(time() - 200 * 86_400)}
    assert office.code("externalcontact/groupchat/statistic", {**mine, **long_ago}) == 40058


def test_service_answers_five_times_within_two_days(office: Office, time: Time) -> None:
    word = {"touser": "wm1", "open_kfid": "kf1", "msgtype": "text", "text": {"content": "在的"}}
    assert office.code("kf/send_msg", word) == 95002
    post(f"{office.url}/panel/customers/say", {"customer": "wm1"})
    assert [office.code("kf/send_msg", word) for _ in range(6)] == [0] * 5 + [95001]
    post(f"{office.url}/panel/customers/say", {"customer": "wm1"})
    time.now += 48 * 3600 + 1
    office.token = get(f"{office.url}/cgi-bin/gettoken?corpid=ww0123456789abcdef&corpsecret=app-secret")[
        "access_token"
    ]
    assert (
        office.code("kf/send_msg", word) == 95002
        and office.code("kf/send_msg", word | {"open_kfid": ""}) == 95000
    )


def test_a_letter_is_told_until_it_is_answered_at_most_four_times() -> None:
    heard: list[str] = []

    async def flow() -> tuple[bool, bool]:
        async def deaf(request: web.Request) -> web.Response:
            heard.append(await request.text())
            return web.Response(status=200 if len(heard) in {3, 8} else 500)

        app = web.Application()
        app.add_routes([web.post("/", deaf)])
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        platform = Callbacks(f"http://127.0.0.1:{runner.addresses[0][1]}/", "t", "k" * 42 + "A")
        try:
            return await platform.tell({"Event": "x"}, 1000.0), await platform.tell({"Event": "x"}, 1000.0)
        finally:
            await runner.cleanup()

    assert asyncio.run(flow()) == (True, False)
    assert len(heard) == 3 + 4 and len(set(heard[:3])) == 1  # the same letter, word for word


def test_the_panel_shows_it_all(office: Office) -> None:
    code = office.fake.friends.add("xiaohe", office.fake.panel.now())
    shown = get(f"{office.url}/panel")
    assert shown["welcome_codes"][code]["member"] == "xiaohe"
    for part in ("welcomed", "group_templates", "callback", "tickets_given", "service"):
        assert part in shown, part


def test_a_customer_of_the_panel_is_told_of_at_the_callback(office: Office) -> None:
    wrong = {"url": "http://127.0.0.1:9/", "token": "t", "aes_key": "k" * 42 + "A"}
    assert post(f"{office.url}/panel/callback", wrong) == {"verified": False}
    told = post(f"{office.url}/panel/friends", {"member": "xiaohe"})
    assert told["answered"] == [False] and told["welcome_code"] in office.fake.friends.codes
    assert office.fake.callbacks.calls == [(1, 0)] * 4
