"""The chat toolbar in a real Chromium: the official SDK, a client that checks the signatures, one tap, and honest fall-backs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from content_calendar.tables import Brand, ChannelAccount, Script, SuggestionEvent
from tests.desk.test_channel_settings import handed_over
from tests.fakes.server import running
from tests.fakes.wecom.server import FakeWecom
from workers.runtime import Runtime

pytestmark = pytest.mark.browser
AGENT = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/120 Mobile Safari/537.36 wxwork/4.1.30 MicroMessenger/7.0.1"
# What the client does: it keeps every call, refuses chats without a right signature, and answers as the test tells it.
CLIENT = """
window.calls = []
window.WeixinJSBridge = {
  on() {},
  invoke(name, params, answer) {
    calls.push([name, params])
    const plan = window.plan ?? {}
    if (plan[name] === 'silent') { document.body.dataset.asked = name; return }
    if (name === 'getContext') { answer({ err_msg: 'getContext:ok', entry: plan.entry ?? 'group_chat_tools' }); return }
    answer({ err_msg: `${name}:${plan[name] ?? 'ok'}` })
  },
}
"""


@pytest.fixture
def platform(app: FastAPI, runtime: Runtime, shop: Any) -> Iterator[FakeWecom]:
    """The desk's account on a fake WeCom whose clock is the desk's."""
    fake = FakeWecom(lambda: runtime.clock.now().timestamp())
    with running(fake) as url:
        app.state.runtime = replace(runtime, settings=runtime.settings.model_copy(update={"wecom_url": url}))
        with runtime.database.write() as session:
            session.add(
                ChannelAccount(
                    brand_id=shop.brand, kind="wecom", corp_id="ww0123456789abcdef", agent_id="1000002",
                    secret=runtime.settings.secrets.seal("app-secret"), updated_at=runtime.clock.now(),
                )
            )  # fmt: skip
        yield fake
        if app.state.errands is not None:
            app.state.errands.close()
            app.state.errands = None


@pytest.fixture
def client(chromium: Browser, desk: str, platform: FakeWecom) -> Iterator[Page]:
    """The WeCom client's narrow window."""
    context = chromium.new_context(
        viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True, user_agent=AGENT, locale="zh-CN",
        permissions=["clipboard-read", "clipboard-write"],
    )  # fmt: skip
    shown, errors = context.new_page(), list[str]()
    shown.on("pageerror", lambda error: errors.append(str(error)))
    shown.on(
        "console", lambda line: errors.append(line.text) if "Content Security Policy" in line.text else None
    )
    shown.add_init_script(CLIENT)
    yield shown
    over = shown.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    context.close()
    assert not errors and over <= 0


def calls(page: Page, name: str) -> list[dict[str, Any]]:
    found: list[list[Any]] = page.evaluate("calls")
    return [params for called, params in found if called == name]


@pytest.fixture
def list_(client: Page, desk: str, enter: Callable[..., None], runtime: Runtime, shop: Any) -> Page:
    """The send list of one owner, as the lead sees it."""
    handed_over(runtime, shop)
    enter("lead", client)
    client.goto(f"{desk}/send?owner=1号#p1")
    return client


def test_one_tap_sends_the_approved_text_with_a_signature_the_client_accepts(
    list_: Page, platform: FakeWecom, runtime: Runtime
) -> None:
    list_.locator("[data-tap]").first.click()
    expect(list_.locator(".toast")).to_contain_text("已发到这个对话")
    (sent,) = calls(list_, "sendChatMessage")
    assert sent["msgtype"] == "text" and sent["text"]["content"] == list_.locator("#text-1").inner_text()
    (signed,) = calls(list_, "agentConfig")
    assert signed["corpid"] == "ww0123456789abcdef" and signed["agentid"] == "1000002"
    now = runtime.clock.now().timestamp()
    assert platform.tickets.right("app", list_.url, signed, now)
    assert not platform.tickets.right("app", list_.url.replace("#", "&x#"), signed, now)
    list_.locator("[data-tap]").first.click()
    expect(list_.locator("[data-tap]").first).to_be_enabled()
    assert platform.tickets.given == {"corp": 1, "app": 1}


