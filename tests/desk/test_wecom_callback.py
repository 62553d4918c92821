"""The platform's door at the desk: it opens for the platform's letters alone, answers at once, and greets once."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest
import uvicorn
from fastapi import FastAPI
from sqlalchemy import select
from starlette.testclient import TestClient

from content_calendar.tables import Brand, ChannelAccount, PlatformEvent
from desk.web.pages import wecom_callback
from tests.fakes.wecom.callbacks import Callbacks
from workers import connections
from workers.runtime import Runtime

AsRole = Callable[[str], TestClient]
TOKEN, KEY = "QDG6eK", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
CORP = "ww0123456789abcdef"
WORD = "w" * 24
EVENT = {
    "FromUserName": "sys", "CreateTime": "1795392000", "MsgType": "event", "Event": "change_external_contact",
    "ChangeType": "add_external_contact", "UserID": "xiaohe", "ExternalUserID": "wm1", "WelcomeCode": "CODE-1",
}  # fmt: skip

PATIENCE = wecom_callback.PATIENCE


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is no test of the door's patience does not depend on how busy this machine is."""
    monkeypatch.setattr(wecom_callback, "PATIENCE", 120.0)


@pytest.fixture
def door(shop: Any, runtime: Runtime) -> str:
    with runtime.database.write() as session:
        brand, secrets = session.get_one(Brand, shop.brand), runtime.settings.secrets
        now = runtime.clock.now()
        connections.set_account(
            session,
            brand,
            secrets,
            corp_id=CORP,
            agent_id="1000002",
            secret="s" * 20,
            actor="user:x",
            now=now,
        )
        connections.set_callback(
            session, brand, secrets, token=TOKEN, aes_key=KEY, word=WORD, actor="user:x", now=now
        )
    return f"/wecom/callback/{WORD}"


@pytest.fixture
def visitor(app: FastAPI, door: str, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    """Somebody without a session; greetings are only counted here."""
    app.state.greeted = []

    class Counted:
        def welcome(self, event_id: int) -> None:
            app.state.greeted.append(event_id)

    monkeypatch.setattr(wecom_callback, "errands_of", lambda _app: Counted())
    return TestClient(app, follow_redirects=False)


def letter(runtime: Runtime, event: dict[str, str], **more: Any) -> tuple[dict[str, str], bytes]:
    platform = Callbacks(token=more.pop("token", TOKEN), aes_key=KEY, corp=more.pop("corp", CORP))
    sealed = platform._seal(
        (
            "<xml>" + "".join(f"<{tag}><![CDATA[{text}]]></{tag}>" for tag, text in event.items()) + "</xml>"
        ).encode()
    )
    marks = platform._marks(sealed, runtime.clock.now().timestamp() + more.pop("late", 0))
    return marks, f"<xml><Encrypt><![CDATA[{sealed}]]></Encrypt></xml>".encode()


def events(runtime: Runtime) -> list[PlatformEvent]:
    with runtime.database.read() as session:
        return list(session.scalars(select(PlatformEvent)))


def test_the_console_gets_its_words_back_bare(visitor: TestClient, runtime: Runtime, door: str) -> None:
    platform = Callbacks(token=TOKEN, aes_key=KEY, corp=CORP)
    sealed = platform._seal(b"1616140317555161061")
    answer = visitor.get(
        door, params={**platform._marks(sealed, runtime.clock.now().timestamp()), "echostr": sealed}
    )
    assert answer.status_code == 200 and answer.content == b"1616140317555161061"
    assert visitor.get(door, params={"echostr": sealed}).status_code == 400


def test_a_new_friend_is_written_down_and_answered_once_however_often_told(
    visitor: TestClient, runtime: Runtime, door: str, app: FastAPI
) -> None:
    marks, body = letter(runtime, EVENT)
    again, same = letter(runtime, EVENT)
    answers = [
        visitor.post(door, params=m, content=b) for m, b in ((marks, body), (marks, body), (again, same))
    ]
    assert [(answer.status_code, answer.content) for answer in answers] == [(200, b"")] * 3
    (event,) = events(runtime)
    assert event.member == "xiaohe" and event.state == "waiting" and app.state.greeted == [event.id]


@pytest.mark.parametrize(
    "event",
    [
        {**EVENT, "ChangeType": "del_external_contact"},
        {**EVENT, "Event": "change_external_chat"},
        {"MsgType": "text", "Content": "你好", "FromUserName": "mycreate"},
        {},
    ],
)
def test_what_is_no_new_friend_is_answered_and_forgotten(
    visitor: TestClient, runtime: Runtime, door: str, event: dict[str, str], app: FastAPI
) -> None:
    marks, body = letter(runtime, event)
    assert visitor.post(door, params=marks, content=body).status_code == 200
    assert events(runtime) == [] and app.state.greeted == []


@pytest.mark.parametrize(
    ("more", "status"),
    [({"token": "other"}, 400), ({"corp": "ww-else"}, 400), ({"late": -301}, 400), ({"late": 301}, 400)],
)
def test_letters_of_others_and_of_yesterday_are_refused_without_a_word_why(
    visitor: TestClient, runtime: Runtime, door: str, more: dict[str, Any], status: int
) -> None:
    marks, body = letter(runtime, EVENT, **more)
    answer = visitor.post(door, params=marks, content=body)
    assert (answer.status_code, answer.text) == (status, "not WeCom")
    assert events(runtime) == []


def test_an_unknown_address_a_long_body_and_noise_are_refused(
    visitor: TestClient, runtime: Runtime, door: str
) -> None:
    marks, body = letter(runtime, EVENT)
    assert visitor.post("/wecom/callback/nothing", params=marks, content=body).status_code == 404
    assert visitor.post(door, params=marks, content=b"x" * 70_000).status_code == 413
    for noise in (b"", b"<xml>", b"\xff", b'<!DOCTYPE x [<!ENTITY a "b">]><xml/>'):
        assert visitor.post(door, params=marks, content=noise).status_code == 400
    assert visitor.post(door, params={"nonce": "n" * 65}, content=body).status_code == 422


def test_neither_word_nor_marks_stand_in_the_log(
    visitor: TestClient, runtime: Runtime, door: str, caplog: pytest.LogCaptureFixture
) -> None:
    marks, body = letter(runtime, EVENT)
    with caplog.at_level(logging.DEBUG):
        visitor.post(door, params=marks, content=body)
        visitor.post(door, params={**marks, "nonce": "0"}, content=body)
    text = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("chongfen"))
    for secret in (WORD, TOKEN, KEY, "CODE-1", "wm1", marks["msg_signature"]):
        assert secret not in text
    assert "signature" in text and "/wecom/callback/" in text


