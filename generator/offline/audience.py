"""Whom a post speaks to, as far as the tags of its groups say so and may be said aloud.

Only how people live is used (住宿舍, 下班晚, 给爸妈买), never what they bought or spent: a post may not tell a group what is
known of its members. One sentence now and then, for those it fits.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_LIVES: tuple[tuple[str, str], ...] = (
    ("aud_office", r"上班|通勤|写字楼|加班|工位|职场|办公室|久坐"),
    ("aud_parent", r"妈妈|宝妈|孩子|带娃|家长|哄睡"),
    ("aud_student", r"学生|大学|宿舍|在读|考研"),
    ("aud_renter", r"租房|独居|合租|地方小"),
    ("aud_late", r"晚[八九十]点|下班晚|下班[后八九]|夜里|深夜|睡前"),
    ("aud_noon", r"午休|中午|十二点"),
    ("aud_thrifty", r"等券|等满减|等活动|敏感|实惠|比价"),
    ("aud_reader", r"成分党|查备案|配料表|看得细|看规格|看参数"),
    ("aud_new", r"第一次|没买过|先看看|想试|没开始|新手|刚养|刚练"),
    ("aud_family", r"爸妈|给妈妈|给家里|给老人|两份|长辈"),
    ("aud_quiet", r"少说话|潜水|收藏|不说话|只看"),
    ("aud_weekend", r"周末"),
)


def traits(tags: Iterable[str]) -> frozenset[str]:
    """The traits of those who read, from the tags of their groups."""
    words = "；".join(list(tags)[:24])
    return frozenset(trait for trait, pattern in _LIVES if re.search(pattern, words))
