"""How things are called in passing: the short name of a goods, and what must not be said aloud about a group."""

from __future__ import annotations

import re

from prompts.brief import Brief, ProductSheet

_HAN = re.compile(r"[\u4e00-\u9fff]")
_COMMON = {"福利", "会员", "宠粉", "粉丝", "好物", "优惠", "官方", "专属", "社群", "品牌", "福利官"}


def short(product: ProductSheet, said: str) -> str:
    """The tail of the goods' name that the operators themselves use in ``said`` (面膜 for 透明质酸钠保湿面膜)."""
    full = product.name
    for length in range(min(len(full) - 1, 8), 1, -1):
        tail = full[-length:]
        if tail in said and all(_HAN.match(char) for char in tail):
            return tail
    return full


def stem(brief: Brief) -> str:
    """The part of the tier's name that would tell readers which tier they are in (新芽 of 新芽群), or nothing."""
    written = re.sub(r"(粉丝|福利)?(群|社群|层级|层|级|组)$", "", brief.tier.name)
    return written if len(written) >= 2 and written not in _COMMON else ""


def industry(brief: Brief) -> str:
    """skin, food or other: which little stocks of riddles, habits and seasons fit."""
    written = brief.voice.industry
    if re.search(r"护肤|化妆|美妆|个护|彩妆|美容", written):
        return "skin"
    if re.search(r"食|零食|坚果|茶|饮|咖啡|烘焙|生鲜|水果|粮|餐|奶|酒|糕|调味", written):
        return "food"
    return "other"
