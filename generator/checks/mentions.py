"""The quantities a text names: prices, percentages, counts, sizes, durations, codes, addresses.

Works on a plain text (see :mod:`generator.checks.views`). Each stretch of the text is read once, the most
specific reading first: an address is not a row of numbers, SPF50 is not fifty of something, and the 8 of
8点 is no count.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from generator.checks import moments, numerals
from prompts import live


class Sort(StrEnum):
    """What kind of quantity a mention is; each kind is judged by its own rule."""

    money = "money"
    percent = "percent"
    discount = "discount"  # 7折
    goods = "goods"  # 瓶 盒 份 …
    people = "people"
    points = "points"  # 积分
    step = "step"  # 步 条 次 …: the text's own structure
    duration = "duration"
    size = "size"
    bare = "bare"


@dataclass(frozen=True, slots=True)
class Mention:
    """A quantity at ``start:end``; ``approximate`` for 几, 多, 十几; ``chinese`` when written 两, 三十."""

    sort: Sort
    value: Decimal | None
    unit: str
    start: int
    end: int
    chinese: bool = False
    approximate: bool = False
    listed: bool = False  # "1." at the head of a line


@dataclass(frozen=True, slots=True)
class Code:
    """A word with digits in it (spf50+, mh-ht-2026-014, 国妆特字20259911) at ``start:end``."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Reading:
    """All that a text names."""

    mentions: tuple[Mention, ...]
    days: tuple[moments.Day, ...]
    clocks: tuple[moments.Clock, ...]
    codes: tuple[Code, ...]
    urls: tuple[Code, ...]


_UNITS: dict[Sort, str] = {
    Sort.money: "块钱|元|块(?!头)|圆(?!润|形)|rmb",
    Sort.percent: "%|个百分点",
    Sort.discount: "折(?!叠|腾|扣)",
    Sort.points: "个?积分|分(?=抵|兑|换)",
    Sort.people: "个人|位|名|人(?!份|次)|个(?=宝|姐妹|小伙伴|朋友|幸运|中奖|名额)",
    Sort.duration: "个?小时|分钟|秒钟|秒(?!杀)|个?工作日|个?星期|个?月(?!饼|亮|光)|周(?![一二三四五六日天年])|天(?!然|气|生)|日(?!常|子|晒|期)|年(?!货|轻|底|末)|刻钟",
    Sort.size: "毫升|ml|千克|公斤|kg|毫克|mg|克(?!服)|g(?![a-z])|厘米|cm|毫米|mm|微米|升(?!级)|l(?![a-z])|斤|寸|米(?![饭色白])|度(?!假)|℃",
    Sort.goods: "瓶|盒|支|罐|管|片|件(?!事|套事)|份|袋|包(?!裹|括|装)|箱|组|套|杯|张|单(?!品|独|次|价|笔)|台|粒|颗|枚|双(?!十|1)|只(?!要|需|用|是|能|有)|卷|桶|提|板|贴|听|串|束|款|种颜色|个名额",
    Sort.step: "个|步|句|条|点|样|种|招|件事|次|遍|下|回|层|圈|滴|勺|口|轮|期|弹|道|题|页|行|版|门|波|项|类|处|段|字|倍|折叠|成(?!分|膜|员|功|人|立|为|本|品)|号|泵|级|岁|代|场|季|栏|步骤",
}  # fmt: skip
_NAMES = "|".join(f"(?P<{sort}>{pattern})" for sort, pattern in _UNITS.items())
_NUMBER = re.compile(
    rf"(?P<sign>¥|rmb\s?)?(?<![\d.])(?:(?P<arabic>{numerals.ARABIC})\s?(?P<scale>万|千|百(?!分|搭)|亿|k(?![a-z])|w(?![a-z]))?|(?P<cn>{numerals.CHINESE}))(?P<more>多|余(?!量|下)|几|来(?=[个位件]))?\s?(?:{_NAMES})?"
)
_URL = re.compile(r"https?://[^\s，。；、！？）)」】》\"'<>⟦⟧]{1,400}|(?<![a-z0-9@])www\.[a-z0-9./_-]{3,200}")
_CODE = re.compile(
    r"[\u4e00-\u9fff]{0,6}(?:妆|健|食|械|药)[\u4e00-\u9fff]{0,5}(?:字|注|备)[\u4e00-\u9fffa-z（）()]{0,8}\d{4,20}"
    r"|(?<![a-z0-9])(?:(?:[a-z]{1,12}-?){1,3}\d[a-z0-9]*(?:-\d[a-z0-9]*){0,3}\+{0,5}|pa\+{1,5}|\d{1,4}[a-z](?![a-z0-9])(?<![gl]))"
)
_HEAD = re.compile(r"(?m)^[ \t]*[(（【]?(?P<n>\d{1,2})(?:[.、)）】](?=\D|$)|[ \t](?=[^\d\s]))")
_ORDINAL = re.compile(r"第[0-9一二三四五六七八九十百几]{1,4}")
_EVENT_NAMES = re.compile(
    r"双(?:11|12|十一|十二|旦)|6\.?18(?=大促|年中|[预活狂返]|$)|三八|38节|3\.8|5\.?20(?=[表告大快礼]|$)|315|12315|99划算|1对1|一对一|24小时(?=客服|在线)|二选一|7[x×*]24"
)


