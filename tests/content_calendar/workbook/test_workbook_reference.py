"""The reference workbook is read whole and without a complaint."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from content_calendar import workbook
from tests.content_calendar.workbook import books


@pytest.fixture(scope="module")
def reading() -> workbook.Reading:
    return workbook.read(books.REFERENCE, today=books.TODAY)


def test_the_reference_has_no_issue(reading: workbook.Reading) -> None:
    assert reading.issues == ()


def test_every_row_of_the_reference_is_read(reading: workbook.Reading) -> None:
    assert reading.counts == {
        "品牌": 13, "层级": 3, "社群": 40, "商品": 14, "活动": 6, "SOP": 69, "话术": 60, "知识": 80, "历史内容": 120,
    }  # fmt: skip


def test_rows_are_shown_normalised_with_their_excel_row(reading: workbook.Reading) -> None:
    launch = reading.rows["活动"][0]
    assert (launch["row"], launch["类型"], launch["活动价"]) == (2, "launch", "199")
    assert launch["开始"] == "2026-11-26T20:00:00+08:00"
    assert launch["层级"] == ["high", "mid", "low"]
    assert reading.rows["SOP"][1]["周期"] == {
        "written": "工作日",
        "weekdays": [1, 2, 3, 4, 5],
        "workdays": True,
    }
    assert reading.rows["SOP"][8]["周期"] == {"written": "2026-11-23", "dates": ["2026-11-23"]}
    assert reading.rows["话术"][28]["升级人工"] is True
    assert reading.rows["历史内容"][0]["日期"] == "2026-10-20"


def test_content_holds_instants_and_decimals(reading: workbook.Reading) -> None:
    assert reading.content is not None
    launch = (reading.content.campaigns or ())[0]
    assert launch.start_at == datetime(2026, 11, 26, 12, tzinfo=UTC)
    assert launch.price == Decimal(199)
    assert reading.content.brand.ai_label == "内容由AI辅助生成"
    assert reading.content.brand.ai_label_on is False


def test_the_small_book_of_the_tests_is_clean_too(read_rows) -> None:
    assert read_rows(books.clean()).issues == ()
