"""The main job once through in a real Chromium: a workbook in, a week planned, reviewed by keyboard alone, seen in the group,
and on an owner's phone copied, ticked, put off and given back.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect
from sqlalchemy import select

from content_calendar.clock import FixedClock
from content_calendar.tables import Brand, Delivery, Post, SelfReport
from content_calendar.workbook.shift import EXAMPLE, shifted
from desk.auth import links, users
from workers.batches.selection import Window
from workers.batches.write import write_posts
from workers.dispatcher.dispatcher import Dispatcher
from workers.runtime import Runtime

pytestmark = pytest.mark.browser
OWNER = "沐禾宠粉官2号"


def aside(act: Callable[[], object]) -> None:
    """What a worker does, on a thread of its own: Playwright has this one's loop."""
    failed: list[BaseException] = []

    def run() -> None:
        try:
            act()
        except BaseException as error:
            failed.append(error)

    worker = threading.Thread(target=run)
    worker.start()
    worker.join()
    assert not failed, failed


@pytest.fixture
def books(tmp_path: Path, make: Any) -> tuple[Path, Path]:
    """The example workbook, and the same with one price changed."""
    first, second = tmp_path / "沐禾.xlsx", tmp_path / "沐禾-改价.xlsx"
    shifted(EXAMPLE, first, today=make.monday)
    book = load_workbook(first)
    sheet = book["商品"]
    headers = [cell.value for cell in sheet[1]]
    price = sheet.cell(2, headers.index("日常价") + 1)
    price.value = float(price.value) + 1
    book.save(second)
    return first, second


@pytest.fixture
def door(runtime: Runtime, make: Any) -> Callable[[str], str]:
    """The address by which the lead or one owner comes in, at the moment it is asked for."""
    with runtime.database.write() as session:
        users.create(session, name="lixiao", role="lead", display="李晓", now=make.now, actor="system:start")
        users.create(session, name="er", role="operator", display=OWNER, now=make.now, actor="user:lixiao")

    def open_for(name: str) -> str:
        with runtime.database.write() as session:
            return f"/link/{links.issue(session, name, now=runtime.clock.now())}"

    return open_for


