"""A search as the reply desk makes it: the question, the goods it names, what risk looks for, campaigns by their time."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType

from generator.replies.question import Source
from generator.replies.retrieval.documents import OF_GOODS, OF_SALES
from generator.replies.retrieval.index import LIKELY, Hit, Index, query
from generator.replies.retrieval.matters import Matter, elsewhere, matters
from generator.replies.retrieval.terms import plain, said
from prompts.reply import CampaignRecord

OF_ANY = OF_GOODS | OF_SALES  # matters that are asked of any product alike
MEANING = 0.4  # what likeness of meaning says beside the words, where an endpoint tells it
NOTHING: Mapping[str, float] = MappingProxyType({})
WEAK = 0.3  # words that fit less are no answer
SURE = 0.5  # a third source that fits so well keeps its place
TAKEN = 0.6  # sureness from which a question is taken to be about a matter
TOLD = 5  # sources named in a reply
LONG_OVER = timedelta(days=3)
ITS_DAY = 0.3  # what naming the weekday adds on which a campaign begins
_NUMBER = re.compile(r"\d+")
_WEEKDAYS = tuple(re.compile(f"周[{signs}]") for signs in ("一", "二", "三", "四", "五", "六", "日天末"))
_HARD_FACT = re.compile(
    r"多少(?:钱|克|毫升|ml|g|倍)|什么价|价格|价钱|几块|怎么卖|几片|几毫升|几克|多大(?!年|一坨|一块|一点)|规格|容量|链接|哪里?(?:买|拍)|买.{0,4}哪|多少钱|倍的|spf.{0,2}(?:多少|几)|几支|库存|有货"
)
_SOFT_FACT = re.compile(
    r"怎么(?:用|涂|抹|擦)|质地|油不油|黏|泛白|味道|什么味|香|颜色|滴管|按压|勺|包装|瓶|薄|厚|破|适合|年纪|功效|成分|含|第一周|早上|晚上|湿敷|备案|注册|眼妆|拔干|干皮|油皮|透气|闷|打字|还有吗|天天|了解|介绍|咋样|怎么样"
)
_ABOUT_CAMPAIGN = re.compile(
    r"\d号|周[一二三四五六日天]|活动|满减|秒杀|福利日|双1[12]|双十[一二]|抽奖|开售|首发|赠品|限购|优惠|折|几点|什么时候(?:开|有|卖)|开卖|奖|送|每人|几盒|还有(?:吗|货|没)|\d+元|才\d+|满\d+"
)


@dataclass(frozen=True)
class Search:
    """What was found: hits best first and the goods the question names.

    ``elsewhere``: the question is surely about a matter that none of the sources speaks of; ``spoken_of``: about one that some do.
    """

    hits: tuple[Hit, ...]
    products: frozenset[str]
    concepts: frozenset[str]
    elsewhere: bool = False
    spoken_of: bool = False

    @property
    def best(self) -> Hit | None:
        """The first hit."""
        return self.hits[0] if self.hits else None

    def sources(self, count: int = TOLD, *, least: float = 0.0) -> tuple[Source, ...]:
        """The first few as sources, those left out that fit less than ``least``."""
        return tuple(source(hit) for hit in self.hits[:count] if hit.fit >= least)


def source(hit: Hit) -> Source:
    """A hit as it is told."""
    document = hit.document
    return Source(document.sheet, document.row, document.key, document.title, round(hit.fit, 3))


def search(
    index: Index, text: str, *, now: datetime, known: tuple[str, ...] = (), hint: str = "",
    cleared: tuple[str, ...] = (), likeness: Mapping[str, float] = NOTHING, danger: bool = False,
) -> Search:  # fmt: skip
    """The sources for ``text``, best first.

    ``hint``: a danger's words to look for besides; ``cleared``: those of dangers that were looked for and not found;
    ``danger``: some was seen, be it not surely; ``known``: goods known to matter; ``likeness``: how near in meaning sources are (0..1), where an endpoint told it.
    """
    named = index.goods.named(text) or index.goods.named(" ".join(known)) or index.goods.wanted(text)
    concepts = said(text)
    asked = _asked(index, text, named, danger=danger)
    hits = index.find(
        query(text, named, hint),
        concepts | said(hint) if hint and not concepts & said(hint) else concepts,
        text,
        named,
        also=likeness,
        matters=asked,
    )
    if hint:
        hits = [_in_class(hit, index.class_of(hint)) for hit in hits]
    elif cleared:
        hits = [_out_of_class(hit, index, cleared) for hit in hits]
    read = plain(text)
    hits = [_timely(_attributes(hit, read, named), now, read) for hit in hits]
    if likeness:
        hits = _meant(hits, likeness)
    hits.sort(key=lambda hit: -hit.score)
    ordered = tuple(hits if hint else _with_the_goods(hits, named))
    return Search(ordered, named, concepts, _elsewhere(index, asked), _spoken_of(index, asked))


def _asked(index: Index, text: str, named: frozenset[str], *, danger: bool) -> Mapping[str, Matter]:
    """The matters of a question. Where it names goods, also what is asked of them whichever they are: 美白精华怎么用 asks for use."""
    found = matters(text, danger=danger)
    if not named:
        return found
    of_goods = {
        key: matter
        for key, matter in matters(index.goods.unnamed(text), danger=danger).items()
        if key in OF_ANY or key in elsewhere()
    }
    return found | {key: max(matter, found.get(key, matter)) for key, matter in of_goods.items()}


def _elsewhere(index: Index, asked: Mapping[str, Matter]) -> bool:
    """The first matter is one that few books answer, and neither does this one."""
    first = next(iter(asked), "")
    return first in elsewhere() and asked[first].sure >= TAKEN and not index.speaks_of(first)


def _spoken_of(index: Index, asked: Mapping[str, Matter]) -> bool:
    """The first matter is one that sources speak of."""
    first = next(iter(asked), "")
    return bool(first) and asked[first].sure >= LIKELY and index.speaks_of(first)


def _with_the_goods(hits: list[Hit], named: frozenset[str]) -> list[Hit]:
    """The row of the one product that is meant stands among the first three: the answer may be in its cells."""
    if len(named) != 1:
        return hits
    at = next(
        (n for n, hit in enumerate(hits) if hit.document.sheet == "商品" and hit.document.products & named), 0
    )
    if at < 3 or hits[2].fit >= SURE:
        return hits
    return [*hits[:2], hits[at], *hits[2:at], *hits[at + 1 :]]


def _in_class(hit: Hit, members: Mapping[str, float]) -> Hit:
    """A source of the danger's own kind comes before what merely names the same goods."""
    share = members.get(hit.document.name, 0.0)
    return replace(hit, score=hit.score * 0.6 + 0.5 * share, fit=min(1.0, hit.fit + 0.2 * share))


