"""商品: the goods with their prices, filing and evidence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from content_calendar.workbook.columns import (
    Column,
    SheetSpec,
    code_column,
    count_column,
    name_column,
    price_column,
    prose_column,
)
from content_calendar.workbook.content import ProductRow
from content_calendar.workbook.sheets.common import Context, money
from content_calendar.workbook.table import Row
from content_calendar.workbook.values.lists import parse_efficacy
from content_calendar.workbook.values.text import name

SPEC = SheetSpec(
    "商品",
    (
        code_column("商品编码", "编码", "商品编号", "编号", "货号", "SKU", "商品ID", "产品编码", "产品编号", "款号"),
        name_column("名称", 120, "商品名称", "商品名", "产品名称", "产品名", "品名", need="cell"),
        name_column("规格", 80, "商品规格", "净含量", "规格型号", "产品规格"),
        price_column("日常价", "日常售价", "售价", "单价", "价格", "零售价", "日常价格", need="cell"),
        price_column("近7日最低成交价", "近七日最低成交价", "7日最低成交价", "近7天最低成交价", "近7日最低价", "七日最低价", "7日最低价", "近七天最低成交价", "近7日最低", "最近7日最低成交价", "最近7天最低成交价", "近7日最低成交价格", "近7天最低价", "7天最低成交价"),
        prose_column("卖点", "商品卖点", "核心卖点", "产品卖点"),
        prose_column("成分", "全成分", "主要成分", "核心成分", "配料", "配料表"),
        Column("功效类别", lambda raw, _: parse_efficacy(raw), blank=(), aliases=("功效", "功效宣称", "功效分类", "宣称功效"), style="name"),
        name_column("备案/注册号", 120, "备案号", "注册号", "备案注册号", "备案编号", "注册证号", "备案号/注册证号", "备案或注册号", "批准文号", "备案/注册编号", "许可证号"),
        prose_column("用法", "使用方法", "用法用量", "使用说明"),
        prose_column("适合人群", "适用人群", "适合肤质", "适用肤质"),
        prose_column("注意事项", "注意", "使用注意", "警示语"),
        Column("购买链接", lambda raw, _: name(raw).replace(" ", ""), aliases=("链接", "商品链接", "下单链接", "商品页", "URL", "购买地址"), limit=2048),
        count_column("库存", "库存数", "库存数量", "现有库存", "可用库存", negative="negative_stock"),
        prose_column("功效依据", "依据", "功效证据", "功效宣称依据"),
    ),
)  # fmt: skip


def build(row: Row, values: Mapping[str, Any], _: Context) -> ProductRow:
    """The row as data."""
    return ProductRow(
        code=values["商品编码"], name=values["名称"], spec=values["规格"], price=values["日常价"],
        lowest_7d=values["近7日最低成交价"], selling_points=values["卖点"], ingredients=values["成分"],
        efficacy=values["功效类别"], filing=values["备案/注册号"], usage=values["用法"],
        suitable=values["适合人群"], caution=values["注意事项"], url=values["购买链接"],
        stock=values["库存"], evidence=values["功效依据"], row=row.number,
    )  # fmt: skip


def shown(item: ProductRow, _: Any = None) -> dict[str, Any]:
    """The row by header, normalised."""
    return {
        "商品编码": item.code, "名称": item.name, "规格": item.spec, "日常价": money(item.price),
        "近7日最低成交价": money(item.lowest_7d), "卖点": item.selling_points, "成分": item.ingredients,
        "功效类别": list(item.efficacy), "备案/注册号": item.filing, "用法": item.usage,
        "适合人群": item.suitable, "注意事项": item.caution, "购买链接": item.url, "库存": item.stock,
        "功效依据": item.evidence,
    }  # fmt: skip


def cells(item: ProductRow, _: Any = None) -> list[Any]:
    """The row as it is written to a workbook."""
    return [
        item.code, item.name, item.spec, item.price, item.lowest_7d, item.selling_points, item.ingredients,
        "、".join(item.efficacy), item.filing, item.usage, item.suitable, item.caution, item.url,
        item.stock, item.evidence,
    ]  # fmt: skip
