"""Special cosmetics: 染发, 烫发, 祛斑美白, 防晒, 防脱发 need a registration (特字), an ordinary filing (备字) may not claim them.

Source: 化妆品监督管理条例 第十六条 (special cosmetics) and 第二十二条 (claims need grounds).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from content_calendar.workbook.content import ProductRow, WorkbookContent
from content_calendar.workbook.issues import Report, shorten
from content_calendar.workbook.table import Table

_SPECIAL = re.compile(
    r"染发|烫发|祛斑|淡斑|美白|亮白|防晒|隔离紫外线|抗紫外线|防脱|防掉发|SPF\s*\d|PA\s*\+", re.IGNORECASE
)
# Words around a hit that show the product does not claim it: 卸除防晒, 配合防晒, 防晒前打底, 不含美白成分.
_BEFORE = re.compile(
    r"(?:卸|洗|清洁|去除|清除|配合|搭配|做好|坚持|注意|日常|不能|不可|不|非|无|没有|没|未|别|代替|替代|白天|再涂|叠加|后续|之前用|之后用)[\u4e00-\u9fffA-Za-z]{0,3}$"
)
_AFTER = re.compile(r"^[\u4e00-\u9fff]{0,2}?(?:之?前|之?后|打底|卸|残留|残余|步骤|不|要另外|另外|请)")
COSMETICS = re.compile(r"化妆品|护肤|美妆|彩妆|个护|洗护|香氛")


def check(content: WorkbookContent, tables: Mapping[str, Table], report: Report) -> None:
    """Claims against filings, product by product."""
    cosmetics = bool(COSMETICS.search(content.brand.industry))
    for product in content.products:
        claim = _claimed(product)
        if claim and not registered(product.filing):
            _refuse(product, *claim, tables["商品"], report)
        elif cosmetics and not product.filing:
            report.add(
                "missing_filing", tables["商品"].place(product.row, "备案/注册号"),
                f"「{shorten(product.name)}」没有备案或注册号，化妆品须有；请补上。",
                "no filing or registration number; cosmetics must have one.",
            )  # fmt: skip


def registered(filing: str) -> bool:
    """True for the number of a special cosmetic's registration certificate."""
    return "特字" in filing or "特进字" in filing


def _claimed(product: ProductRow) -> tuple[str, str] | None:
    """(header, words) of the first special efficacy a product claims."""
    for word in product.efficacy:
        if match := _SPECIAL.search(word):
            return "功效类别", match.group()
    for header, text in (("名称", product.name), ("卖点", product.selling_points)):
        for match in _SPECIAL.finditer(text):
            if not _BEFORE.search(text[: match.start()]) and not _AFTER.match(text[match.end() :]):
                return header, match.group()
    return None


def _refuse(product: ProductRow, header: str, words: str, table: Table, report: Report) -> None:
    filing = f"是普通备案号（{shorten(product.filing)}）" if product.filing else "没有注册证号"
    report.add(
        "special_efficacy", table.place(product.row, header),
        f"「{shorten(product.name)}」宣称「{words}」，这是特殊化妆品功效，但{filing}；请核对注册证号，或去掉这项宣称。",
        f"{words} is a special efficacy, but the product has no special registration ({product.filing or 'none'}).",
        value=words, expected="国妆特字…",
    )  # fmt: skip