def _out_of_class(hit: Hit, index: Index, cleared: tuple[str, ...]) -> Hit:
    """我不过敏: what answers a danger that is not there steps back, but for what is surely asked about."""
    name = hit.document.name
    if hit.met < LIKELY and name in index.stand_for(cleared):
        return replace(hit, score=hit.score * 0.7, fit=hit.fit * 0.7)
    return hit


def _attributes(hit: Hit, read: str, named: frozenset[str]) -> Hit:
    """What only the product's row says (price, size, texture, a spoon) is looked up there."""
    if hit.document.sheet != "商品" or not hit.document.products & named:
        return hit
    gain = 0.5 if _HARD_FACT.search(read) else 0.28 if _SOFT_FACT.search(read) else 0.0
    return replace(hit, score=hit.score + gain, fit=min(1.0, hit.fit + gain)) if gain else hit


def _timely(hit: Hit, now: datetime, read: str) -> Hit:
    """Campaigns count where the question is about one (more when it names their numbers), less when they are over."""
    record = hit.document.record
    if not isinstance(record, CampaignRecord):
        return hit
    sheet = record.sheet
    asks = bool(_ABOUT_CAMPAIGN.search(read))
    told = set(_NUMBER.findall(f"{sheet.price} {sheet.rules} {sheet.gift} {sheet.prizes}"))
    numbers = [number for number in _NUMBER.findall(read) if len(number) > 1]
    gain = 0.18 if any(number in told for number in numbers) and asks else 0.0
    gain += ITS_DAY if _WEEKDAYS[sheet.start_at.weekday()].search(read) and now < sheet.end_at else 0.0
    over = now - sheet.end_at
    weight = (1.0 if asks else 0.55) * (0.6 if over > LONG_OVER else 1.0)
    return replace(hit, score=(hit.score + gain) * weight, fit=min(1.0, hit.fit + gain) * weight)


def _meant(hits: list[Hit], likeness: Mapping[str, float]) -> list[Hit]:
    """The order by words and by meaning; a source that means the same answers, whatever its words.

    The best of sources that all fit badly says little: its words then count in proportion.
    """
    return [
        replace(
            hit,
            score=(1 - MEANING) * hit.score * min(1.0, hit.fit / WEAK) + MEANING * mark,
            fit=max(hit.fit, mark),
        )
        for hit in hits
        for mark in [likeness.get(hit.document.name, 0.0)]
    ]
