"""Every fault is found, with its place, and stops the import where it must."""

# ruff: noqa: DTZ001 -- cells have no zone

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from content_calendar.workbook.kinds import KINDS
from tests.content_calendar.workbook import books
from tests.content_calendar.workbook.books import Sheets, put

Spoil = Callable[[Sheets], None]


def cell(sheet: str, row: int, header: str, value: Any) -> Spoil:
    return lambda sheets: put(sheets, sheet, row, header, value)


def many(*spoils: Spoil) -> Spoil:
    def spoil(sheets: Sheets) -> None:
        for one in spoils:
            one(sheets)

    return spoil


def without_sheet(name: str) -> Spoil:
    return lambda sheets: sheets.pop(name) and None


def without_column(sheet: str, header: str) -> Spoil:
    def spoil(sheets: Sheets) -> None:
        at = sheets[sheet][0].index(header)
        for row in sheets[sheet]:
            del row[at]

    return spoil


def without_item(key: str) -> Spoil:
    return lambda sheets: sheets["品牌"].remove(next(row for row in sheets["品牌"] if row[0] == key))


def again(sheet: str, row: int, **changes: Any) -> Spoil:
    def spoil(sheets: Sheets) -> None:
        sheets[sheet].append(list(sheets[sheet][row - 1]))
        for header, value in changes.items():
            put(sheets, sheet, len(sheets[sheet]), header, value)

    return spoil


