"""Workbooks made in tests: a small clean brand as plain rows, and a writer that takes any mess."""

# ruff: noqa: DTZ001 -- cells have no zone

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import xlsxwriter

from content_calendar import workbook

TODAY = date(2026, 11, 22)
REFERENCE = workbook.shift.EXAMPLE

Rows = list[list[Any]]
Sheets = dict[str, Rows]

_CLEAN: Sheets = {
    "品牌": [
        ["项目", "内容"],
        ["品牌名", "沐禾"],
        ["行业", "护肤（化妆品）"],
        ["人设昵称", "沐禾宠粉官"],
        ["语气", "像朋友"],
        ["官方商城", "https://mall.example.com/muhe"],
        ["工作时间", "09:00-22:30"],
        ["时区", "Asia/Shanghai"],
        ["安静时段", "22:30-08:30"],
        ["禁用词", "最好、唯一"],
    ],
    "层级": [
        ["层级", "名称", "入群门槛", "运营目标", "内容侧重", "每日上限"],
        ["高", "老友群", "买过两次", "回购", "新品先知道", 5],
        ["中", "福利群", "买过一次", "下单", "福利", 6],
        ["低", "新芽群", "新人", "开口", "话题", 5],
    ],
    "社群": [
        ["群名称", "群编号", "层级", "来源渠道", "客户类型", "人数", "标签", "群主", "发送通道", "通道地址"],
        ["一群", "G1", "高", "菜单", "已购", 214, "回购；偏干皮", "1号", "企业群发", "wr1"],
        ["二群", "G2", "中", "包裹卡", "已购", 187, "等券", "2号", "侧边栏", "wr2"],
        ["三群", "G3", "低", "快闪", "潜客", 58, "新人", "3号", "群机器人", "https://mall.example.com/hook/3"],
        ["四群", "G4", "低", "快闪", "潜客", 58, "新人", "3号", "演示", ""],
    ],
    "商品": [
        ["商品编码", "名称", "规格", "日常价", "近7日最低成交价", "卖点", "成分", "功效类别", "备案/注册号", "用法",
         "适合人群", "注意事项", "购买链接", "库存", "功效依据"],
        ["P1", "修护面霜", "50g", 199, "", "不添加香精", "水", "修护、保湿", "粤G妆网备字2026900105", "按压", "干皮", "试用",
         "https://mall.example.com/p/P1", 3000, "报告"],
        ["P2", "保湿面膜", "25ml×5片", 79, 69, "膜布薄", "水", "保湿", "粤G妆网备字2025900107", "敷", "干皮", "不过夜",
         "https://mall.example.com/p/P2", 6200, "报告"],
        ["P3", "轻透防晒乳", "50ml", 149, 139, "推开快", "水", "防晒", "国妆特字20259910", "涂", "通勤", "补涂",
         "https://mall.example.com/p/P3", 2700, "报告"],
    ],
    "活动": [
        ["活动名称", "类型", "商品编码", "活动价", "规则", "预热开始", "开始", "结束", "活动库存", "每人限购", "层级", "赠品", "奖品及名额"],
        ["面霜开售", "新品开售", "P1", 199, "11月26日20:00开售，首发价199元。每人限购2瓶。", datetime(2026, 11, 23, 9), datetime(2026, 11, 26, 20),
         datetime(2026, 11, 29, 22), 1500, 2, "全部", "小样，共500份", ""],
        ["面膜秒杀", "秒杀", "P2", 49, "11月28日16:00至22:00，49元一盒，共800盒，每人限购2盒。参考价为近7日最低成交价69元。",
         datetime(2026, 11, 27, 20), datetime(2026, 11, 28, 16), datetime(2026, 11, 28, 22), 800, 2, "中、低", "", ""],
        ["答题抽奖", "抽奖", "P1、P2", "", "12月7日16:00开始，12月11日开奖。", "", datetime(2026, 12, 7, 16), datetime(2026, 12, 10, 20), 25, 1, "全部", "",
         "一等奖：面霜（价值199元）5名；二等奖：面膜（价值79元）20名；中奖概率不低于2%"],
    ],
    "SOP": [
        ["时间", "周期", "层级", "内容类型", "主题", "通道", "负责人", "备注"],
        ["09:00", "每天", "中、低", "早报", "早安三条", "侧边栏", "早班", "200字以内"],
        ["10:00", "周一", "高", "护肤秘籍", "换季做减法", "侧边栏", "内容", ""],
        ["20:00", "2026-11-26", "全部", "新品开售", "面霜开售", "企业群发", "活动", "到点发"],
        ["17:00", "每月8日", "全部", "福利日", "会员日", "侧边栏", "活动", ""],
    ],
    "话术": [
        ["场景", "客户怎么问", "标准话术", "禁忌", "升级人工"],
        ["用法", "面霜用多少", "黄豆大小", "不要说多多益善", "否"],
        ["过敏反馈", "又红又痒", "先停用", "不要争论", "是｜立即，售后值班"],
    ],
    "知识": [
        ["主题", "问题", "答案", "关联商品", "来源"],
        ["成分", "神经酰胺是什么", "一类脂质", "P1", "内训2026版"],
    ],
    "历史内容": [
        ["日期", "时间", "层级", "内容类型", "正文", "触达人数", "阅读", "点击", "互动", "下单"],
        [date(2026, 10, 20), "09:00", "中", "早报", "早呀", 4951, 1279, 0, 21, 0],
    ],
}  # fmt: skip


