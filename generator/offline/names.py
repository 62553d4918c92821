"""How things are called in passing: the short name of a goods, and what must not be said aloud about a group."""

from __future__ import annotations

import re

from generator.offline import grammar
from prompts.brief import Brief, ProductSheet

_SPEC = re.compile(r"[\sA-Za-z0-9+./％%×（）()-]+")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_DROPPED = "液乳膏霜水装款"
_COMMON = {"福利", "会员", "宠粉", "粉丝", "好物", "优惠", "官方", "专属", "社群", "品牌", "福利官"}


def short(product: ProductSheet, said: str) -> str:
    """The tail of the goods' name that the operators themselves use in ``said`` (面膜 for 透明质酸钠保湿面膜)."""
    return tail(product.name, said)


def tail(full: str, said: str) -> str:
    """The longest tail of a name that stands by itself in ``said``; the whole name when none does.

    A last sign that people drop in speech (美白精华液 → 美白精华) may be missing.
    """
    for whole in (full, full[:-1]) if full[-1:] in _DROPPED else (full,):
        for length in range(min(len(whole) - 1, 8), 1, -1):
            part = whole[-length:]
            before = whole[-length - 1]
            if all(_HAN.match(char) for char in part) and _alone(part, before, said, full):
                return part
    return full


def called(full: str, said: str, others: tuple[str, ...] = ()) -> str:
    """A name as one says it in a list: what operators say, else its known tail, else whole; never one two goods share."""
    bare = _SPEC.sub("", full) or full
    known = grammar.stock("words").get("goods")
    tails = [str(word) for word in known if bare.endswith(str(word))] if isinstance(known, list) else []
    found = [tail(bare, said), *sorted(tails, key=len, reverse=True)]
    rivals = [_SPEC.sub("", other) for other in others if other != full]
    for word in found:
        if len(word) < len(bare) and not any(other.endswith(word) for other in rivals):
            return word
    return bare


def _alone(part: str, before: str, said: str, full: str) -> bool:
    start = said.find(part)
    while start >= 0:
        inside = start > 0 and said[start - 1] == before
        if not inside and not (full.startswith(part) and said.startswith(full, start)):
            return True
        start = said.find(part, start + 1)
    return False


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