FAULTS: list[tuple[str, str, int, Spoil]] = [
    ("unknown_tier", "社群", 2, cell("社群", 2, "层级", "超高")),
    ("unknown_tier", "SOP", 2, cell("SOP", 2, "层级", "VIP")),
    ("unknown_tier", "活动", 2, cell("活动", 2, "层级", "高、钻石")),
    ("unknown_channel", "社群", 2, cell("社群", 2, "发送通道", "短信")),
    ("unknown_channel", "SOP", 3, cell("SOP", 3, "通道", "朋友圈")),
    ("unknown_kind", "SOP", 2, cell("SOP", 2, "内容类型", "团建")),
    ("unknown_kind", "活动", 2, cell("活动", 2, "类型", "晚安")),
    ("unknown_kind", "历史内容", 2, cell("历史内容", 2, "内容类型", "直播")),
    ("unknown_product", "活动", 3, cell("活动", 3, "商品编码", "P2、P999")),
    ("unknown_product", "知识", 2, cell("知识", 2, "关联商品", "MH999")),
    ("duplicate", "社群", 6, again("社群", 2, 群名称="别名", 通道地址="wr9")),
    ("duplicate", "社群", 6, again("社群", 2, 群名称="别名", 群编号="g1 ", 通道地址="wr9")),
    ("duplicate", "商品", 5, again("商品", 2, 名称="别的面霜")),
    ("duplicate", "活动", 5, again("活动", 2)),
    ("duplicate", "SOP", 6, again("SOP", 2)),
    ("duplicate", "层级", 5, again("层级", 2)),
    ("duplicate", "品牌", 11, lambda s: s["品牌"].append(["品牌名", "另一个"])),
    ("end_before_start", "活动", 2, cell("活动", 2, "结束", datetime(2026, 11, 25, 20))),
    ("end_before_start", "活动", 2, cell("活动", 2, "结束", datetime(2026, 11, 26, 20))),
    ("warmup_after_start", "活动", 2, cell("活动", 2, "预热开始", datetime(2026, 11, 27, 9))),
    ("price_above_lowest", "活动", 3, cell("活动", 3, "活动价", 75)),
    ("reference_price_above_lowest", "活动", 3, cell("活动", 3, "规则", "11月28日16:00起49元一盒，参考价79元。")),
    ("reference_price_above_lowest", "活动", 3, cell("活动", 3, "规则", "11月28日16:00起，原价99元，现49元。")),
    ("negative_price", "商品", 2, cell("商品", 2, "日常价", -199)),
    ("negative_price", "活动", 2, cell("活动", 2, "活动价", "-5元")),
    ("negative_stock", "商品", 2, cell("商品", 2, "库存", -1)),
    ("negative_stock", "活动", 2, cell("活动", 2, "活动库存", "-10盒")),
    ("negative_number", "活动", 2, cell("活动", 2, "每人限购", -2)),
    ("negative_number", "社群", 2, cell("社群", 2, "人数", -2)),
    ("not_a_number", "商品", 2, cell("商品", 2, "库存", "很多")),
    ("not_a_number", "商品", 2, cell("商品", 2, "库存", 1.5)),
    ("not_a_price", "商品", 2, cell("商品", 2, "日常价", "面议")),
    ("not_a_price", "商品", 2, cell("商品", 2, "日常价", "199-259")),
    ("not_a_price", "商品", 2, cell("商品", 2, "日常价", True)),
    ("not_a_price", "商品", 2, cell("商品", 2, "日常价", 199.999)),
    ("out_of_range", "商品", 2, cell("商品", 2, "日常价", 1e12)),
    ("out_of_range", "商品", 2, cell("商品", 2, "库存", 1e12)),
    ("out_of_range", "层级", 2, cell("层级", 2, "每日上限", 500)),
    ("bad_time", "SOP", 2, cell("SOP", 2, "时间", "25:00")),
    ("bad_time", "SOP", 2, cell("SOP", 2, "时间", timedelta(hours=25))),
    ("bad_time", "SOP", 2, cell("SOP", 2, "时间", "上班后")),
    ("bad_time", "SOP", 2, cell("SOP", 2, "时间", "10:75")),
    ("bad_cycle", "SOP", 2, cell("SOP", 2, "周期", "周八")),
    ("bad_cycle", "SOP", 2, cell("SOP", 2, "周期", "隔三差五")),
    ("bad_cycle", "SOP", 2, cell("SOP", 2, "周期", "每月32日")),
    ("bad_cycle", "SOP", 2, cell("SOP", 2, "周期", "2026-02-30")),
    ("bad_date", "历史内容", 2, cell("历史内容", 2, "日期", "13月1日")),
    ("bad_moment", "活动", 2, cell("活动", 2, "开始", "下周吧")),
    ("bad_moment", "活动", 2, cell("活动", 2, "开始", "2026-11-26 25:00")),
    ("bad_zone", "品牌", 8, cell("品牌", 0, "时区", "Asia/Peking")),
    ("bad_zone", "品牌", 8, cell("品牌", 0, "时区", "../../etc/passwd")),
    ("bad_time_range", "品牌", 9, cell("品牌", 0, "安静时段", "晚上")),
    ("empty_brand", "品牌", 2, cell("品牌", 0, "品牌名", "")),
    ("empty_brand", "品牌", 2, cell("品牌", 0, "品牌名", " \u3000\u200b")),
    ("empty_brand", "品牌", 0, without_item("品牌名")),
    ("missing_cell", "品牌", 4, cell("品牌", 0, "人设昵称", "")),
    ("missing_sheet", "社群", 0, without_sheet("社群")),
    ("missing_sheet", "品牌", 0, without_sheet("品牌")),
    ("missing_sheet", "SOP", 0, without_sheet("SOP")),
    ("missing_column", "社群", 1, without_column("社群", "群编号")),
    ("missing_column", "商品", 1, without_column("商品", "日常价")),
    ("missing_column", "SOP", 1, without_column("SOP", "时间")),
    ("missing_column", "活动", 1, without_column("活动", "结束")),
    ("missing_cell", "社群", 2, cell("社群", 2, "群编号", "")),
    ("missing_cell", "商品", 2, cell("商品", 2, "日常价", "—")),
    ("missing_cell", "SOP", 2, cell("SOP", 2, "时间", "")),
    ("missing_cell", "活动", 3, cell("活动", 3, "商品编码", "")),
    ("empty_table", "社群", 0, lambda s: s.update(社群=s["社群"][:1])),
    ("missing_header", "SOP", 0, lambda s: s.update(SOP=[["看这里"], ["没有表头"]])),
    ("special_efficacy", "商品", 2, cell("商品", 2, "功效类别", "保湿、美白")),
    ("special_efficacy", "商品", 2, cell("商品", 2, "名称", "修护防晒霜")),
    ("special_efficacy", "商品", 2, cell("商品", 2, "卖点", "轻薄，SPF30+，美白又保湿")),
    ("special_efficacy", "商品", 4, cell("商品", 4, "备案/注册号", "粤G妆网备字2025900110")),
    ("special_efficacy", "商品", 4, cell("商品", 4, "备案/注册号", "")),
    ("special_efficacy", "商品", 2, cell("商品", 2, "功效类别", "防脱发")),
    ("missing_address", "社群", 2, cell("社群", 2, "通道地址", "")),
    ("missing_address", "社群", 4, cell("社群", 4, "通道地址", "无")),
    ("address_not_https", "社群", 4, cell("社群", 4, "通道地址", "http://mall.example.com/hook")),
    ("address_not_https", "社群", 4, cell("社群", 4, "通道地址", "mall.example.com/hook")),
    ("address_not_https", "社群", 4, cell("社群", 4, "通道地址", "https://user:pw@mall.example.com/hook")),
    ("address_not_https", "社群", 4, cell("社群", 4, "通道地址", "https://")),
    ("bad_code", "商品", 2, cell("商品", 2, "商品编码", "P1、P2")),
    ("bad_url", "商品", 2, cell("商品", 2, "购买链接", "javascript:alert(1)")),
    ("bad_url", "品牌", 6, cell("品牌", 0, "官方商城", "看小程序")),
    ("draw_without_prizes", "活动", 4, cell("活动", 4, "奖品及名额", "")),
    ("draw_without_prizes", "活动", 4, cell("活动", 4, "奖品及名额", "无")),
    ("draw_without_odds", "活动", 4, cell("活动", 4, "奖品及名额", "面霜和面膜")),
    ("prize_over_limit", "活动", 4, cell("活动", 4, "奖品及名额", "一等奖：汽车（价值6万元）1名，中奖概率1%")),
    ("prize_over_limit", "活动", 4, cell("活动", 4, "奖品及名额", "一等奖：￥50,001现金1名，中奖概率1%")),
    ("sop_in_quiet_hours", "SOP", 2, cell("SOP", 2, "时间", "22:30")),
    ("sop_in_quiet_hours", "SOP", 2, cell("SOP", 2, "时间", "07:00")),
    ("text_too_long", "社群", 2, cell("社群", 2, "群名称", "群" * 121)),
    ("text_too_long", "话术", 2, cell("话术", 2, "标准话术", "长" * 5001)),
    ("text_too_long", "品牌", 2, cell("品牌", 0, "品牌名", "长" * 81)),
    ("markup", "社群", 2, cell("社群", 2, "群名称", "<b>一群</b>")),
    ("markup", "商品", 2, cell("商品", 2, "名称", "<script>alert(1)</script>")),
    ("markup", "活动", 2, cell("活动", 2, "活动名称", "{{ brand.name }}")),
    ("markup", "品牌", 4, cell("品牌", 0, "人设昵称", "{% raw %}官")),
    ("markup", "社群", 2, cell("社群", 2, "群主", "⟦stock:P1⟧")),
    ("hidden_characters", "社群", 2, cell("社群", 2, "群名称", "一\u202e群")),
]  # fmt: skip