def read(text: str, today: date) -> Reading:
    """Everything ``text`` names; ``today`` is the day relative words count from."""
    tokens = [match.span() for match in live.TOKEN.finditer(text)]
    rest = _blanked(text, tokens)
    urls = [Code(m.group(), m.start(), m.end()) for m in _URL.finditer(rest)]
    rest = _blanked(rest, [(url.start, url.end) for url in urls])
    rest = _blanked(rest, [match.span() for match in _EVENT_NAMES.finditer(rest)])
    codes = [Code(m.group(), m.start(), m.end()) for m in _CODE.finditer(rest)]
    rest = _blanked(rest, [(code.start, code.end) for code in codes])
    days = tuple(moments.days(rest, today))
    rest = _blanked(rest, [(day.start, day.end) for day in days if not day.near])
    clocks = tuple(moments.clocks(rest))
    rest = _blanked(rest, [(clock.start, clock.end) for clock in clocks])
    rest = _blanked(rest, [match.span() for match in _ORDINAL.finditer(rest)])
    return Reading(tuple(_mentions(rest)), days, clocks, tuple(codes), tuple(urls))


def _blanked(text: str, spans: list[tuple[int, int]]) -> str:
    """``text`` with the stretches ``spans`` replaced by a sign no pattern knows, lengths kept."""
    if not spans:
        return text
    pieces, at = [], 0
    for start, end in sorted(spans):
        if start >= at:
            pieces += [text[at:start], "\x00" * (end - start)]
            at = end
    return "".join([*pieces, text[at:]])


def _mentions(text: str) -> Iterator[Mention]:
    heads = {match.start("n"): match for match in _HEAD.finditer(text)}
    for match in _NUMBER.finditer(text):
        start = match.start("arabic") if match["arabic"] else match.start("cn")
        head = heads.get(start)
        if head is not None and head.end("n") == match.end("arabic"):
            yield Mention(Sort.step, Decimal(head["n"]), "", start, head.end("n"), listed=True)
            continue
        mention = _mention(match, text)
        if mention is not None:
            yield mention


def _mention(match: re.Match[str], text: str) -> Mention | None:
    sort, unit = _unit(match)
    written = match["cn"]
    if written is None:
        value: Decimal | None = numerals.arabic(match["arabic"], match["scale"] or "")
    elif sort is Sort.bare or (written in {"一", "半"} and sort in {Sort.step, Sort.people}):
        return None  # 一起, 三思, 一样: words, not counts
    else:
        value = numerals.chinese(written)
    approximate = bool(match["more"]) or value is None
    return Mention(sort, value, unit, match.start(), match.end(), written is not None, approximate)


def _unit(match: re.Match[str]) -> tuple[Sort, str]:
    if match["sign"]:
        return Sort.money, "元"
    for sort in _UNITS:
        if match[sort]:
            return sort, "元" if sort is Sort.money else match[sort]
    return Sort.bare, ""
