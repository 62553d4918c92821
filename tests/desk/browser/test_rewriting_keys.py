"""Rewriting in a real Chromium: g, a wish, the words as a model gives them, the difference, a or x; u takes any last step back."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

import pytest
from fastapi import FastAPI
from playwright.sync_api import Page, expect

from content_calendar.tables import Post, Revision
from tests.fakes.openai_server import POST, OpenAIServer, status, streamed
from workers.chains import chains
from workers.runtime import Runtime

pytestmark = pytest.mark.browser
WHOLE = json.dumps(POST, ensure_ascii=False)
Enter = Callable[..., None]


def slowly(every: float) -> Any:
    return streamed([WHOLE[at : at + 6] for at in range(0, len(WHOLE), 6)], every=every)


@pytest.fixture
def model(app: FastAPI, runtime: Runtime) -> Iterator[OpenAIServer]:
    """The desk writes with a model that takes its time; its client is loaded, as a serving process does at its start."""
    import_module("generator.models.compat")
    with OpenAIServer(slowly(0.08)) as server:
        settings = runtime.settings.model_copy(
            update={"models": f"{server.url}#fake", "model_judge": False, "model_repairs": 0}
        )
        app.state.runtime = Runtime(settings=settings, database=runtime.database, clock=runtime.clock)
        yield server
    chains.close()


def text(runtime: Runtime, post: int) -> str:
    with runtime.database.read() as session:
        return session.get_one(Revision, session.get_one(Post, post).revision_id).text


def wish(page: Page, words: str) -> None:
    page.keyboard.press("g")
    expect(page.locator("#p-rewrite textarea")).to_be_focused()
    page.keyboard.type(words)
    page.keyboard.press("Enter")


def test_the_words_come_as_they_are_written_and_a_takes_them(
    page: Page, desk: str, enter: Enter, runtime: Runtime, shop: Any, model: OpenAIServer
) -> None:
    post = shop.posts["review"]
    before = text(runtime, post)
    enter("editor")
    page.goto(f"{desk}/review?post={post}")
    wish(page, "第一句更短")
    shown = page.locator("#p-rewrite .proposed[aria-busy] .draft")
    expect(shown).to_contain_text("洗完脸发紧，先看水温", timeout=40_000)
    assert POST["action"] not in (shown.text_content() or ""), "seen while it is still being written"
    made = page.locator("#p-rewrite .proposal")
    expect(made.locator("ins").first).to_be_visible(timeout=40_000)
    expect(made.locator("del").first).to_be_visible()
    expect(made.locator(".ink")).to_be_focused()
    assert text(runtime, post) == before
    page.keyboard.press("a")
    expect(page.locator("#p-rewrite:popover-open")).to_have_count(0)
    expect(page.locator(".toast")).to_contain_text("已重写")
    expect(page.locator(".reading .draft").first).to_contain_text(POST["action"])
    assert text(runtime, post).startswith(POST["first_line"])
    page.keyboard.press("u")
    expect(page.locator(".toast")).to_contain_text("已换回上一版文字")
    expect(page.locator(".reading #draft")).to_contain_text(before.split("\n")[0])
    assert text(runtime, post) == before


def test_x_leaves_the_text_as_it_was_and_another_wish_can_be_made(
    page: Page, desk: str, enter: Enter, runtime: Runtime, shop: Any, model: OpenAIServer
) -> None:
    model.play(slowly(0.0))
    post = shop.posts["review"]
    before = text(runtime, post)
    enter("editor")
    page.goto(f"{desk}/review?post={post}")
    wish(page, "换个开头")
    expect(page.locator("#p-rewrite .proposal")).to_be_visible(timeout=40_000)
    page.keyboard.press("g")
    expect(page.locator("#p-rewrite textarea")).to_be_focused()
    page.keyboard.type("，再短一点")
    page.keyboard.press("Enter")
    expect(page.locator("#p-rewrite .proposal .ink")).to_be_focused()
    page.keyboard.press("x")
    expect(page.locator(".toast")).to_contain_text("原文没动")
    assert text(runtime, post) == before
    wishes = [json.dumps(asked["messages"], ensure_ascii=False) for asked in model.journal]
    assert "换个开头，再短一点" in wishes[-1] and "再短一点" not in wishes[0]


def test_turning_away_ends_the_call_and_a_colleagues_text_stands(
    page: Page, desk: str, enter: Enter, runtime: Runtime, shop: Any, model: OpenAIServer, make: Any
) -> None:
    post = shop.posts["review"]
    enter("editor")
    page.goto(f"{desk}/review?post={post}")
    wish(page, "短一点")
    expect(page.locator("#p-rewrite .proposed .draft")).to_contain_text("洗完", timeout=40_000)
    page.keyboard.press("Escape")
    for _ in range(100):
        if not model.in_flight:
            break
        page.wait_for_timeout(30)
    assert model.in_flight == 0
    model.play(slowly(0.0))
    wish(page, "短一点")
    expect(page.locator("#p-rewrite .proposal .ink")).to_be_focused(timeout=40_000)
    with runtime.database.write() as session:
        make.revision(session, session.get_one(Post, post), "同事刚写的一句。", author="user:lead")
    page.keyboard.press("a")
    expect(page.locator("#p-rewrite [role=alert]")).to_contain_text("lead")
    assert text(runtime, post) == "同事刚写的一句。"


def test_a_model_that_fails_is_said_in_words_and_the_offline_writer_steps_in(
    page: Page, desk: str, enter: Enter, shop: Any, model: OpenAIServer
) -> None:
    model.play(status(401))
    enter("editor")
    page.goto(f"{desk}/posts/{shop.posts['review']}")
    wish(page, "短一点")
    expect(page.locator("#p-rewrite .notice")).to_contain_text("密钥不对", timeout=40_000)
    page.keyboard.press("a")
    expect(page.get_by_text("已重写，新版本在待审里")).to_be_visible()


def test_u_after_a_skip_an_edit_and_a_rejection_and_a_sentence_when_there_is_nothing(
    page: Page, desk: str, enter: Enter, runtime: Runtime, shop: Any
) -> None:
    enter("editor")
    page.goto(f"{desk}/review")
    page.keyboard.press("u")
    expect(page.locator(".toast")).to_contain_text("还没有可以撤销的决定")
    first = page.locator(".reading").get_attribute("data-post") or ""
    page.keyboard.press("s")
    expect(page.locator(".reading")).not_to_have_attribute("data-post", first)
    page.keyboard.press("u")
    expect(page.locator(".reading")).to_have_attribute("data-post", first)
    before = text(runtime, int(first))
    page.keyboard.press("e")
    page.locator("#p-edit textarea").fill("换成这一句。")
    page.get_by_role("button", name="存为新版本").click()
    expect(page.locator(".toast")).to_contain_text("已存为新版本")
    expect(page.locator(".reading #draft")).to_have_text("换成这一句。")
    page.reload()
    page.keyboard.press("u")
    expect(page.locator(".toast")).to_contain_text("已换回上一版文字")
    assert text(runtime, int(first)) == before
    page.keyboard.press("x")
    page.keyboard.type("不要这篇")
    page.locator("#p-reject").get_by_role("button", name="退稿").click()
    expect(page.locator(".toast")).to_contain_text("已退稿")
    page.keyboard.press("u")
    expect(page.locator(".toast")).to_contain_text("退稿已撤销")
    expect(page.locator(".reading")).to_have_attribute("data-post", first)