WARNINGS: list[tuple[str, str, int, Spoil]] = [
    ("zone_default", "品牌", 8, cell("品牌", 0, "时区", "")),
    ("sheet_left_out", "活动", 0, without_sheet("活动")),
    ("duplicate_name", "社群", 6, again("社群", 2, 群编号="G9", 通道地址="wr9")),
    ("duplicate_name", "商品", 5, again("商品", 2, 商品编码="P9")),
    ("duplicate_row", "话术", 4, again("话术", 2)),
    ("duplicate_row", "知识", 3, again("知识", 2)),
    ("duplicate_row", "历史内容", 3, again("历史内容", 2)),
    ("duplicate_address", "社群", 6, again("社群", 2, 群编号="G9", 群名称="九群")),
    ("moment_without_time", "活动", 2, cell("活动", 2, "结束", "2026-11-29")),
    ("weekday_mismatch", "活动", 2, cell("活动", 2, "开始", "2026-11-26（周五）20:00")),
    ("weekday_mismatch", "SOP", 4, cell("SOP", 4, "周期", "11月26日（周三）")),
    ("lowest_above_price", "商品", 3, cell("商品", 3, "近7日最低成交价", 99)),
    ("zero_price", "商品", 2, cell("商品", 2, "日常价", 0)),
    ("no_owner", "社群", 2, cell("社群", 2, "群主", "")),
    ("tier_not_described", "社群", 2, lambda s: s["层级"].pop(1) and None),
    ("missing_filing", "商品", 2, cell("商品", 2, "备案/注册号", "")),
    ("winners_or_odds_missing", "活动", 4, cell("活动", 4, "奖品及名额", "面霜5名")),
    ("final_interpretation", "活动", 2, cell("活动", 2, "规则", "11月26日20:00开售199元，最终解释权归本店所有。")),
    ("rules_price_mismatch", "活动", 2, cell("活动", 2, "规则", "11月26日20:00开售，首发价189元。")),
    ("rules_stock_mismatch", "活动", 3, cell("活动", 3, "活动库存", 900)),
    ("rules_limit_mismatch", "活动", 3, cell("活动", 3, "每人限购", 3)),
    ("rules_time_mismatch", "活动", 2, cell("活动", 2, "规则", "11月25日20:00开售，首发价199元。")),
    ("sop_without_campaign", "SOP", 4, cell("SOP", 4, "周期", "2027-03-01")),
    ("formula_text", "SOP", 2, cell("SOP", 2, "主题", "=cmd|' /C calc'!A0")),
    ("formula_text", "话术", 2, cell("话术", 2, "标准话术", "@SUM(1+1)*cmd|' /C calc'!A0")),
    ("formula_text", "社群", 2, cell("社群", 2, "群名称", "+HYPERLINK(\"http://x\")")),
    ("formula_text", "SOP", 2, cell("SOP", 2, "备注", "-2+3+cmd|' /C calc'!A0")),
    ("invisible_removed", "社群", 2, cell("社群", 2, "群编号", "G1\u200b")),
    ("markup_in_text", "SOP", 2, cell("SOP", 2, "主题", "早安{{ 7*7 }}")),
    ("insecure_url", "品牌", 6, cell("品牌", 0, "官方商城", "http://mall.example.com")),
]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "sheet", "row", "spoil"), FAULTS, ids=[f"{n}-{f[0]}" for n, f in enumerate(FAULTS)]
)
def test_a_fault_is_an_error_with_its_place(kind: str, sheet: str, row: int, spoil: Spoil, read_rows) -> None:
    sheets = books.clean()
    spoil(sheets)
    reading = read_rows(sheets)
    found = [issue for issue in reading.errors if issue.kind == kind and issue.sheet == sheet]
    assert found, [(i.kind, i.sheet, i.row, i.message) for i in reading.issues]
    assert found[0].row == row
    assert reading.content is None


