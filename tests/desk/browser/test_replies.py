"""The reply desk in a real Chromium: paste, watch it being written, a key, Enter, and what was done is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from content_calendar.tables import Brand, Script, ScriptOffer, Suggestion, SuggestionEvent
from tests.fakes.openai_server import OpenAIServer, streamed
from workers.runtime import Runtime

pytestmark = pytest.mark.browser
expect.set_options(timeout=15_000)  # the first model call of a process loads its client
SENT = "付款后48小时内发出，周末照常。"
Enter = Callable[..., None]


@pytest.fixture(autouse=True)
def scripts(runtime: Runtime, shop: Any) -> None:
    """Two reviewed answers, one of which hands on to a person."""
    with runtime.database.write() as session:
        session.add(
            Script(brand_id=shop.brand, key="a", scene="物流", question="什么时候发货", answer=SENT, row=49)
        )
        session.add(
            Script(
                brand_id=shop.brand, key="b", scene="过敏反馈", question="用完脸上又红又痒", answer="先停用，用清水冲一冲。",
                escalate=True, escalate_to="立即，售后值班", row=30,
            )
        )  # fmt: skip
        session.get_one(Brand, shop.brand).workbook_sha256 = "browser"


def paste(page: Page, text: str) -> None:
    """Put words on the clipboard and paste them into the box."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate("text => navigator.clipboard.writeText(text)", text)
    page.locator("#text").press("Control+v")


def done(runtime: Runtime) -> list[tuple[str, int | None, str]]:
    with runtime.database.read() as session:
        rows = session.scalars(select(SuggestionEvent).order_by(SuggestionEvent.id))
        return [(row.kind, row.place, row.text) for row in rows]


def test_paste_two_enter_and_the_second_is_copied(
    page: Page, desk: str, enter: Enter, runtime: Runtime
) -> None:
    enter("operator")
    page.goto(f"{desk}/replies")
    paste(page, "什么时候发货")
    expect(page.locator(".reply:not(.writing) .proposal")).to_have_count(2)
    expect(page.locator(".proposal[aria-current]")).to_contain_text(SENT)
    page.keyboard.press("2")
    expect(page.locator(".proposal[aria-current]")).to_contain_text("安心")
    page.keyboard.press("Enter")
    expect(page.locator(".proposal[aria-current] .became")).to_have_text("照用")
    expect(page.locator("#lines li").first).to_contain_text("照用")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.locator(".proposal[aria-current] .words").text_content()
    assert done(runtime) == [("shown", 0, ""), ("shown", 1, ""), ("copied", 1, "")]
    assert page.url.endswith("/replies/1")
    page.keyboard.press("/")
    expect(page.locator("#text")).to_be_focused()


def test_an_edit_in_place_is_checked_and_then_copied(
    page: Page, desk: str, enter: Enter, runtime: Runtime
) -> None:
    enter("operator")
    page.goto(f"{desk}/replies")
    paste(page, "什么时候发货")
    expect(page.locator(".proposal[aria-current]")).to_be_visible()
    page.keyboard.press("e")
    field = page.locator(".proposal[aria-current] .edit textarea")
    expect(field).to_be_focused()
    field.fill("全网第一快，明早就到！")
    field.press("Enter")
    expect(page.locator(".barred")).to_contain_text("改好才能复制")
    assert page.evaluate("navigator.clipboard.readText()") == "什么时候发货"
    field.fill("48小时内发出，周末也照常，放心等。")
    field.press("Enter")
    expect(page.locator(".proposal[aria-current] .became")).to_have_text("改后用")
    assert page.evaluate("navigator.clipboard.readText()") == "48小时内发出，周末也照常，放心等。"
    assert [kind for kind, _place, _text in done(runtime)][-2:] == ["edited", "copied"]
    page.keyboard.press("e")
    page.keyboard.press("Escape")
    expect(page.locator(".proposal[aria-current] .words")).to_be_visible()


def test_danger_shows_the_takeover_first_and_it_is_handed_on(
    page: Page, desk: str, enter: Enter, runtime: Runtime
) -> None:
    enter("operator")
    page.goto(f"{desk}/replies")
    paste(page, "用了你们面霜脸上又红又痒，肿起来了")
    panel = page.locator(".reply:not(.writing) .takeover").filter(has_text="先别卖货")
    expect(panel).to_contain_text("立即，售后值班")
    box = panel.bounding_box()
    assert box is not None and box["y"] < 420, "seen without scrolling"
    expect(page.locator(".proposal").first).to_contain_text("马上这样说")
    page.get_by_role("button", name="我已转给人").click()
    expect(page.locator("#lines li").first).to_contain_text("转给人")
    assert done(runtime)[-1] == ("escalated", None, "")


