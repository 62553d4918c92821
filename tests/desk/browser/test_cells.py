"""A cell of the brand is changed where it stands: a click, a value, Enter."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from content_calendar.tables import Product
from workers.runtime import Runtime

pytestmark = pytest.mark.browser


def test_a_price_is_typed_over_refused_then_saved_and_the_page_never_left(
    page: Page, desk: str, runtime: Runtime, enter: Any
) -> None:
    enter("editor")
    page.goto(f"{desk}/brand?tab=products")
    page.evaluate("window.same = true")
    page.get_by_role("link", name="改「日常价」").click()
    field = page.locator(".over-cell textarea")
    expect(field).to_have_value("199")
    field.fill("-3")
    field.press("Enter")
    expect(page.locator(".over-cell .notice")).to_contain_text("「商品」第 6 行「日常价」", timeout=20_000)
    field = page.locator(".over-cell textarea")
    field.fill("189")
    field.press("Enter")
    expect(page.locator(".table")).to_contain_text("¥189")
    assert page.evaluate("window.same") is True
    with runtime.database.read() as session:
        assert session.query(Product).one().price == Decimal(189)


def test_on_a_phone_the_form_stays_inside_the_window(page: Page, desk: str, enter: Any) -> None:
    enter("editor")
    page.goto(f"{desk}/brand?tab=products")
    page.get_by_role("link", name="改「名称」").click()
    expect(page.locator(".over-cell textarea")).to_be_visible()
    box = page.locator(".over-cell").bounding_box()
    assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= 390
    page.keyboard.press("Escape")
    expect(page.locator(".over-cell")).to_be_hidden()