@pytest.mark.parametrize(
    ("kind", "sheet", "row", "spoil"), WARNINGS, ids=[f"{n}-{w[0]}" for n, w in enumerate(WARNINGS)]
)
def test_a_doubt_is_a_warning_and_lets_the_import_pass(
    kind: str, sheet: str, row: int, spoil: Spoil, read_rows
) -> None:
    sheets = books.clean()
    spoil(sheets)
    reading = read_rows(sheets)
    assert reading.errors == ()
    assert reading.content is not None
    found = [issue for issue in reading.warnings if issue.kind == kind and issue.sheet == sheet]
    assert found, [(i.kind, i.sheet, i.row, i.message) for i in reading.issues]
    assert found[0].row == row


def test_everything_wrong_is_told_at_once(read_rows) -> None:
    sheets = books.clean()
    spoils = [FAULTS[index][3] for index in (0, 3, 8, 23, 38, 50)]
    many(*spoils)(sheets)
    reading = read_rows(sheets)
    wanted = {FAULTS[index][0] for index in (0, 3, 8, 23, 38, 50)}
    assert wanted <= {issue.kind for issue in reading.errors}


def test_an_issue_says_where_what_and_what_to_do(read_rows) -> None:
    sheets = books.clean()
    put(sheets, "商品", 2, "日常价", "一百九十九块九毛九还便宜")
    issue = read_rows(sheets).errors[0]
    assert (issue.sheet, issue.row, issue.column) == ("商品", 2, "日常价")
    assert issue.message.startswith("「商品」第 2 行「日常价」：写的是「一百九十九块九毛九还便宜」，应为")
    assert "199" in issue.expected
    assert issue.english


