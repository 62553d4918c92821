"""The example is alive on any day: dates move by whole weeks, words of fixed days do not lie."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from lunar_python import Solar

from content_calendar import workbook
from content_calendar.workbook.shift import EXAMPLE, shifted
from content_calendar.workbook.shift_text import drop_trade_words, move_dates
from tests.content_calendar.workbook import books

DAYS = ["2026-01-01", "2026-04-18", "2026-09-30", "2026-11-20", "2026-11-26", "2026-11-27", "2026-12-31", "2027-02-28", "2027-06-15",
        "2028-02-29", "2028-08-08", "2028-12-31"]  # fmt: skip


@pytest.mark.parametrize("today", DAYS)
def test_the_launch_lies_in_the_week_that_begins_today(today: str, tmp_path: Path) -> None:
    day, out = date.fromisoformat(today), tmp_path / "out.xlsx"
    weeks = shifted(EXAMPLE, out, today=day)
    reading = workbook.read(out, today=day)
    assert reading.errors == ()
    start = datetime.fromisoformat(reading.rows["活动"][0]["开始"])
    assert day <= start.date() <= day + timedelta(days=6)
    assert start.date() == date(2026, 11, 26) + timedelta(weeks=weeks)
    assert len(reading.warnings) <= 3


def test_no_move_is_a_plain_copy(tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    assert shifted(EXAMPLE, out, today=date(2026, 11, 22)) == 0
    assert out.read_bytes() == EXAMPLE.read_bytes()


def test_texts_move_with_their_campaign_and_weekdays_stay(tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    assert shifted(EXAMPLE, out, today=date(2027, 1, 4)) == 6
    before = workbook.read(EXAMPLE, today=books.TODAY)
    after = workbook.read(out, today=date(2027, 1, 4))
    assert after.rows["活动"][0]["规则"].startswith("1月7日20:00在官方商城开售")
    assert "双12" not in "".join(row["活动名称"] + row["规则"] for row in after.rows["活动"])
    assert after.rows["活动"][5]["活动名称"] == "美白精华单品折扣"
    old = [row["周期"] for row in before.rows["SOP"]]
    new = [row["周期"] for row in after.rows["SOP"]]
    for was, now in zip(old, new, strict=True):
        assert ("dates" in was) == ("dates" in now)
        if "dates" not in was:
            assert was == now
    assert after.rows["话术"][45]["标准话术"].count("1月22日15:00") == 1
    assert after.rows["知识"] == before.rows["知识"]


def test_a_solar_term_moves_to_a_real_one(tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    shifted(EXAMPLE, out, today=date(2027, 6, 15))
    row = next(row for row in workbook.read(out).rows["SOP"] if row["内容类型"] == "festival")
    day = date.fromisoformat(row["周期"]["dates"][0])
    term = Solar.fromYmd(day.year, day.month, day.day).getLunar().getJieQi()
    assert term and row["主题"].startswith(f"{term}节气")


def test_history_that_speaks_of_a_fixed_day_is_left_out(tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    shifted(EXAMPLE, out, today=date(2027, 6, 15))
    texts = "".join(row["正文"] for row in workbook.read(out).rows["历史内容"])
    for word in ("霜降", "立冬", "万圣节", "双11"):
        assert word not in texts


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("12月2号晚上还有一次", "12月9号晚上还有一次"), ("12月28日到12月31日", "1月4日到1月7日"), ("2026-12-11开奖", "2026-12-18开奖"),
        ("2026年12月1日", "2026年12月8日"), ("沐禾内训2026版", "沐禾内训2026版"), ("报告MH-HT-2026-014", "报告MH-HT-2026-014"), ("2026年10月版", "2026年10月版"),
        ("国妆特字20259911", "国妆特字20259911"), ("满12月", "满12月"), ("13月1日", "13月1日"), ("2026-13-45", "2026-13-45"),
    ],
)  # fmt: skip
def test_only_days_move(text: str, wanted: str) -> None:
    assert move_dates(text, 1, date(2026, 11, 26)) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("双12美白精华单品折扣", "美白精华单品折扣"), ("双11结束，谢谢", "活动结束，谢谢"), ("同事把双11的包裹墙拍成了相框", "同事把包裹墙拍成了相框"), ("满618减20", "满减20"), ("编号16183", "编号16183")],
)  # fmt: skip
def test_words_of_a_trade_day_go(text: str, wanted: str) -> None:
    assert drop_trade_words(text) == wanted
