"""The last look before a text leaves the offline writer: nothing leaked, nothing forbidden, no number without a source.

These are not the product's checks (those judge every author alike, with reasons and law); this only makes the writer throw away an attempt that
it can see is wrong, or the one line of it that is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache

from prompts import live
from prompts.brief import Brief

INTERNAL = re.compile(
    r"[高中低]层级|层级|潜客|转化率?|铺垫|SOP|触达|私域|引流|裂变|拉新|促活|留存|GMV|客单|复购率|备注|话术|AIDMA|briefs?\b",
    re.IGNORECASE,
)
PRESSURE = re.compile(
    r"错过|再等一年|手慢无|仅此一次|最后机会|赶紧|速抢|疯抢|闭眼入|必买|全网最低|史上|天花板|绝绝子|冲鸭|集美|姐妹们冲|yyds|赋能|让我们一起|在这个.{1,10}的季节|不仅.{1,16}而且",
    re.IGNORECASE,
)
ABSOLUTE = re.compile(
    r"最好(?!先|在|是|别|不要|提前)|最佳(?!赏味|使用|食用|饮用)|最优|最强|最低(?!成交价)|最高级|国家级|顶级|顶尖|第一品牌|第一名|全网第一|销量第一|唯一|独家|首选|极致|完美|百分百|100%(?!棉|果汁)|绝对|永久|万能|根治|无副作用|零添加|纯天然"
)
_LEFT_OVER = re.compile(
    r"[{}]|\bNone\b|\bnan\b|undefined|XX|××|[\u202a-\u202e\u2066-\u2069\u200b-\u200f]|，。|。，|：：|，，|。。|、。|？。"
)
_URL = re.compile(r"https?://\S+")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_HOUR = re.compile(r"(\d{1,2})\s*[点:：时]")
_MARKER = re.compile(r"(?m)^(?:\d[.、)]\s?|[①-⑩]\s?)|回(?:个|复)?[“「\"]?\d[”」\"]?")


def sources(brief: Brief, derived: Iterable[str] = ()) -> frozenset[str]:
    """Every number that the brief knows, as it may stand in a text."""
    known: set[str] = set(derived)
    for text in _texts(brief):
        known.update(_NUMBER.findall(text))
        known.update(str(int(hour) - 12) for hour in _HOUR.findall(text) if 12 < int(hour) < 24)
    if any(product.lowest_7d for product in brief.products):
        known.add("7")  # 近7日最低成交价 is the name of the price
    for moment in _moments(brief):
        hour = moment.hour
        known.update(
            map(str, (moment.month, moment.day, hour, hour - 12 if hour > 12 else hour, moment.year))
        )
        known.update((f"{hour:02d}", f"{moment.minute:02d}", str(moment.minute)))
    return frozenset(known | {number.rstrip("0").rstrip(".") for number in known if "." in number})


def _texts(brief: Brief) -> Iterable[str]:
    yield from (
        brief.theme,
        brief.remark,
        brief.voice.hours,
        brief.voice.story,
        brief.voice.intro,
        brief.voice.brand,
    )
    yield from (fact.value for fact in brief.facts)
    yield from brief.hooks
    for product in brief.products:
        yield from (product.name, product.spec, product.price, product.lowest_7d, product.selling_points)
        yield from (product.ingredients, product.usage, product.suitable, product.caution, product.filing)
    for sheet in (brief.campaign, brief.next_launch):
        if sheet:
            yield from (sheet.name, sheet.price, sheet.rules, sheet.gift, sheet.prizes)
            yield f"{sheet.stock} {sheet.limit_per_person}"
    for note in (*brief.knowledge, *brief.scripts):
        yield from (note.question, note.answer)
    yield from (entry.theme for entry in (*brief.today, *brief.tomorrow))


def _moments(brief: Brief) -> Iterable[datetime]:
    yield brief.at
    for sheet in (brief.campaign, brief.next_launch):
        if sheet:
            yield from (moment for moment in (sheet.start_at, sheet.end_at, sheet.warmup_at) if moment)
    yield from (entry.at for entry in (*brief.today, *brief.tomorrow))


def stray_numbers(text: str, known: frozenset[str]) -> list[str]:
    """The numbers in a text that come from nowhere."""
    bare = _MARKER.sub("", live.TOKEN.sub("", _URL.sub("", text)))
    return [number for number in _NUMBER.findall(bare) if number not in known]


def fault(line: str, brief: Brief, known: frozenset[str]) -> str:
    """What is wrong with a line, in one word for the writer's own use; empty when nothing is."""
    return unfit(line, brief) or ("number" if stray_numbers(line, known) else "")


def unfit(words: str, brief: Brief) -> str:
    """What is wrong with words as such, wherever they stand; a brand's and its goods' own names are left in peace."""
    names = (brief.voice.brand, *(product.name for product in brief.products))
    return _unfit(words, brief.voice.forbidden, names)


@lru_cache(maxsize=8192)
def _unfit(words: str, forbidden: tuple[str, ...], names: tuple[str, ...]) -> str:
    if _LEFT_OVER.search(words):
        return "left_over"
    if any(word in words for word in forbidden):
        return "forbidden"
    for name in names:
        words = words.replace(name, "") if name else words
    return harsh(words)


def harsh(words: str) -> str:
    """What is wrong with words whoever the brand is: the trade's own language, pressure, absolutes."""
    if INTERNAL.search(words):
        return "internal"
    return "pressure" if PRESSURE.search(words) or ABSOLUTE.search(words) else ""