def test_without_a_clipboard_the_words_still_get_out(
    page: Page, desk: str, enter: Enter, runtime: Runtime
) -> None:
    enter("operator")
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page.goto(f"{desk}/replies")
    page.fill("#text", "什么时候发货")
    page.keyboard.press("Enter")
    expect(page.locator(".proposal[aria-current]")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator(".proposal[aria-current] .became")).to_have_text("照用")
    page.evaluate("document.execCommand = () => false")
    page.keyboard.press("Enter")
    expect(page.locator("[data-copy-word]").first).to_contain_text("Ctrl+C")
    assert page.evaluate("String(getSelection())") == SENT
    assert [kind for kind, _place, _text in done(runtime)].count("copied") == 1, (
        "what was not copied is not noted"
    )


def test_escape_clears_and_a_question_mark_shows_the_keys(page: Page, desk: str, enter: Enter) -> None:
    enter("operator")
    page.goto(f"{desk}/replies")
    page.fill("#text", "写到一半")
    page.keyboard.press("Escape")
    expect(page.locator("#text")).to_have_value("")
    page.locator("#text").blur()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_contain_text("复制选中的")


def test_an_answer_is_kept_as_a_script_with_one_press(
    page: Page, desk: str, enter: Enter, runtime: Runtime
) -> None:
    enter("operator")
    page.goto(f"{desk}/replies")
    paste(page, "什么时候发货")
    page.get_by_role("button", name="存成话术").click()
    expect(page.locator("[data-offer]")).to_contain_text("已交给编辑")
    with runtime.database.read() as session:
        assert session.scalars(select(ScriptOffer.state)).one() == "open"


def test_in_a_sidebar_of_300_pixels_nothing_sticks_out_and_every_thumb_finds_its_button(
    page: Page, desk: str, enter: Enter
) -> None:
    enter("operator")
    page.set_viewport_size({"width": 300, "height": 720})
    page.goto(f"{desk}/replies?sidebar=1")
    for text in ("什么时候发货", "用完脸上又红又痒", "https://mall.example.com/" + "x" * 200):
        paste(page, text)
        expect(page.locator(".reply:not(.writing) .asked")).to_contain_text(text[:20])
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over <= 0, text
    assert "sidebar=1" in page.url and page.locator("header.top").count() == 0
    box = page.locator(".proposal .btn.ink").first.bounding_box()
    assert box is not None and box["height"] >= 38


def test_what_a_model_writes_is_shown_as_it_comes(
    page: Page, desk: str, enter: Enter, app: FastAPI, runtime: Runtime
) -> None:
    written = streamed(
        ["【回答】付款后48小时内发出，", "周末照常。", "\n【安抚】别急，仓库都在按顺序发货。"], every=0.3
    )
    with OpenAIServer(written) as server:
        settings = runtime.settings.model_copy(update={"models": f"{server.url}#fake"})
        app.state.runtime = replace(runtime, settings=settings)
        enter("operator")
        page.goto(f"{desk}/replies")
        paste(page, "请问什么时候发货呀")
        expect(page.locator(".arriving .words").first).to_contain_text("付款后48小时")
        expect(page.locator(".reply:not(.writing) .proposal").first).to_be_visible()
    with runtime.database.read() as session:
        assert session.scalars(select(Suggestion.author)).one().endswith("fake")


def test_with_the_model_down_the_offline_writer_answers_and_says_so(
    page: Page, desk: str, enter: Enter, app: FastAPI, runtime: Runtime
) -> None:
    settings = runtime.settings.model_copy(update={"models": "http://127.0.0.1:9/v1#gone"})
    app.state.runtime = replace(runtime, settings=settings)
    enter("operator")
    page.goto(f"{desk}/replies")
    paste(page, "请问什么时候发货呀")
    expect(page.locator(".reply > footer")).to_contain_text("由离线写手作答")
    expect(page.locator(".proposal").first).to_contain_text("48小时")


def test_it_works_without_scripts(chromium: Browser, desk: str, enter: Enter, runtime: Runtime) -> None:
    context = chromium.new_context(java_script_enabled=False, locale="zh-CN")
    context.set_default_timeout(5000)
    page = context.new_page()
    enter("operator", page)
    page.goto(f"{desk}/replies?sidebar=1")
    page.fill("#text", "什么时候发货")
    page.get_by_role("button", name="要建议").click()
    page.get_by_text(SENT).first.wait_for()
    page.get_by_text("改一改再用").first.click()
    page.locator(".edit textarea").first.fill("全网第一快！")
    page.get_by_role("button", name="检查并复制").first.click()
    page.get_by_text("改好才能复制").wait_for()
    assert page.locator("header.top").count() == 0
    page.get_by_role("button", name="复制", exact=False).first.click()
    page.get_by_text("已记下。").wait_for()
    context.close()
    assert ("copied", 0, "") in done(runtime)
