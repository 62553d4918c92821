"""Numbers and units as people write them: 199元, 共800盒, 每人限购2盒, and what a goods is counted in."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from prompts.brief import CampaignSheet, ProductSheet
from prompts.numerals import COUNTS, WORDS

UNITS = "瓶盒罐支袋包件份张片条箱桶套组杯只双颗块个枚本卷提筒礼听根饼台副对床壶粒串朵辆扎打板贴株盆棵筐篮架顶幅把刀"
_LIMIT = re.compile(rf"(?:限购?|限领|限)\s*(\d+)\s*([{UNITS}])")
_TOTAL = re.compile(rf"(?:共|限量|限)\s*(\d[\d,]*)\s*([{UNITS}])")
_BARE = re.compile(rf"\d[\d,]*\s*([{UNITS}])")
_SHAPES = (
    ("片", "盒"),
    ("条", "盒"),
    ("袋", "盒"),
    ("包", "盒"),
)


def amount(text: str) -> Decimal | None:
    """The number a price cell holds, or None."""
    try:
        value = Decimal(text.replace(",", "").replace("￥", "").replace("¥", "").replace("元", "").strip())
    except InvalidOperation:
        return None
    return value if value.is_finite() and value >= 0 else None


def shown(value: Decimal) -> str:
    """199 for 199.00, 49.9 for 49.90."""
    whole = value.to_integral_value()
    return f"{whole:f}" if value == whole else f"{value.normalize():f}"


def money(text: str) -> str:
    """``199.00`` as ``199``; nothing when the cell holds no number."""
    value = amount(text)
    return shown(value) if value is not None and value > 0 else ""


def numeral(text: str) -> int | None:
    """3 for "3" or "三"; None for anything else."""
    return int(text) if text.isdigit() else COUNTS.get(text)


def in_words(count: int) -> str:
    """两 for 2 (as in 两套), 三 for 3; digits beyond ten."""
    if count == 2:
        return "两"
    return WORDS[count] if 0 <= count <= 10 else str(count)


def unit(product: ProductSheet | None, campaign: CampaignSheet | None, *texts: str) -> str:
    """What the goods is counted in, read from the operator's own words, else from its spec; 件 when nobody says."""
    written = (campaign.rules if campaign else "", *texts)
    for pattern in (_LIMIT, _TOTAL):
        for text in written:
            found = pattern.search(text)
            if found:
                return found.group(2)
    spec = product.spec if product else ""
    for part, whole in _SHAPES:
        if part in spec:
            return whole
    found = _BARE.search(spec)
    return found.group(1) if found else "件"
