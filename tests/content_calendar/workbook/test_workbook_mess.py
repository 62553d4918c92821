"""A messy sheet is read as a careful person would read it."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

import openpyxl
import pytest

from content_calendar import workbook
from tests.content_calendar.workbook import books
from tests.content_calendar.workbook.books import put


def same_rows(
    reading: workbook.Reading, sheet: str, clean: workbook.Reading, *, skip: tuple[str, ...] = ()
) -> None:
    """The sheet says what the clean one says, whatever row it stands in."""

    def bare(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{key: value for key, value in row.items() if key not in {"row", *skip}} for row in rows]

    assert bare(reading.rows[sheet]) == bare(clean.rows[sheet])


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> workbook.Reading:
    path = books.save(tmp_path_factory.mktemp("clean") / "book.xlsx", books.clean())
    return workbook.read(path, today=books.TODAY)


def test_titles_remarks_sections_totals_and_blank_rows_are_no_data(read_rows, clean) -> None:
    sheets = books.clean()
    head, *rows = sheets["社群"]
    width = len(head)
    blank = [""] * width
    sheets["社群"] = [
        ["沐禾社群清单（内部资料）"], ["填表说明：每行一个群", "", "2026-11"], blank, head, ["一、高层级"], rows[0], blank,
        ["二、中层级", "共 1 个"], rows[1], ["小计", "", "", "", "", 245], ["三、低层级"], rows[2], rows[3],
        ["社群合计", "", "", "", "", 517], ["合计：4个群"], head, ["备注：人数每月更新"], blank,
    ]  # fmt: skip
    reading = read_rows(sheets)
    assert reading.issues == ()
    same_rows(reading, "社群", clean)
    assert [row["row"] for row in reading.rows["社群"]] == [6, 9, 12, 13]


def test_headings_and_sheet_names_may_be_spaced_starred_bracketed_and_numbered(read_rows, clean) -> None:
    sheets = books.clean()
    names = {
        "品牌": "1.品牌", "层级": " 层级 ", "社群": "社群表", "商品": "03-商品清单", "活动": "活动（11月）", "SOP": "s o p表",
        "话术": "【话术】", "知识": "知识库", "历史内容": "历史 内容",
    }  # fmt: skip
    headings = {
        "备案/注册号": "备案／注册号", "日常价": "日常价(元)", "近7日最低成交价": "近 7 日最低\n成交价（元）", "群编号": "*群编号", "人数": "人数（人）",
        "时间": " 时　间 ", "活动价": "活动价（￥）", "内容类型": "内容\n类型", "活动库存": "活动库存（件）", "每日上限": "每日上限:",
    }  # fmt: skip
    messy = {
        names[name]: [
            [headings.get(cell, cell) if at == 0 else cell for cell in row] for at, row in enumerate(rows)
        ]
        for name, rows in sheets.items()
    }
    reading = read_rows(messy)
    assert reading.issues == ()
    for name in names:
        same_rows(reading, name, clean)


def test_columns_may_stand_in_any_order_with_others_between(read_rows, clean) -> None:
    sheets = books.clean()
    for name, rows in sheets.items():
        if name != "品牌":
            sheets[name] = [
                ["序号" if at == 0 else at, *reversed(row), "内部备用" if at == 0 else "x"]
                for at, row in enumerate(rows)
            ]
    reading = read_rows(sheets)
    assert reading.issues == ()
    for name in sheets:
        same_rows(reading, name, clean)


def test_vertically_merged_cells_hold_for_every_row_they_span(read_rows) -> None:
    sheets = books.clean()
    head = sheets["SOP"][0]
    sheets["SOP"] = [
        head,
        ["09:00", "每天", "中、低", "早报", "早安三条", "侧边栏", "早班", ""],
        ["", "", "高", "早报", "老友早安", "", "", ""],
        ["", "周一", "低", "护肤秘籍", "小常识", "", "内容", ""],
    ]
    merges = {"SOP": ["A2:A4", "B2:B3", "F2:F4", "G2:G3"]}
    reading = read_rows(sheets, merges=merges)
    assert reading.errors == ()
    rows = reading.rows["SOP"]
    assert [row["时间"] for row in rows] == ["09:00"] * 3
    assert [row["周期"]["weekdays"] for row in rows] == [[1, 2, 3, 4, 5, 6, 7], [1, 2, 3, 4, 5, 6, 7], [1]]
    assert [row["负责人"] for row in rows] == ["早班", "早班", "内容"]


def test_a_header_of_two_merged_rows_is_one_header(tmp_path, clean) -> None:
    path = books.save(tmp_path / "two.xlsx", books.clean())
    book = openpyxl.load_workbook(path)
    sheet = book["历史内容"]
    sheet.insert_rows(1)
    for column in range(1, 6):
        sheet.cell(1, column, sheet.cell(2, column).value)
        sheet.cell(2, column).value = None
        sheet.merge_cells(start_row=1, end_row=2, start_column=column, end_column=column)
    sheet.cell(1, 6, "效果数据")
    sheet.merge_cells("F1:J1")
    book.save(path)
    reading = workbook.read(path, today=books.TODAY)
    assert reading.errors == ()
    same_rows(reading, "历史内容", clean)


def test_hidden_sheets_and_sheets_of_others_are_left_alone(read_rows, clean) -> None:
    sheets = books.clean()
    sheets["品牌(旧)"] = [["品牌名", "旧名"]]
    sheets["下拉选项"] = [["层级", "通道"], ["高", "企业群发"]]
    sheets["社群备份"] = sheets["社群"]
    reading = read_rows(sheets, hidden=["品牌(旧)", "下拉选项"])
    assert reading.errors == ()
    assert reading.brand == "沐禾"
    same_rows(reading, "社群", clean)


def test_a_hidden_sheet_that_is_needed_is_named(read_rows) -> None:
    reading = read_rows(books.clean(), hidden=["SOP"])
    issue = next(issue for issue in reading.errors if issue.kind == "missing_sheet")
    assert "隐藏" in issue.message


def test_a_sheet_without_our_name_is_known_by_its_headings(read_rows, clean) -> None:
    sheets = books.clean()
    renamed = {
        ("Sheet3" if name == "商品" else "资料" if name == "品牌" else name): rows
        for name, rows in sheets.items()
    }
    reading = read_rows(renamed)
    assert reading.issues == ()
    same_rows(reading, "商品", clean)
    assert reading.brand == "沐禾"


@pytest.mark.parametrize(
    ("sheet", "header", "messy"),
    [
        ("SOP", "时间", time(9, 0)),
        ("SOP", "时间", 0.375),
        ("SOP", "时间", "9:00"),
        ("SOP", "时间", "09：00"),
        ("SOP", "时间", "早上9点"),
        ("SOP", "时间", "九点整"),
        ("SOP", "周期", "每日"),
        ("SOP", "周期", " 天天 "),
        ("SOP", "层级", "中,低"),
        ("SOP", "层级", "福利群+新芽群"),
        ("SOP", "层级", "中低层级"),
        ("SOP", "内容类型", "早 报"),
        ("SOP", "内容类型", "晨报"),
        ("SOP", "通道", " 侧边栏 "),
        ("社群", "层级", "高层级"),
        ("社群", "层级", "老友群"),
        ("社群", "人数", "214人"),
        ("社群", "人数", "２１４"),
        ("社群", "群编号", "Ｇ１"),
        ("社群", "群编号", " G1\n"),
        ("社群", "标签", "回购\n偏干皮"),
        ("社群", "发送通道", "群发"),
        ("商品", "日常价", "￥199.00"),
        ("商品", "日常价", "199元"),
        ("商品", "日常价", "１９９"),
        ("商品", "库存", "3,000件"),
        ("商品", "库存", "0.3万"),
        ("商品", "功效类别", "修护/保湿"),
        ("活动", "类型", "新品开售（首发）"),
        ("活动", "商品编码", "p1"),
        ("活动", "商品编码", "修护面霜"),
        ("活动", "开始", "2026.11.26 20:00"),
        ("活动", "开始", "11月26日晚8点"),
        ("活动", "开始", "11月26日（周四）20：00"),
        ("活动", "开始", "2026-11-26T20:00:00+08:00"),
        ("活动", "活动库存", "共1,500单"),
        ("活动", "每人限购", "每人限购2瓶"),
        ("活动", "层级", "不限"),
        ("层级", "每日上限", "5条"),
        ("话术", "升级人工", "不需要"),
        ("历史内容", "日期", "2026年10月20日"),
        ("历史内容", "日期", "10月20日"),
        ("历史内容", "触达人数", "4,951人"),
    ],
)
def test_a_cell_means_the_same_however_it_is_written(
    sheet: str, header: str, messy: Any, read_rows, clean
) -> None:
    sheets = books.clean()
    put(sheets, sheet, 2, header, messy)
    reading = read_rows(sheets)
    assert reading.errors == ()
    got, wanted = reading.rows[sheet][0][header], clean.rows[sheet][0][header]
    if header == "周期":
        got, wanted = got["weekdays"], wanted["weekdays"]
    assert got == wanted


def test_the_brand_may_be_written_in_any_layout(read_rows, clean) -> None:
    pairs = {row[0]: row[1] for row in books.clean()["品牌"][1:]}
    sheets = books.clean()
    sheets["品牌"] = [
        ["沐禾品牌资料"], ["序号", "字段", "填写内容", "说明"], [1, "品牌名称：", pairs["品牌名"], "必填"], [],
        [2, "所属行业", pairs["行业"]], [3, "人设昵称", pairs["人设昵称"]], [4, "语气", pairs["语气"]],
        [5, "商城链接", pairs["官方商城"]], [6, "服务时间", "9点到22点半"], [7, "时区", "北京时间"],
        [8, "免打扰时段", "晚10点半至次日8点半"], [9, "禁用词", "最好,唯一"], [10, "客服电话", "400-000"],
    ]  # fmt: skip
    reading = read_rows(sheets)
    assert reading.issues == ()
    assert reading.content is not None and clean.content is not None
    assert reading.content.brand.extra == {"客服电话": "400-000"}
    assert reading.content.brand.quiet_from == "22:30"
    assert reading.content.brand.forbidden == clean.content.brand.forbidden
    assert reading.content.brand.zone == "Asia/Shanghai"


def test_the_label_is_off_until_the_sheet_switches_it_on(read_rows) -> None:
    sheets = books.clean()
    sheets["品牌"] += [["AI标识", "内容由AI辅助生成"], ["AI标识开关", "开"]]
    brand = read_rows(sheets).content.brand
    assert (brand.ai_label, brand.ai_label_on) == ("内容由AI辅助生成", True)
    sheets["品牌"][-2:] = [["AI标识", "无"]]
    brand = read_rows(sheets).content.brand
    assert (brand.ai_label, brand.ai_label_on) == ("", False)


def test_product_codes_typed_as_numbers_are_codes(read_rows) -> None:
    sheets = books.clean()
    put(sheets, "商品", 3, "商品编码", 101)
    put(sheets, "活动", 3, "商品编码", "101")
    put(sheets, "活动", 4, "商品编码", "P1、101")
    reading = read_rows(sheets)
    assert reading.errors == ()
    assert reading.rows["活动"][1]["商品编码"] == ["101"]


def test_formulas_count_by_their_results(read_rows, clean) -> None:
    formulas = {("商品", "D2"): ("=198+1", 199), ("SOP", "E2"): ('="早安"&"三条"', "早安三条")}
    reading = read_rows(books.clean(), formulas=formulas)
    assert reading.issues == ()
    same_rows(reading, "商品", clean)
    same_rows(reading, "SOP", clean)


def test_years_that_are_not_written_are_told_by_the_dates_around(read_rows) -> None:
    sheets = books.clean()
    put(sheets, "活动", 4, "开始", "1月4日 16:00")
    put(sheets, "活动", 4, "结束", "1月8日 20:00")
    put(sheets, "活动", 4, "规则", "1月4日16:00开始。")
    reading = read_rows(sheets)
    assert reading.rows["活动"][2]["开始"] == "2027-01-04T16:00:00+08:00"


def test_without_any_full_date_today_tells_the_year(tmp_path) -> None:
    sheets = books.clean()
    for row in (2, 3, 4):
        for header in ("预热开始", "开始", "结束"):
            at = sheets["活动"][0].index(header)
            value = sheets["活动"][row - 1][at]
            if isinstance(value, datetime):
                sheets["活动"][row - 1][at] = f"{value.month}月{value.day}日{value:%H:%M}"
    put(sheets, "SOP", 4, "周期", "11月26日")
    put(sheets, "历史内容", 2, "日期", "10月20日")
    path = books.save(tmp_path / "years.xlsx", sheets)
    reading = workbook.read(path, today=date(2028, 11, 1))
    assert reading.rows["活动"][0]["开始"].startswith("2028-11-26")
    assert reading.rows["SOP"][2]["周期"]["dates"] == ["2028-11-26"]
    assert {issue.kind for issue in workbook.read(path).errors} >= {"bad_moment", "bad_cycle", "bad_date"}


def test_moments_are_wall_time_in_the_brands_zone(read_rows) -> None:
    sheets = books.clean()
    put(sheets, "品牌", 0, "时区", "America/New_York")
    assert read_rows(sheets).rows["活动"][0]["开始"] == "2026-11-26T20:00:00-05:00"


def test_a_sheet_that_is_left_out_is_not_an_empty_one(read_rows) -> None:
    sheets = books.clean()
    del sheets["知识"]
    reading = read_rows(sheets)
    assert reading.content is not None
    assert reading.content.knowledge is None
    assert reading.content.scripts is not None