@pytest.mark.parametrize(
    ("plan", "said", "copied"),
    [
        ({"entry": "normal"}, "这里没有打开的对话", True),
        ({"agentConfig": "fail_no permission"}, "企业微信没让直接发", True),
        ({"sendChatMessage": "fail_no permission"}, "企业微信没让直接发", True),
        ({"sendChatMessage": "cancel"}, "你取消了", False),
    ],
)
def test_where_it_may_not_send_it_copies_and_says_why(
    list_: Page, plan: dict[str, str], said: str, copied: bool
) -> None:
    list_.evaluate("plan => { window.plan = plan; navigator.clipboard.writeText('') }", plan)
    list_.locator("[data-tap]").first.click()
    expect(list_.locator(".toast")).to_contain_text(said)
    text = list_.locator("#text-1").inner_text() if copied else ""
    assert list_.evaluate("navigator.clipboard.readText()").strip() == text.strip()


def test_a_client_that_gives_no_answer_is_not_taken_for_a_no(list_: Page) -> None:
    list_.clock.install()
    list_.evaluate("() => { window.plan = { sendChatMessage: 'silent' }; navigator.clipboard.writeText('') }")
    list_.locator("[data-tap]").first.click()
    list_.locator("body[data-asked=sendChatMessage]").wait_for()
    list_.clock.run_for(21_000)
    expect(list_.locator(".toast")).to_contain_text("不知道发没发出去")
    assert list_.evaluate("navigator.clipboard.readText()") == ""


def test_no_ticket_is_said_and_the_text_is_copied(list_: Page, platform: FakeWecom) -> None:
    platform.panel.fail("/ticket/get", "errcode", 48002)
    list_.locator("[data-tap]").first.click()
    expect(list_.locator(".toast")).to_contain_text("48002")
    assert calls(list_, "sendChatMessage") == []
    assert list_.evaluate("navigator.clipboard.readText()").strip()


def test_a_suggestion_goes_into_the_chat_and_is_kept_as_used(
    client: Page, desk: str, enter: Callable[..., None], runtime: Runtime, shop: Any, platform: FakeWecom
) -> None:
    with runtime.database.write() as session:
        answer = "付款后48小时内发出，周末照常。"
        session.add(
            Script(brand_id=shop.brand, key="a", scene="物流", question="什么时候发货", answer=answer, row=49)
        )
        session.get_one(Brand, shop.brand).workbook_sha256 = "browser"
    enter("operator", client)
    client.goto(f"{desk}/replies?sidebar=1")
    client.locator("#text").fill("什么时候发货")
    client.locator("#text").press("Enter")
    client.locator(".proposal [data-tap]").first.click()
    expect(client.locator(".toast")).to_contain_text("已发到这个对话")
    (sent,) = calls(client, "sendChatMessage")
    assert sent["text"]["content"] == answer
    signed = calls(client, "agentConfig")[-1]
    assert platform.tickets.right("app", client.url, signed, runtime.clock.now().timestamp())
    expect(client.locator(".proposal .became").first).to_be_visible()
    with runtime.database.read() as session:
        kinds = [row.kind for row in session.scalars(select(SuggestionEvent))]
    assert kinds.count("copied") == 1


def test_outside_the_client_there_is_no_such_button_and_no_sdk(
    page: Page, desk: str, enter: Callable[..., None], runtime: Runtime, shop: Any, platform: FakeWecom
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    handed_over(runtime, shop)
    enter()
    page.goto(f"{desk}/send?owner=1号")
    expect(page.locator("[data-copy]").first).to_be_visible()
    expect(page.locator("[data-tap]").first).to_be_hidden()
    assert not [url for url in asked if "jssdk" in url or not url.startswith(desk)]
