"""The week by mouse: a card is dragged, saved on drop, undone; where it may not stand it goes back."""

from __future__ import annotations

import re
from datetime import time
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from content_calendar.tables import Approval, Post, SopRow
from workers.runtime import Runtime

pytestmark = pytest.mark.browser


def stands(runtime: Runtime, post: int) -> tuple[int, str, str]:
    with runtime.database.read() as session:
        found = session.get_one(Post, post)
        return found.day.weekday(), found.time, found.state


def cell(page: Page, weekday: int, wall: str) -> Any:
    return page.locator(f'tr[data-time="{wall}"] td[data-day="{weekday}"]')


def test_a_dragged_card_is_saved_on_drop_and_undone_with_its_approval(
    page: Page, desk: str, runtime: Runtime, shop: Any, enter: Any
) -> None:
    enter("editor")
    post = shop.posts["approved"]
    before = stands(runtime, post)
    with runtime.database.write() as session:
        found = session.get_one(Post, post)
        session.add(
            Approval(
                post_id=post, revision_id=found.revision_id, revision_hash="x", due_at=found.due_at,
                user_id=shop.users["editor"], decided_at=runtime.clock.now(), expires_at=found.due_at,
            )
        )  # fmt: skip
    page.goto(desk)
    card = page.locator(f'a.card[data-id="{post}"]')
    card.drag_to(cell(page, 4, "14:00"), target_position={"x": 20, "y": 50})

    expect(page.locator(".toast")).to_contain_text("已改到周五 14:00")
    expect(
        cell(page, 4, "14:00").locator(f'a.card[data-id="{post}"][data-state="in_review"]')
    ).to_be_visible()
    assert stands(runtime, post) == (4, "14:00", "in_review")

    page.keyboard.press("Control+z")
    expect(page.locator(".toast")).to_contain_text("已放回周二 14:00")
    expect(cell(page, 1, "14:00").locator(f'a.card[data-id="{post}"][data-state="approved"]')).to_be_visible()
    assert stands(runtime, post) == before


def test_a_card_dropped_where_it_may_not_stand_goes_back_with_the_reason(
    page: Page, desk: str, runtime: Runtime, shop: Any, enter: Any
) -> None:
    enter("editor")
    post, other = shop.posts["review"], shop.posts["approved"]
    with runtime.database.write() as session:
        found, taken = session.get_one(Post, post), session.get_one(Post, other)
        taken.tier = found.tier
    before = stands(runtime, post)
    page.goto(desk)
    page.locator(f'a.card[data-id="{post}"]').drag_to(
        cell(page, 1, "14:00"), target_position={"x": 20, "y": 50}
    )
    expect(page.locator(".toast.alarm")).to_contain_text("已有内容")
    expect(cell(page, 1, "09:00").locator(f'a.card[data-id="{post}"]')).to_be_visible()
    assert stands(runtime, post) == before


def test_a_hole_in_the_plan_is_shown_and_filled(
    page: Page, desk: str, runtime: Runtime, shop: Any, enter: Any
) -> None:
    enter("editor")
    with runtime.database.write() as session:
        session.query(SopRow).update({"cycle_rule": {"weekdays": [1, 2, 3, 4, 5, 6, 7]}})
    page.goto(desk)
    hole = page.locator("button.hole").first
    expect(hole).to_contain_text("无内容")
    hole.click()
    form = page.locator("#new")
    expect(form.locator("[name=theme]")).to_have_value("早安三条")
    form.get_by_role("button", name="新建").click()
    expect(page).to_have_url(re.compile(r"/posts/\d+"))
    with runtime.database.read() as session:
        post = session.query(Post).order_by(Post.id.desc()).first()
        assert post is not None
        assert (post.kind, post.tier, post.time, post.touched) == ("morning_news", "mid", "09:00", True)
        assert time.fromisoformat(post.time)
