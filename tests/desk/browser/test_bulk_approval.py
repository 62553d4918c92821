"""Several clean posts at once: shift picks a range, one button approves it, and each post gets an answer of its own."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from content_calendar.tables import Post
from tests.desk.browser.in_review import clean_posts, states
from workers.runtime import Runtime

pytestmark = pytest.mark.browser


@pytest.fixture
def five(runtime: Runtime, shop: Any, make: Any) -> list[int]:
    """Five clean posts, and nothing else in review."""
    return clean_posts(runtime, shop, make, 5)


def pick(page: Page, first: int, last: int) -> None:
    """One click on a box, one with shift on another: all between are picked."""
    boxes = page.locator(".stack input[type=checkbox]")
    boxes.nth(first).click()
    boxes.nth(last).click(modifiers=["Shift"])


def test_three_clean_posts_picked_with_shift_are_approved_at_once(
    page: Page, desk: str, runtime: Runtime, five: list[int], enter: Any
) -> None:
    enter("editor")
    page.goto(f"{desk}/review")
    expect(page.locator(".stack li")).to_have_count(5)
    expect(page.locator("[data-go]")).to_be_disabled()
    pick(page, 1, 3)
    expect(page.locator("[data-picked]")).to_have_text("3")
    page.locator("[data-go]").click()
    expect(page.locator(".banner[role=status]")).to_contain_text("已批准选中的内容")
    expect(page.locator(".stack li")).to_have_count(2)
    assert states(runtime, five) == ["in_review", "approved", "approved", "approved", "in_review"]


def test_one_that_was_changed_meanwhile_is_told_by_itself_and_stops_no_other(
    page: Page, desk: str, runtime: Runtime, five: list[int], make: Any, enter: Any
) -> None:
    enter("editor")
    page.goto(f"{desk}/review")
    expect(page.locator(".stack li")).to_have_count(5)
    page.evaluate("dispatchEvent(new Event('pagehide'))")  # nobody tells this page of the new version
    with runtime.database.write() as session:
        make.revision(session, session.get_one(Post, five[1]), "换了一句", author="user:lead")
    pick(page, 0, 2)
    page.locator("[data-go]").click()
    told = page.locator(".queue [role=status]")
    expect(told).to_contain_text("批准了 2 篇")
    expect(told.locator("p")).to_have_count(1)
    expect(told.locator("p")).to_contain_text(f"内容 {five[1]}")
    assert states(runtime, five) == ["approved", "in_review", "approved", "in_review", "in_review"]