def test_a_database_that_is_busy_gets_no_more_than_its_time(
    visitor: TestClient, runtime: Runtime, door: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = threading.Event()
    monkeypatch.setattr(wecom_callback, "PATIENCE", 0.05)
    monkeypatch.setattr(wecom_callback.callback, "take_in", lambda *_args: free.wait(60) and None)
    marks, body = letter(runtime, EVENT)
    assert visitor.post(door, params=marks, content=body).status_code == 503
    assert not free.is_set(), "answered while the database was still busy"
    free.set()


def test_token_and_key_are_sealed_shown_nowhere_and_the_address_stays(
    as_role: AsRole, door: str, runtime: Runtime
) -> None:
    lead = as_role("lead")
    page = lead.get("/settings/channels").text
    assert door in page and TOKEN not in page and KEY not in page
    other = "k" * 42 + "A"
    filled = {"token": "AnotherToken1", "aes_key": other}
    assert lead.post("/settings/channels/callback", data=filled).status_code == 303
    with runtime.database.read() as session:
        row = session.scalars(select(ChannelAccount)).one()
    secrets = runtime.settings.secrets
    assert (
        row.callback == WORD
        and secrets.open(row.token) == "AnotherToken1"
        and secrets.open(row.aes_key) == other
    )
    assert "AnotherToken1" not in row.token and other not in row.aes_key
    for wrong in (
        {"token": "有空格", "aes_key": other},
        {"token": "ok1", "aes_key": "short"},
        {"token": "", "aes_key": ""},
    ):
        assert lead.post("/settings/channels/callback", data=wrong).status_code == 422


@pytest.fixture
def served(app: FastAPI) -> Iterator[str]:
    """The desk on a real port."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", access_log=False, lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(10)


def test_the_fake_platform_verifies_the_address_and_tries_again_when_unanswered(
    app: FastAPI,
    served: str,
    runtime: Runtime,
    door: str,
    visitor: TestClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    platform = Callbacks(url=f"{served}{door}", token=TOKEN, aes_key=KEY, corp=CORP, wait=60)
    now = runtime.clock.now().timestamp()
    assert asyncio.run(platform.verify(now))
    assert httpx2.get(f"{served}{door}").status_code == 400
    take_in, tries = wecom_callback.callback.take_in, []

    def too_slow_at_first(*arguments: Any) -> int | None:
        tries.append(1)
        if len(tries) < 3:
            raise TimeoutError
        return take_in(*arguments)

    monkeypatch.setattr(wecom_callback.callback, "take_in", too_slow_at_first)
    assert asyncio.run(platform.tell(EVENT, now)) and PATIENCE < 5
    assert [status for _number, status in platform.calls] == [503, 503, 200]
    assert len(events(runtime)) == 1
