"""The tray by keyboard: one key a post, the next one there at once, a slip taken back, a refusal told on the post itself."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from content_calendar.tables import Post
from tests.desk.browser.in_review import clean_posts, states
from workers.runtime import Runtime

pytestmark = pytest.mark.browser


@pytest.fixture
def twelve(runtime: Runtime, shop: Any, make: Any) -> list[int]:
    """Twelve clean posts, and nothing else in review."""
    return clean_posts(runtime, shop, make, 12)


def opened(page: Page) -> int:
    return int(page.locator(".reading").get_attribute("data-post") or 0)


def test_twelve_posts_take_twelve_keys_and_no_page_load(
    page: Page, desk: str, runtime: Runtime, twelve: list[int], enter: Any
) -> None:
    enter("editor")
    page.goto(f"{desk}/review")
    page.evaluate("window.same = true")
    for number, post in enumerate(twelve):
        expect(page.locator(".reading")).to_have_attribute("data-post", str(post))
        expect(page.locator("#open-h")).to_have_text(f"第 1 / {12 - number} 篇")
        page.keyboard.press("a")
    expect(page.get_by_role("heading", name="都审完了")).to_be_visible()
    assert page.evaluate("window.same") is True
    expect(page.locator(".toast")).to_contain_text("已批准")
    for _ in range(50):
        if set(states(runtime, twelve)) == {"approved"}:
            break
        page.wait_for_timeout(40)
    assert set(states(runtime, twelve)) == {"approved"}


def test_the_next_post_is_shown_before_the_server_has_answered(
    page: Page, desk: str, runtime: Runtime, twelve: list[int], enter: Any
) -> None:
    enter("editor")
    held: list[Route] = []
    page.route("**/approve", lambda route: held.append(route))
    with page.expect_response(lambda answer: f"post={twelve[1]}&part=1" in answer.url):
        page.goto(f"{desk}/review")
    page.keyboard.press("a")
    expect(page.locator(".reading")).to_have_attribute("data-post", str(twelve[1]))
    assert states(runtime, twelve[:1]) == ["in_review"]
    held[0].continue_()
    expect(page.locator(".toast")).to_contain_text("已批准")
    assert states(runtime, twelve[:1]) == ["approved"]


def test_u_takes_a_slip_back_and_shows_the_post_again(
    page: Page, desk: str, runtime: Runtime, twelve: list[int], enter: Any
) -> None:
    enter("editor")
    page.goto(f"{desk}/review")
    page.keyboard.press("a")
    expect(page.locator(".toast button")).to_have_text("撤销")
    page.keyboard.press("u")
    expect(page.locator(".toast")).to_contain_text("批准已撤销")
    expect(page.locator(".reading")).to_have_attribute("data-post", str(twelve[0]))
    assert states(runtime, twelve[:1]) == ["in_review"]
    expect(page.locator(".stack li")).to_have_count(12)


def test_a_refusal_brings_the_post_back_with_its_reason(
    page: Page, desk: str, runtime: Runtime, twelve: list[int], make: Any, enter: Any
) -> None:
    enter("editor")
    page.goto(f"{desk}/review")
    expect(page.locator(".reading")).to_have_attribute("data-post", str(twelve[0]))
    page.evaluate(
        "document.hidden || dispatchEvent(new Event('pagehide'))"
    )  # nobody tells this page of the new version
    with runtime.database.write() as session:
        make.revision(session, session.get_one(Post, twelve[0]), "换了一句", author="user:lead")
    page.keyboard.press("a")
    expect(page.locator(".toast")).to_contain_text("lead 的新版本")
    expect(page.locator(".stack li")).to_have_count(12)
    page.locator(".toast button").click()
    expect(page.locator(".reading")).to_have_attribute("data-post", str(twelve[0]))
    expect(page.locator(".reading .notice[role=alert]")).to_contain_text("请看过新版再批准")


def test_j_k_and_s_walk_without_loading_the_page(
    page: Page, desk: str, twelve: list[int], enter: Any
) -> None:
    enter("editor")
    page.goto(f"{desk}/review")
    page.evaluate("window.same = true")
    for key, at in (("j", 1), ("s", 2), ("k", 1), ("k", 0), ("k", 0)):
        page.keyboard.press(key)
        expect(page.locator(".reading")).to_have_attribute("data-post", str(twelve[at]))
    assert page.evaluate("window.same") is True and page.url.endswith(f"post={twelve[0]}")
