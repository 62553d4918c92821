"""Two people at once, and a server that goes away: pages hear of changes, say so, and lose nothing."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Page, expect

from content_calendar import review
from content_calendar.tables import Post, User
from workers.runtime import Runtime

pytestmark = pytest.mark.browser


def hold(runtime: Runtime, shop: Any, post: int) -> None:
    """What another editor does meanwhile."""
    with runtime.database.write() as session:
        user = session.get_one(User, shop.users["lead"])
        review.hold(
            session, session.get_one(Post, post), user=user, reason="等商品页", now=runtime.clock.now()
        )


def listening(page: Page) -> None:
    """Wait until the page's stream is open."""
    page.wait_for_function("performance.getEntriesByType('resource').some(e => e.name.includes('live.js'))")
    page.wait_for_timeout(300)


def test_a_card_changes_its_state_under_ones_eyes(
    page: Page, desk: str, runtime: Runtime, shop: Any, enter: Any
) -> None:
    enter("editor")
    page.goto(desk)
    listening(page)
    hold(runtime, shop, shop.posts["review"])
    card = page.locator(f'a.card[data-id="{shop.posts["review"]}"]')
    expect(card).to_have_attribute("data-state", "held")


def test_what_somebody_reads_is_not_swapped_they_are_told(
    page: Page, desk: str, runtime: Runtime, shop: Any, enter: Any
) -> None:
    enter("editor")
    post = shop.posts["review"]
    page.goto(f"{desk}/review?post={post}")
    listening(page)
    page.keyboard.press("e")
    page.locator("#p-edit textarea").fill("我写到一半的句子")
    hold(runtime, shop, post)
    expect(page.locator(".toast")).to_contain_text("这篇内容刚有变化")
    expect(page.locator("#p-edit textarea")).to_have_value("我写到一半的句子")


@pytest.fixture
def shaky(app: FastAPI, desk: str) -> Iterator[Any]:
    """A second server on a port of its own that can be taken away and brought back."""

    class Shaky:
        def __init__(self) -> None:
            self.server: uvicorn.Server | None = None
            self.port = 0

        def start(self) -> None:
            config = uvicorn.Config(
                app, port=self.port, log_level="error", access_log=False, timeout_graceful_shutdown=0
            )
            self.server = uvicorn.Server(config)
            self.thread = threading.Thread(target=self.server.run, daemon=True)
            self.thread.start()
            while not self.server.started:
                time.sleep(0.01)
            self.port = self.server.servers[0].sockets[0].getsockname()[1]

        def stop(self) -> None:
            assert self.server is not None
            self.server.should_exit = True
            self.thread.join(5)

    shaky = Shaky()
    shaky.start()
    yield shaky
    shaky.stop()


def test_when_the_server_restarts_the_page_says_so_and_catches_up(
    page: Page, desk: str, runtime: Runtime, shop: Any, enter: Any, shaky: Any
) -> None:
    enter("editor")
    page.goto(f"http://127.0.0.1:{shaky.port}/")
    listening(page)
    shaky.stop()
    expect(page.locator(".offline")).to_be_visible(timeout=8000)
    hold(runtime, shop, shop.posts["review"])
    shaky.start()
    expect(page.locator(".offline")).to_be_hidden(timeout=8000)
    expect(page.locator(f'a.card[data-id="{shop.posts["review"]}"]')).to_have_attribute("data-state", "held")