def clean() -> Sheets:
    """A small workbook without a fault, to be spoilt by a test."""
    return copy.deepcopy(_CLEAN)


def put(sheets: Sheets, sheet: str, row: int, header: str, value: Any) -> None:
    """Change one cell: ``row`` is the Excel row, the column is found by its heading."""
    rows = sheets[sheet]
    if sheet == "品牌":
        next(line for line in rows if line[0] == header)[1] = value
        return
    rows[row - 1][rows[0].index(header)] = value


def save(
    path: Path,
    sheets: Mapping[str, Sequence[Sequence[Any]]],
    *,
    hidden: Sequence[str] = (),
    merges: Mapping[str, Sequence[str]] = {},
    formulas: Mapping[tuple[str, str], tuple[str, Any]] = {},
) -> Path:
    """Write rows as they are. ``formulas``: (sheet, cell) → (formula, stored result)."""
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False})
    formats = {kind: book.add_format({"num_format": text}) for kind, text in _FORMATS.items()}
    for title, rows in sheets.items():
        sheet = book.add_worksheet(title)
        if title in hidden:
            sheet.hide()
        for at, row in enumerate(rows):
            for column, value in enumerate(row):
                _cell(sheet, at, column, value, formats)
        for cells in merges.get(title, ()):
            first = xlsxwriter.utility.xl_cell_to_rowcol(cells.split(":")[0])
            sheet.merge_range(cells, "")
            _cell(sheet, *first, rows[first[0]][first[1]], formats)
        for (where, cell), (formula, result) in formulas.items():
            if where == title:
                sheet.write_formula(cell, formula, None, result)
    book.close()
    return path


_FORMATS = {"datetime": "yyyy-mm-dd hh:mm", "date": "yyyy-mm-dd", "time": "hh:mm", "timedelta": "[h]:mm"}


def _cell(sheet: Any, row: int, column: int, value: Any, formats: Mapping[str, Any]) -> None:
    if value is None or value == "":
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, datetime | date | time | timedelta):
        sheet.write_datetime(row, column, value, formats[type(value).__name__])
    elif isinstance(value, int | float):
        sheet.write_number(row, column, value)
    else:
        sheet.write_string(row, column, str(value))


def kinds(reading: workbook.Reading, level: str | None = None) -> list[str]:
    """The kinds of the issues found."""
    return [issue.kind for issue in reading.issues if level is None or issue.level == level]
