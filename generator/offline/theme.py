"""The theme is the operator's own statement of the post; here it is taken apart.

``周一接龙：用带“水”字的成语往下接，随机抽1位送200积分`` becomes a label (周一接龙), clauses, listed points, the question put to
readers, and the wishes that are about the text and never part of it (规则先贴出来, 一次说清, 写明统计时间).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_ASKS = re.compile(r"什么|怎么|哪[一里个种样儿]|多久|多少|为何|要不要|能不能|会不会|是不是")
_QUOTES = {"“": "”", "「": "」", "『": "』", "《": "》", "（": "）", "(": ")", "【": "】", '"': '"'}
_LABEL = re.compile(
    r"(接龙|投票|二选一|猜谜|谜语|谜题|打卡|签到|话题|答题|征集|预告|第[一二三四五六七八九十\d]+[弹期波]|小?常识|小课堂|课堂|手记|秘籍|笔记|集锦|答疑"
    r"|问答|早安|早报|晚安|收工|福利|小礼|礼券|会员日|群规|结果|时间|先看|节气|合影|播报|明天见|冷知识|科普|一问一答|慢护理|三条|小贴士|贴士|公布|开始|提醒|第一夜|早上好|晨间|夜话|来了|上线)$"
)
_META_TAIL = re.compile(
    r"(?:先)?(?:一并|一次|一起|一条|一口气|全都?|都)?(?:先)?(?:说清楚?|讲清楚?|写清楚?|说明白|讲明白|写明白|说完|讲完|答完|讲透|说透|写全|列清单|列出来|列清楚|贴出来|说一声|写上|标清楚?|一起说|一并说|先说)$"
)
_META_WHOLE = re.compile(
    r"^(一条讲完|一次说完|一次说清|一条说清|规则先贴出来|先看规则|附.{0,12}|配图.{0,8}|读完.{0,8}|图文.{0,6}|口径.{0,10}|.{0,4}字以内)$"
)
_ASK = re.compile(
    r"^(?:顺便|先|再)?(?:问问?|请|让|邀请?)(?:大家|各位|群友|粉丝|老友们?|新人们?|新朋友|[^，]{0,3}们)?(?:想一想|说说|聊聊|选一选|猜猜?)?[：:，]?(.{3,})$"
)
_POINT_MAX = 14
_INTERNAL = re.compile(
    r"(?:给|对|向|面向|针对|让|为)?(?:[高中低]层级?(?:用户|社群|群|粉丝|客户)?|潜客|沉默(?:用户|客户|粉丝)|老客户?群|转化|铺垫|SOP|触达|引流|裂变|拉新|促活|私域|层级|运营动作|客单价?|复购率?|GMV|种草)的?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Theme:
    """The parts of a theme; every part is clean text without closing punctuation."""

    whole: str = ""
    label: str = ""
    clauses: tuple[str, ...] = ()  # what the post says, in the operator's words
    points: tuple[str, ...] = ()  # what was enumerated with 、
    topics: tuple[str, ...] = ()  # what the post must explain: 价格、赠品、限购一次说清
    ask: str = ""  # the question put to readers

    @property
    def head(self) -> str:
        """The clause that carries the point."""
        return self.clauses[0] if self.clauses else self.label

    def has(self, pattern: str) -> bool:
        """True when the whole theme contains the pattern."""
        return re.search(pattern, self.whole) is not None


def split(text: str, marks: str) -> list[str]:
    """Split at any of the marks that stands outside quotes and brackets."""
    parts: list[str] = []
    current, closing = "", ""
    for place, char in enumerate(text):
        if closing:
            closing = "" if char == closing else closing
        elif char in _QUOTES and char not in marks:
            closing = _QUOTES[char] if _QUOTES[char] in text[place + 1 :] else ""
        elif char in marks:
            parts.append(current)
            current = ""
            continue
        current += char
    return [part.strip() for part in (*parts, current) if part.strip()]


def parse(text: str, *, hide: tuple[str, ...] = ()) -> Theme:
    """Take a cleaned theme apart. ``hide`` are words readers must not see: names of tiers, forbidden words."""
    whole = _scrub(text, hide)
    if not whole:
        return Theme()
    label, rest = _label(whole)
    clauses: list[str] = []
    points: list[str] = []
    topics: list[str] = []
    ask = ""
    for clause in split(rest, "，,；;。！!"):
        asked = _ASK.match(clause)
        if asked and not ask:
            ask = asked.group(1).strip("？?")
            continue
        kept, topical = _without_wish(clause)
        listed = _listed(kept)
        if topical:
            topics.extend(listed or ([kept] if kept else []))
        elif listed:
            points.extend(listed)
            clauses.append(kept)
        elif kept:
            clauses.append(kept)
    return Theme(whole, label, tuple(clauses), tuple(points), tuple(topics), ask)


def _scrub(text: str, hide: tuple[str, ...]) -> str:
    for word in hide:
        text = text.replace(word, "")
    text = _INTERNAL.sub("", text)
    return re.sub(
        r"^[，、：:；。\s]+|[，、：:；。\s]+$", "", re.sub(r"([，、：；。])[，、：；。\s]+", r"\1", text)
    )


def _label(text: str) -> tuple[str, str]:
    parts = split(text, "：:")
    if len(parts) < 2:
        return "", text
    label, rest = parts[0], "，".join(parts[1:])
    return (label, rest) if len(label) <= 16 else ("", f"{label}，{rest}")


def is_column(label: str) -> bool:
    """True for the name of a column (周一接龙, 一分钟小常识), false for a statement."""
    return bool(_LABEL.search(label)) and not _ASKS.search(label)


def _without_wish(clause: str) -> tuple[str, bool]:
    if _META_WHOLE.match(clause):
        return "", True
    kept = _META_TAIL.sub("", clause).strip("，、")
    return kept, kept != clause


def _listed(clause: str) -> list[str]:
    items = split(clause, "、")
    return items if len(items) >= 2 and all(len(item) <= _POINT_MAX for item in items) else []
