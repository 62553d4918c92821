"""Prices that are compared with: never above the lowest the goods were sold at in the seven days before.

A reference whose meaning is not told (原价, 划线价, 市场价) may not exceed that price; nor may a saving claim more than the
distance to it, and what costs no less than last week is not cheaper than usual (明码标价和禁止价格欺诈规定 第十六条).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from generator.checks.marks import Page
from prompts.brief import Brief, CampaignSheet, ProductSheet
from prompts.draft import Finding

LAW = "明码标价和禁止价格欺诈规定（国家市场监督管理总局令第56号）第十六条"
_NUMBER = r"(?P<n>\d{1,6}(?:,\d{3})*(?:\.\d{1,2})?)\s?(?:元|块|¥)?"
_REFERENCE = re.compile(
    r"(?:原价|划线价|划掉的?价格?|标价|吊牌价|市场价|专柜价|门市价|零售价|挂牌价|官网价|参考价|被比较价格?)"
    rf"[是为卖要得:：\s]{{0,3}}¥?{_NUMBER}"
)
_SAVING = re.compile(
    rf"(?<!满)(?:直降|立省|立降|立减|省下|能省|便宜|狂省|降价)(?:了|掉|足足|整整|近)?\s?¥?{_NUMBER}(?!\s?[%％折成倍个])"
)
_CHEAPER = re.compile(
    r"比(?:平时|平常|平日|日常|往常|日常价|平时价?|上周|昨天|前几天)(?:的?价(?:格)?)?(?:都|要|还|更)?(?:便宜|划算|低|省|优惠|实惠)"
)
# A saving under a condition is not taken off the price of one thing.
_CONDITION = re.compile(r"满\s?\d|\d\s?件|第[二两2]|券|红包|积分|凑单|(?:买|拍|任选|选)\s?[2-9两二三四五六]")
_BUNDLE = re.compile(
    r"[2-9两二三四五六]\s?(?:盒|瓶|支|件|罐|组|套|包|袋)(?:装|组合|一起|共|合计|[^，。；]{0,4}\d+\s?元)"
)
_CLAUSE = re.compile(r"[，,。！？!?；;\n]")


def comparing(page: Page, brief: Brief) -> Iterator[Finding]:
    """What compares with more than it may; nothing where the seven days' lowest is not known."""
    ceiling = _ceiling(brief)
    if ceiling is None:
        return
    text = page.view.text
    yield from _references(page, text, ceiling)
    price = _price(brief.campaign)
    if price is not None:
        yield from _savings(page, text, price, ceiling)
        yield from _cheaper(page, text, price, ceiling)


def compared(page: Page, product: ProductSheet) -> Iterator[Finding]:
    """The same for a bare text about one product: only what it is compared with."""
    ceiling = _decimal(product.lowest_7d)
    if ceiling is not None:
        yield from _references(page, page.view.text, ceiling)


def _references(page: Page, text: str, ceiling: Decimal) -> Iterator[Finding]:
    for match in _REFERENCE.finditer(text):
        value = _decimal(match["n"])
        if value is not None and value > ceiling:
            yield page.finding(
                "fact.reference_above_lowest", "block", match.start("n"), match.end("n"),
                f"拿来比较的价格 {_money(value)} 元高于近7日最低成交价 {_money(ceiling)} 元。", law=LAW,
                suggestion=f"最多只能和近7日最低成交价 {_money(ceiling)} 元比。", replacement=_money(ceiling),
            )  # fmt: skip


def _savings(page: Page, text: str, price: Decimal, ceiling: Decimal) -> Iterator[Finding]:
    for match in _SAVING.finditer(text):
        value = _decimal(match["n"])
        if value is None or price + value <= ceiling or _CONDITION.search(_clause(text, match)):
            continue
        most = max(ceiling - price, Decimal(0))
        yield page.finding(
            "fact.saving_above_lowest", "block", match.start(), match.end(),
            f"活动价 {_money(price)} 元加上这里的 {_money(value)} 元，是和 {_money(price + value)} 元比，"
            f"高于近7日最低成交价 {_money(ceiling)} 元。", law=LAW,
            suggestion=f"最多只能说比近7日最低成交价省 {_money(most)} 元。" if most else "这个价格不比近7日低，不要说便宜了多少。",
        )  # fmt: skip


def _cheaper(page: Page, text: str, price: Decimal, ceiling: Decimal) -> Iterator[Finding]:
    if price < ceiling:
        return
    for match in _CHEAPER.finditer(text):
        yield page.finding(
            "fact.not_cheaper", "block", match.start(), match.end(),
            f"活动价 {_money(price)} 元不低于近7日最低成交价 {_money(ceiling)} 元，不能说比平时便宜。", law=LAW,
            suggestion="删去比较，只写现在的价格。",
        )  # fmt: skip


def _ceiling(brief: Brief) -> Decimal | None:
    """The highest price that may be compared with: of several goods the dearest, so that no true sentence is barred."""
    found = [_decimal(product.lowest_7d) for product in _offered(brief)]
    known = [value for value in found if value is not None]
    return max(known) if known and len(known) == len(found) else None


def _offered(brief: Brief) -> list[ProductSheet]:
    codes = brief.campaign.products if brief.campaign else ()
    return [product for product in brief.products if not codes or product.code in codes]


def _price(campaign: CampaignSheet | None) -> Decimal | None:
    """What one piece of the one product on offer costs; None for bundles and for several goods."""
    if campaign is None or len(campaign.products) != 1 or _BUNDLE.search(campaign.rules):
        return None
    return _decimal(campaign.price)


def _clause(text: str, match: re.Match[str]) -> str:
    """The clause around a match and the one before it: a condition may stand in either."""
    ends = [0, *(end.end() for end in _CLAUSE.finditer(text, 0, match.start()))]
    after = _CLAUSE.search(text, match.end())
    return text[ends[-2] if len(ends) > 1 else 0 : after.start() if after else len(text)]


def _decimal(written: str) -> Decimal | None:
    try:
        return Decimal(written.replace(",", "")) if written else None
    except InvalidOperation:
        return None


def _money(value: Decimal) -> str:
    return format(value.normalize(), "f")
