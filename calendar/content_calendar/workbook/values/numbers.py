"""Money and counts: ￥199, 1,280, １２８０, 1.2万, 199.00元, 6条, 前500份; and what is no number at all.

A range (199-259) or an approximation of a price is refused: a text may only state what is exactly known.
"""

from __future__ import annotations

import math
import re
from decimal import Decimal, InvalidOperation

from content_calendar.workbook.values.numerals import to_digits
from content_calendar.workbook.values.text import BRACKETED, Raw, half
from content_calendar.workbook.values.unreadable import Unreadable

HIGHEST_PRICE = Decimal(10_000_000)
HIGHEST_COUNT = 2_000_000_000
_NUMBER = (
    r"(?P<sign>[-−]?)(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)\s*(?P<scale>万|w|千|k|亿)?"
)
_PRICE = re.compile(
    rf"(?:[¥￥$]|rmb|cny|人民币|单价|价格|仅|只要)?\s*{_NUMBER}\s*"
    r"(?:(?:元|块钱|块|圆|rmb|cny|¥)\s*(?:整|1\s*[\u4e00-\u9fff]{1,2})?)?\s*(?:(?:/|每)\s*[\u4e00-\u9fff]{1,2})?\Z"
)
_COUNT = re.compile(
    rf"(?:前|共计|共|合计|总计|限量|每人限购|每人限|限购|每人|限|约|余|剩余|剩|库存|每日|每天|上限|最多|不超过)*\s*{_NUMBER}\s*\+?"
    r"(?:[\u4e00-\u9fff]{1,3}|pcs|/[\u4e00-\u9fff]{1,3}|[\u4e00-\u9fff]{1,2}/[\u4e00-\u9fff]{1,2})?\s*(?:以内|左右)?\Z"
)
_SCALE = {"万": 10_000, "w": 10_000, "千": 1_000, "k": 1_000, "亿": 100_000_000}
_UNLIMITED = frozenset({"不限", "无限", "不限量", "不限购", "无限制", "不设限", "充足", "不限制"})


def _price_wanted() -> Unreadable:
    return Unreadable("not_a_price", "一个价格，如 199 或 49.9", "a price, like 199 or 49.9")


def _number_wanted() -> Unreadable:
    return Unreadable("not_a_number", "一个整数，如 800", "a whole number, like 800")


def parse_price(raw: Raw) -> Decimal:
    """Yuan, at most two decimals, without trailing zeros ("199", "49.9")."""
    value = _decimal(raw, _PRICE)
    if value is None:
        raise _price_wanted()
    if value < 0:
        raise Unreadable("negative_price", "不小于 0 的价格", "a price of zero or more")
    if value > HIGHEST_PRICE:
        raise Unreadable("out_of_range", f"不超过 {HIGHEST_PRICE} 元的价格", f"a price up to {HIGHEST_PRICE}")
    cents = value.quantize(Decimal("0.01"))
    if abs(cents - value) > Decimal("0.000001"):
        raise Unreadable("not_a_price", "精确到分的价格，如 49.9", "a price with at most two decimals")
    return tidy_decimal(cents)


def tidy_decimal(value: Decimal) -> Decimal:
    """Without trailing zeros and without an exponent: 199.00 → 199, 49.90 → 49.9."""
    value = value.normalize()
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value


def parse_count(raw: Raw, *, negative: str = "negative_number") -> int:
    """A whole number of things, with or without a unit; ``negative`` is the kind of fault of one below zero."""
    value = _decimal(BRACKETED.sub("", raw) if isinstance(raw, str) else raw, _COUNT)
    if value is None or value != value.to_integral_value():
        raise _number_wanted()
    if value < 0:
        raise Unreadable(negative, "不小于 0 的整数", "a whole number of zero or more")
    if value > HIGHEST_COUNT:
        raise Unreadable(
            "out_of_range", f"不超过 {HIGHEST_COUNT} 的整数", f"a whole number up to {HIGHEST_COUNT}"
        )
    return int(value)


def is_unlimited(raw: Raw) -> bool:
    """True for 不限 and its like."""
    return isinstance(raw, str) and half(raw) in _UNLIMITED


def _decimal(raw: Raw, pattern: re.Pattern[str]) -> Decimal | None:
    if isinstance(raw, bool):
        return None
    if isinstance(raw, float | int):
        return Decimal(repr(round(raw, 9))) if math.isfinite(raw) and abs(raw) < 1e15 else None
    if not isinstance(raw, str):
        return None
    match = pattern.match(to_digits(half(raw).lower()))
    if match is None or len(match.group("digits")) > 20:
        return None
    try:
        value = Decimal(match.group("digits").replace(",", "")) * _SCALE.get(match.group("scale") or "", 1)
    except InvalidOperation:
        return None
    return -value if match.group("sign") else value
