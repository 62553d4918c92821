"""Which trade a brand is in, as far as danger is concerned: in food, eating is no accident."""

from __future__ import annotations

import re

_SKIN = re.compile(r"护肤|化妆|美妆|个护|彩妆|美容|洗护")
_FOOD = re.compile(r"食|零食|坚果|茶|饮|咖啡|烘焙|生鲜|水果|粮|餐|奶|酒|糕|调味")


def trade_of(industry: str) -> str:
    """skin, food or other, from the brand's own word for its industry."""
    if _SKIN.search(industry):
        return "skin"
    return "food" if _FOOD.search(industry) else "other"