def enter(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_role("button", name="进入案头").click()
    page.wait_for_url("**/")


def hand_in(page: Page, book: Path) -> None:
    page.set_input_files("input[name=file]", book)
    page.get_by_role("button", name="读一遍，看看差别").click()


def decide_all(page: Page) -> int:
    """By keyboard alone: clean ones approved, what must be mended sent back with a reason; how many keys it took."""
    keys = 0
    for _ in range(80):
        reading = page.locator(".reading")
        if not reading.count():
            return keys
        post = reading.get_attribute("data-post") or ""
        if reading.locator(".deck .main[data-key=a]:not(.no), .deck form.main [data-key=a]").count():
            page.keyboard.press("a")
            keys += 1
        else:
            page.keyboard.press("r")
            expect(page.locator("#p-changes textarea")).to_be_focused()
            page.keyboard.type("必改的地方先改掉")
            page.keyboard.press("Control+Enter")
            keys += 2
        expect(page.locator(f'.reading[data-post="{post}"]')).to_have_count(0)
    raise AssertionError("the tray never ends")


def states(runtime: Runtime, ids: list[int]) -> set[str]:
    with runtime.database.read() as session:
        return {session.get_one(Post, each).state for each in ids}


def test_from_the_workbook_to_the_group_and_to_the_owners_phone(
    empty_page: Page, empty_phone: Page, empty_desk: str, runtime: Runtime, clock: FixedClock, make: Any, books: Any, door: Any
) -> None:  # fmt: skip
    page = empty_page
    enter(page, empty_desk + door("lixiao"))
    _import(page, *books)
    ids = _plan_and_write(page, empty_desk, runtime, make)

    page.goto(f"{empty_desk}/review")
    keys = decide_all(page)
    expect(page.get_by_role("heading", name="都审完了")).to_be_visible()
    assert keys <= 2 * len(ids)
    _all_decided(page, runtime, ids)

    _seen_in_the_simulator(page, empty_desk, runtime, clock, make)
    _on_the_phone(empty_phone, empty_desk, runtime, door)


def _all_decided(page: Page, runtime: Runtime, ids: list[int]) -> None:
    """The tray shows the next post before the last decision has arrived; it arrives."""
    for _ in range(300):
        if states(runtime, ids) <= {"approved", "changes_requested"}:
            break
        page.wait_for_timeout(50)
    assert states(runtime, ids) <= {"approved", "changes_requested"} and "approved" in states(runtime, ids)


def _import(page: Page, first: Path, second: Path) -> None:
    page.get_by_role("link", name="选工作簿").click()
    hand_in(page, first)
    expect(page.get_by_role("heading", name="新品牌「沐禾」")).to_be_visible()
    page.get_by_role(
        "checkbox"
    ).uncheck()  # the example's own lanes: some groups are simulated, some have owners
    page.get_by_role("button", name="导入", exact=True).click()
    expect(page.get_by_text("工作簿已导入")).to_be_visible()
    page.get_by_role("link", name="导入").first.click()
    hand_in(page, second)
    expect(page.locator(".delta li")).to_have_count(1)
    expect(page.locator(".delta li")).to_contain_text("日常价")
    page.get_by_role("button", name="导入", exact=True).click()
    expect(page.get_by_text("工作簿已导入")).to_be_visible()


def _plan_and_write(page: Page, desk: str, runtime: Runtime, make: Any) -> list[int]:
    """The week planned from the page; Tuesday morning's posts written while the page is looked at."""
    page.goto(desk)
    page.get_by_role("button", name="排这一周").click()
    expect(page.get_by_text("已排期")).to_be_visible()
    tuesday = make.monday + timedelta(days=1)
    window = Window(make.at(tuesday, "00:00"), make.at(tuesday, "12:00"))
    with runtime.database.read() as session:
        wanted = select(Post.id).where(Post.due_at >= window.start, Post.due_at < window.end)
        ids = list(session.scalars(wanted))
    assert len(ids) >= 4
    aside(lambda: write_posts(runtime, window))
    card = page.locator(f'a.card[data-id="{ids[0]}"]')
    expect(card).to_have_attribute("data-state", "in_review", timeout=8000)
    return ids


def _seen_in_the_simulator(page: Page, desk: str, runtime: Runtime, clock: FixedClock, make: Any) -> None:
    page.goto(f"{desk}/groups/MH-G005")
    expect(page.get_by_text("还没有消息")).to_be_visible()
    until = make.at(make.monday + timedelta(days=1), "10:01")
    # Time leaps from one due moment to the next, but lanes with owners work as on a real day.
    leaping = replace(runtime, clock=FixedClock(clock.now(), simulated=False))
    aside(lambda: Dispatcher(leaping, "walk").run_until(until))
    clock.instant = until
    expect(page.locator(".msg .bubble").first).to_be_visible(timeout=8000)
    with runtime.database.read() as session:
        sent = session.scalars(select(Delivery.state).where(Delivery.channel == "demo")).all()
        handed = session.scalars(select(Delivery.state).where(Delivery.channel == "sidebar")).all()
        assert session.scalars(select(Brand.demo)).one() is False
    assert sent and set(sent) == {"sent"} and handed and set(handed) == {"handed_over"}


def _on_the_phone(phone: Page, desk: str, runtime: Runtime, door: Callable[[str], str]) -> None:
    enter(phone, desk + door("er"))
    phone.goto(f"{desk}/send")
    items = phone.locator(".to-send:not(.over)")
    expect(items.first).to_be_visible()
    assert items.count() >= 3, "one to tick, one to put off, one to give back"

    first = items.first
    text = first.locator(".draft").inner_text()
    first.get_by_role("button", name="复制文字").tap()
    expect(phone.locator(".toast")).to_contain_text("已复制")
    assert phone.evaluate("navigator.clipboard.readText()") == text
    left = phone.locator("button.tick").count()
    box = first.locator("button.tick").first.bounding_box()
    assert box is not None and min(box["width"], box["height"]) >= 24, "WCAG 2.2: a target of 24 pixels"
    first.locator("button.tick").first.tap()
    expect(phone.locator(".toast")).to_contain_text("记下了：已发")
    expect(phone.get_by_text("群主说已发").first).to_be_visible()
    expect(phone.locator("button.tick")).to_have_count(left - 1)

    waiting = phone.locator(".to-send:not(.over)").last
    waiting.get_by_role("button", name="稍后").tap()
    sheet = phone.locator(".sheet:popover-open")
    sheet.locator("input[type=time]").fill("16:30")
    sheet.get_by_role("button", name="记下").tap()
    expect(phone.locator(".toast")).to_contain_text("记下了：稍后发")
    expect(phone.locator(".tag", has_text="16:30 再发").first).to_be_visible()
    waiting = phone.locator(".to-send:not(.over)").first
    waiting.get_by_role("button", name="发不了").tap()
    sheet = phone.locator(".sheet:popover-open")
    sheet.locator("input[name=reason]").fill("群被限制了")
    sheet.get_by_role("button", name="发不了").tap()
    expect(phone.locator(".toast")).to_contain_text("发不了")
    expect(phone.get_by_text("群被限制了").first).to_be_visible()
    with runtime.database.read() as session:
        said = set(session.scalars(select(SelfReport.state)))
    assert said == {"done", "postponed", "cannot"}
