"""Prices against each other: the campaign's, the 7-day lowest, and what the rules compare with.

Source: 禁止价格欺诈 rules of 明码标价和禁止价格欺诈规定 第十七、十八条: the price compared with must be the lowest one of
the seven days before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal

from content_calendar.workbook.content import CampaignRow, ProductRow, WorkbookContent
from content_calendar.workbook.issues import Report, shorten
from content_calendar.workbook.table import Table
from content_calendar.workbook.values.numerals import number

_COMPARED = re.compile(
    r"(?P<word>参考价|划线价|原价|日常价|吊牌价|市场价|平时|近[7七]日最低(?:成交)?价?|近[7七]天最低(?:成交)?价?)"
    r"[^\d。；;，,！!]{0,12}?(?P<price>\d+(?:\.\d+)?)\s*元"
)
_COMPARES = re.compile(r"参考价|划线价|原价|吊牌价|市场价|近[7七][日天]最低|立减|直降|优惠|省|折")
_BUNDLE = r"(?P<n>[2-9]|[两二三四五六])\s*(?:盒|瓶|支|件|罐|组|套|片|包|袋|只)(?:装)?[^\d。；;，,]{{0,4}}{price}\s*元"
_EVERYDAY = frozenset({"日常价", "平时"})  # a statement that may be true, but reads like a comparison
_SINGLE_PRICE_KINDS = frozenset({"flash_sale", "discount"})


def check_products(content: WorkbookContent, tables: Mapping[str, Table], report: Report) -> None:
    """A product's own two prices."""
    for product in content.products:
        if product.price is not None and product.lowest_7d is not None and product.lowest_7d > product.price:
            report.add(
                "lowest_above_price", tables["商品"].place(product.row, "近7日最低成交价"),
                f"近7日最低成交价 {product.lowest_7d} 元高于日常价 {product.price} 元，请核对。",
                f"the 7-day lowest {product.lowest_7d} is above the everyday price {product.price}.",
                value=product.lowest_7d, expected=f"≤{product.price}",
            )  # fmt: skip
        if product.price == 0:
            report.add(
                "zero_price", tables["商品"].place(product.row, "日常价"), "日常价是 0 元，请核对。",
                "the everyday price is zero.", value=product.price,
            )  # fmt: skip


def check_campaigns(content: WorkbookContent, tables: Mapping[str, Table], report: Report) -> None:
    """Each campaign against the 7-day lowest of its product."""
    products = {product.code: product for product in content.products}
    for campaign in content.campaigns or ():
        if len(campaign.products) == 1 and (product := products.get(campaign.products[0])):
            _against_lowest(campaign, product, tables["活动"], report)


def _against_lowest(campaign: CampaignRow, product: ProductRow, table: Table, report: Report) -> None:
    if product.lowest_7d is None:
        return
    lowest = product.lowest_7d
    compared = campaign.kind in _SINGLE_PRICE_KINDS or bool(_COMPARES.search(campaign.rules))
    price = campaign.price / _pieces(campaign) if campaign.price is not None else None
    if price is not None and price > lowest and compared:
        report.add(
            "price_above_lowest", table.place(campaign.row, "活动价"),
            f"活动价 {campaign.price} 元高于「{shorten(product.name)}」近7日最低成交价 {lowest} 元，不能说是优惠；请核对价格。",
            f"the price {campaign.price} is above the 7-day lowest {lowest} of {product.code}.",
            value=campaign.price, expected=f"≤{lowest}",
        )  # fmt: skip
    for word, reference in _references(campaign.rules):
        if reference > lowest:
            report.add(
                "reference_price_above_lowest", table.place(campaign.row, "规则"),
                f"规则里拿来比较的价格 {reference} 元高于近7日最低成交价 {lowest} 元；被比较价格应为 {lowest} 元。",
                f"the rules compare with {reference}, above the 7-day lowest {lowest}.",
                value=reference, expected=str(lowest), level="warning" if word in _EVERYDAY else "error",
            )  # fmt: skip


def _references(rules: str) -> Iterator[tuple[str, Decimal]]:
    """Prices the rules compare with, and the word for each."""
    for match in _COMPARED.finditer(rules):
        yield match.group("word"), Decimal(match.group("price"))


def _pieces(campaign: CampaignRow) -> int:
    """How many pieces the price buys: 2盒129元 is two."""
    pattern = re.compile(_BUNDLE.format(price=re.escape(f"{campaign.price:f}")))
    match = pattern.search(f"{campaign.name} {campaign.rules}")
    if match is None:
        return 1
    return number(match.group("n")) or int(match.group("n"))
