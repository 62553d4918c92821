"""What of a source may still be said now: sentences about days that have passed, campaigns that are over and prices
that have changed are left out, never offered as current."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Literal

from generator.replies.retrieval.goods import Goods
from prompts.reply import CampaignRecord, Corpus

Phase = Literal["before", "on", "over"]
_DAY = re.compile(r"(?<!\d)(1[0-2]|0?[1-9])\s?月\s?(3[01]|[12]\d|0?[1-9])\s?[日号]?")
_SENTENCE = re.compile(r"(?<=[。！？!?～~\n])")
_FULL_CUT = re.compile(r"满\s?(\d+)[^，,。]{0,4}减\s?(\d+)")
_COUNT = re.compile(r"(?<![\d.])(\d{2,6})\s?(盒|瓶|支|份|套|单|名|张|罐|件|组)(?![\d])")
_PRICED = re.compile(r"^\s?(?:是|要|卖|只要|：|:)?\s?(\d{1,5}(?:\.\d{1,2})?)(?=[元块、，,。；]|$)")


@dataclass(frozen=True, slots=True)
class Current:
    """What is left of a text, and the campaign it speaks of when that is not on."""

    text: str
    whole: bool  # nothing was left out
    campaign: CampaignRecord | None = None
    phase: Phase = "on"


def phase(campaign: CampaignRecord, now: datetime) -> Phase:
    """Where a campaign stands at ``now``."""
    if now < campaign.sheet.start_at:
        return "before"
    return "on" if now < campaign.sheet.end_at else "over"


def current(text: str, corpus: Corpus, goods: Goods, now: datetime) -> Current:
    """The part of a reviewed text that still holds."""
    sentences = [part for part in _SENTENCE.split(text.strip()) if part.strip()]
    kept = [
        part
        for part in sentences
        if not _past(part, now.date()) and not _other_price(part, corpus, goods, now)
    ]
    campaign = spoken_of(text, corpus)
    stands = phase(campaign, now) if campaign is not None else "on"
    if stands == "over":
        kept = [part for part in kept if not _of_campaign(part, campaign)]
    return Current("".join(kept).strip(), len(kept) == len(sentences), campaign, stands)


def _past(sentence: str, today: date) -> bool:
    """Every day the sentence names lies before today; a year is taken so that the day is nearest."""
    days = [day for match in _DAY.finditer(sentence) if (day := _nearest(match, today)) is not None]
    return bool(days) and max(days) < today


def _nearest(match: re.Match[str], today: date) -> date | None:
    found: list[date] = []
    for year in (today.year - 1, today.year, today.year + 1):
        try:
            found.append(date(year, int(match[1]), int(match[2])))
        except ValueError:
            continue
    return min(found, key=lambda day: abs((day - today).days)) if found else None


def spoken_of(text: str, corpus: Corpus) -> CampaignRecord | None:
    """The campaign whose own numbers the text gives (满299减40, 800盒)."""
    return next((campaign for campaign in corpus.campaigns if _of_campaign(text, campaign)), None)


def _of_campaign(text: str, campaign: CampaignRecord | None) -> bool:
    if campaign is None:
        return False
    sheet = campaign.sheet
    cuts, counts = _numbers(f"{sheet.rules} {sheet.gift} {sheet.prizes}")
    said_cuts, said_counts = _numbers(text)
    if cuts & said_cuts:
        return True
    return sheet.kind != "launch" and any(int(count) >= 50 for count, _ in counts & said_counts)


@lru_cache(maxsize=1024)
def _numbers(text: str) -> tuple[frozenset[tuple[str, ...]], frozenset[tuple[str, ...]]]:
    """What a text says of full-cuts (满299减40) and of counts (800盒)."""
    return (
        frozenset(match.groups() for match in _FULL_CUT.finditer(text)),
        frozenset(match.groups() for match in _COUNT.finditer(text)),
    )


def _other_price(sentence: str, corpus: Corpus, goods: Goods, now: datetime) -> bool:
    """润唇膏39 in a reviewed text, while the product row says 45."""
    if goods.pattern is None:
        return False
    for match in goods.pattern.finditer(sentence):
        price = _PRICED.match(sentence[match.end() : match.end() + 12])
        if price and price[1].lstrip("0") not in _prices(goods.codes[match[0]], corpus, now):
            return True
    return False


def _prices(codes: frozenset[str], corpus: Corpus, now: datetime) -> frozenset[str]:
    told = {
        price
        for record in corpus.products
        if record.sheet.code in codes
        for price in (record.sheet.price, record.sheet.lowest_7d)
    }
    told |= {
        record.sheet.price for record in corpus.campaigns
        if codes & set(record.sheet.products) and phase(record, now) != "over"
    }  # fmt: skip
    return frozenset(price for price in told if price)
