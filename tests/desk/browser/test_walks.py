"""In a real Chromium: from the sign-in link to the message in the group, by mouse, by keyboard and on a phone."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from content_calendar.clock import FixedClock
from content_calendar.tables import Brand, Post
from desk.auth import links
from workers.dispatcher import dispatch_until
from workers.runtime import Runtime

pytestmark = pytest.mark.browser


def state(runtime: Runtime, post: int) -> str:
    with runtime.database.read() as session:
        return session.get_one(Post, post).state


def test_from_the_sign_in_link_to_the_message_in_the_group(
    page: Page, desk: str, runtime: Runtime, shop: Any, clock: FixedClock, make: Any
) -> None:
    with runtime.database.write() as session:
        token = links.issue(session, "lead", now=clock.now())
    page.goto(f"{desk}/link/{token}")
    page.get_by_label("怎么称呼你").fill("李晓")
    page.get_by_role("button", name="进入案头").click()
    expect(page.get_by_role("heading", name="11月23日 – 29日")).to_be_visible()

    page.locator(f'a.card[data-id="{shop.posts["review"]}"]').click()
    panel = page.locator("#side .post")
    expect(panel).to_contain_text("11月24日 周二 09:00")
    panel.get_by_role("button", name="批准，周二 09:00 发到 2 个群").click()
    expect(page.get_by_text("已批准，到点就发")).to_be_visible()
    assert "said" not in page.url
    assert state(runtime, shop.posts["review"]) == "approved"

    page.goto(f"{desk}/groups/G002")
    expect(page.get_by_text("还没有消息")).to_be_visible()
    until = make.at(make.monday + timedelta(days=1), "09:01")
    worker = threading.Thread(
        target=dispatch_until, args=(runtime, until)
    )  # Playwright has this thread's loop
    worker.start()
    worker.join()
    expect(page.locator(".msg .bubble")).to_contain_text("洗完脸发紧", timeout=8000)
    expect(page.locator(".msg .under")).to_contain_text("真实通道：侧边栏")


def test_the_tray_is_worked_off_with_two_keys(
    page: Page, desk: str, runtime: Runtime, shop: Any, enter: Any
) -> None:
    enter("editor")
    page.goto(f"{desk}/review")
    expect(page.locator(".reading")).to_contain_text("11月23日 周一 08:20")
    page.keyboard.press("a")
    expect(page.locator(".reading")).to_contain_text("全网最低价")
    page.keyboard.press("j")
    expect(page.locator(".reading")).to_contain_text("11月24日 周二 09:00")
    page.keyboard.press("r")
    page.keyboard.type("第一句短一点")
    page.locator("#p-changes").get_by_role("button", name="退回").click()
    expect(page.locator(".toast").get_by_text("已退回修改")).to_be_visible()
    assert state(runtime, shop.posts["soon"]) == "approved"
    assert state(runtime, shop.posts["review"]) == "changes_requested"
    expect(page.locator(".reading")).to_contain_text("全网最低价")


def test_clean_ones_are_picked_and_approved_at_once(
    page: Page, desk: str, runtime: Runtime, shop: Any, enter: Any
) -> None:
    enter("editor")
    page.goto(f"{desk}/review")
    page.get_by_role("button", name="选中干净的").click()
    expect(page.locator("[data-picked]")).to_have_text("2")
    page.get_by_role("button", name="批准选中的").click()
    expect(page.get_by_text("已批准选中的内容")).to_be_visible()
    assert [state(runtime, shop.posts[name]) for name in ("review", "soon", "blocked")] == [
        "approved",
        "approved",
        "in_review",
    ]


def test_an_edit_in_the_browser_keeps_the_text_and_shows_what_changed(
    page: Page, desk: str, runtime: Runtime, shop: Any, enter: Any
) -> None:
    enter("editor")
    page.goto(f"{desk}/posts/{shop.posts['review']}")
    page.keyboard.press("e")
    field = page.locator("#p-edit textarea")
    expect(field).to_be_focused()
    expect(field).to_have_value("洗完脸发紧？先看水温。\n手背试着不烫也不冰，就行了。")
    field.fill("洗完脸发紧？先看水温！\n手背试着不烫也不冰，就行了。")
    expect(page.locator("#edit-count")).to_contain_text("25 字")
    page.get_by_role("button", name="存为新版本").click()
    page.get_by_text("与 v1 对比").click()
    expect(page.locator(".diff del")).to_have_text("。")
    expect(page.locator(".diff ins")).to_have_text("！")


def test_on_a_phone_a_day_is_an_agenda_and_a_post_is_decided_with_a_thumb(
    page: Page, desk: str, runtime: Runtime, shop: Any, enter: Any
) -> None:
    enter("editor")
    page.goto(desk)
    page.get_by_role("navigation", name="选择日期").get_by_role("link").nth(1).click()
    card = page.locator(f'a.card[data-id="{shop.posts["review"]}"]')
    expect(card).to_be_visible()
    expect(page.locator(f'a.card[data-id="{shop.posts["soon"]}"]')).to_be_hidden()
    card.click()
    button = page.get_by_role("button", name="批准，周二 09:00")
    expect(button).to_be_in_viewport()
    box = button.bounding_box()
    assert box is not None and box["height"] >= 44
    button.click()
    expect(page.get_by_text("已批准，到点就发")).to_be_visible()


def test_everything_that_matters_works_without_scripts(
    chromium: Browser, desk: str, runtime: Runtime, shop: Any, enter: Any
) -> None:
    context = chromium.new_context(java_script_enabled=False, locale="zh-CN")
    context.set_default_timeout(5000)
    page = context.new_page()
    enter("lead", page)
    page.goto(desk)
    page.locator(f'a.card[data-id="{shop.posts["review"]}"]').click()
    page.get_by_role("button", name="暂缓").first.click()
    page.locator("#p-hold textarea").fill("等商品页")
    page.locator("#p-hold").get_by_role("button", name="暂缓").click()
    page.get_by_text("已暂缓，不会发出").wait_for()
    page.goto(f"{desk}/?tier=mid")
    page.get_by_role("button", name="筛选").click()
    page.get_by_label("层级").first.wait_for()
    page.get_by_role("button", name="我的菜单").click()
    page.get_by_role("button", name="English").click()
    page.get_by_role("link", name="This week").first.wait_for()
    context.close()
    assert state(runtime, shop.posts["review"]) == "held"


def test_a_brand_elsewhere_is_shown_in_its_own_zone_not_the_browsers(
    page: Page, desk: str, runtime: Runtime, shop: Any, enter: Any
) -> None:
    enter()
    page.goto(desk)
    expect(page.locator(".nowat")).to_contain_text("08:00")
    expect(page.locator(".bar .zone").last).to_contain_text("Asia/Shanghai UTC+8")
    with runtime.database.write() as session:
        session.get_one(Brand, shop.brand).zone = "Europe/London"
    page.reload()
    expect(page.locator(".bar .zone").last).to_contain_text("Europe/London UTC+0")