@pytest.mark.parametrize(
    "text",
    ["-5", "- 早安", "+86 138 0000 0000", "@全体成员 早安", "--", "−", "+1", "-", "——今天", "a=b"],
)
def test_innocent_text_is_no_formula(text: str, read_rows) -> None:
    sheets = books.clean()
    put(sheets, "SOP", 2, "主题", text)
    assert "formula_text" not in books.kinds(read_rows(sheets))


@pytest.mark.parametrize(
    "points",
    ["白天请配合防晒", "能卸防晒和淡妆", "防晒前打底", "不含美白成分", "卸除防晒、底妆"],
)
def test_speaking_of_sunscreen_is_not_claiming_it(points: str, read_rows) -> None:
    sheets = books.clean()
    put(sheets, "商品", 2, "卖点", points)
    assert read_rows(sheets).errors == ()


def test_a_bundle_price_is_compared_per_piece(read_rows) -> None:
    sheets = books.clean()
    put(sheets, "活动", 3, "活动价", 129)
    put(
        sheets,
        "活动",
        3,
        "规则",
        "11月28日16:00起，2盒129元，共800组，每人限购2组，近7日最低成交价69元一盒。",
    )
    assert "price_above_lowest" not in books.kinds(read_rows(sheets))


def test_a_formula_error_and_a_formula_without_result_are_errors(read_rows) -> None:
    formulas = {
        ("商品", "D2"): ("=1/0", "#DIV/0!"),
        ("商品", "N3"): ("=VLOOKUP(1,A:B,2,0)", "#N/A"),
        ("商品", "E4"): ("=1+1", ""),
    }
    reading = read_rows(books.clean(), formulas=formulas)
    found = {(issue.kind, issue.row) for issue in reading.errors}
    assert {("formula_error", 2), ("formula_error", 3), ("formula_not_calculated", 4)} <= found


def test_ten_thousand_faults_are_counted_not_listed(read_rows) -> None:
    sheets = books.clean()
    row = sheets["社群"][1]
    sheets["社群"] += [[f"{n}群", f"N{n}", "外星", *row[3:9], f"wrN{n}"] for n in range(2010)]
    issues = read_rows(sheets).issues
    assert len(issues) == 2001
    assert next(issue for issue in issues if issue.kind == "too_many_issues").value == "10"


def test_every_kind_in_the_table_is_tested_here_or_with_the_limits() -> None:
    tested = {kind for kind, *_ in [*FAULTS, *WARNINGS]}
    elsewhere = {
        "formula_error",
        "formula_not_calculated",
        "too_many_issues",
        "duplicate_column",
        "duplicate_sheet",
    }
    of_files = {"file_missing", "file_is_folder", "file_not_readable", "file_empty", "file_too_large", "file_damaged",
                "not_xlsx", "old_xls", "password_protected", "zip_bomb", "sheet_too_large"}  # fmt: skip
    of_rules = {
        "bad_action",
        "bad_verdict",
        "bad_rule_word",
        "unknown_rule",
        "rule_not_silenceable",
        "too_many_rules",
    }
    assert set(KINDS) - elsewhere - of_files - of_rules == tested


def test_a_column_or_sheet_that_stands_twice_is_told(read_rows) -> None:
    sheets = books.clean()
    for row in sheets["社群"]:
        row.append(row[1])
    sheets["社群表"] = sheets["社群"]
    reading = read_rows(sheets)
    assert reading.errors == ()
    assert set(books.kinds(reading)) == {"duplicate_column", "duplicate_sheet"}
