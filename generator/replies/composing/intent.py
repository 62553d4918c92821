"""What a customer is after, roughly: small talk, a family of questions, something still unclear."""

from __future__ import annotations

import re
from typing import Literal

from generator.replies.retrieval.terms import bare, plain

Family = Literal["price", "logistics", "aftersale", "skin", "campaign", "ingredient", "other"]
_CHAT: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("hello", re.compile(r"^(?:(?:你|您|大家)?好+(?:呀|啊|的)?|在(?:吗|么|不|嘛)?|有人(?:吗|没|在吗)?|哈[喽啰罗]+|hello|hi|嗨+|早+(?:安|上好|呀|啊)?|晚(?:安|上好)|下午好|中午好|亲+|客服|群主|掌柜|店家|店主|小姐姐|宠粉官)+(?:在吗|在么|在不在|在不|在没|没|吗|呀|啊)?$")),
    ("talk", re.compile(r"^(?:报名|我要?|来)*(?:接龙|打卡|签到)(?:报名|第?[\d一二三四五六七八九十]{1,3}天|成功|完成|来了|啦|了|1)*$")),
    ("thanks", re.compile(r"^(?:好的|嗯+|行|ok)?(?:谢+|感谢|辛苦|多谢|thanks?|thx|3q)(?:谢|你|您|啦|了|亲|哈|老板|宝)*$")),
    ("ok", re.compile(r"^(?:好(?:的|嘞|滴|哒|吧|呀|啊)?|嗯+|哦+|噢+|行(?:吧|的)?|可以(?:的)?|ok+|收到|知道了|我知道了|明白(?:了)?|懂了|了解|没事了?|不用了|算了|先这样|1|6+|👌)+(?:我知道了|谢谢|啦|哈|了)*$")),
    ("laugh", re.compile(r"^(?:哈|嘿|嘻|呵|hh|233|笑死|lol|xswl|太逗了?|绝了|你们|文案|牛|真|好|6|可爱|搞笑|有意思|了)+$")),
)  # fmt: skip
_BUT = re.compile(
    r"(\w{1,2})是\1|但是?|可惜|奈何|不过|除了|下不去|钱包|荷包"
)  # 好看是好看: praise that takes itself back
_PRAISE = re.compile(r"好用|好看|喜欢|不错|回购|爱了|香(?:香的|死了)|真香|惊艳|满意|好评|好好看|巴适|安逸")
_ASKS = re.compile(
    r"[?？吗么嘛]|怎么|什么|多少|几|哪|能不能|可不可以|可以|如何|为什么|谁|行不|会不会|有没有|是不是|不$|没$|呢$|求|推荐|想(?:问|知道|买|要)|咋|啥|多久|要不要|还是|(\w)不\1|发我|帮我|给我|告诉我|想(?:了解|看看|咨询)|介绍|预算|送(?:妈|爸|女|男|老|朋友|闺蜜|婆|同事|礼)"
)
_TROUBLE = re.compile(
    r"没(?!事|问题|关系)|失败|[打进看收点送]不|不(?:了|上去?|到|出来|动|见了?|清楚?|对|行|显示|成功)|错(?!过)|更(?:干|油|红|黄|黑|差|糟)了?|扣|丢|少了|坏|卡住|断|打不开|忘|漏|停"
)
_FAMILIES: tuple[tuple[Family, frozenset[str]], ...] = (
    ("logistics", frozenset({"ship_when", "express", "stuck", "address", "order_check"})),
    ("aftersale", frozenset({"return_goods", "refund", "refund_when", "broken", "invoice", "price_drop", "price_protect",
                             "unusable", "missing", "near_expiry", "genuine"})),
    ("campaign", frozenset({"campaign", "flash", "full_cut", "lottery", "lottery_how", "win", "gift", "launch", "not_got",
                            "when_start", "limit", "member_day", "double12", "coupon", "stacking", "points"})),
    ("price", frozenset({"pricey", "bargain", "price", "compare", "list_price"})),
    ("ingredient", frozenset({"ingredient", "fragrance", "preservative", "alcohol", "ceramide", "origin", "niacinamide",
                              "peptide", "squalane", "hyaluronic", "collagen", "filing", "evidence"})),
    ("skin", frozenset({"sensitive", "oily", "dry", "skin_type", "how_use", "how_often", "how_much", "how_long", "pill",
                        "order_use", "whiten", "sunscreen", "mask", "not_clean", "winter_dry", "suit", "acne"})),
)  # fmt: skip
_POINTS_AT = re.compile(r"这个|这款|这支|这瓶|那个|那款|那支|它|这种")
NO_SELLING = frozenset({
    "return_goods", "refund", "refund_when", "broken", "stuck", "address", "quiet_me", "missing", "expired", "unusable",
    "price_drop", "genuine", "invoice", "sensitive", "reaction", "list_price", "release_goods", "near_expiry", "acne",
    "pregnant", "nursing", "child", "teen", "medicine", "eczema", "in_eye",
})  # fmt: skip


def small_talk(text: str) -> str:
    """hello, thanks, ok, laugh or praise when there is nothing to answer; else empty."""
    read = "".join(re.findall(r"[\w👌]+", plain(text)))
    if not read or len(read) > 40:
        return ""
    for key, shape in _CHAT:
        if shape.match(read):
            return key
    praised = len(read) <= 24 and _PRAISE.search(read) and not _BUT.search(read)
    return "praise" if praised and not _ASKS.search(plain(text)) else ""


def asks(text: str) -> bool:
    """True when the words ask or want something."""
    return bool(_ASKS.search(plain(text)))


def troubled(text: str) -> bool:
    """True when something seems to be amiss, be it not put as a question: 付款显示失败但是扣钱了 is no small talk."""
    return bool(_TROUBLE.search(plain(text)))


def family(concepts: frozenset[str]) -> Family:
    """The family that most of the concepts belong to; the first one on a tie."""
    counted = [(len(concepts & members), -at, name) for at, (name, members) in enumerate(_FAMILIES)]
    count, _, name = max(counted)
    return name if count else "other"


def unclear(text: str, products: frozenset[str], concepts: frozenset[str]) -> str:
    """The follow-up a question needs (product, order, skin, need), or nothing."""
    if concepts & {"stuck", "address", "order_check", "broken"} or {"price_drop", "refund_when"} & concepts:
        return "order"
    if "sensitive" in concepts:
        return "skin"
    about_goods = concepts & {
        "how_use",
        "how_much",
        "size",
        "price",
        "ingredient",
        "fragrance",
        "alcohol",
        "suit",
        "open_life",
    }
    if len(products) != 1 and (_POINTS_AT.search(plain(text)) or (about_goods and not products)):
        return "" if family(concepts) in ("campaign", "logistics", "aftersale") else "product"
    return "need" if len(bare(text)) <= 3 else ""
