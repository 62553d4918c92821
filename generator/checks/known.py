"""What a brief lets a text say: the numbers, moments, names and addresses that have a source.

Built once for a brief by reading every sourced text in it with the same eyes that read the draft. What
groups heard earlier, examples and an editor's wish are no sources: they may be out of date or wrong.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from itertools import pairwise

from generator.checks import mentions, views
from generator.checks.mentions import Sort
from generator.checks.moments import Clock, Day
from prompts.brief import Brief, CampaignSheet, Fact, FactKind

Moment = tuple[date, int]  # a day and minutes since its midnight


@dataclass
class Known:
    """The lookup tables of one brief. ``bare`` holds numbers that stand without a unit in their source."""

    today: date
    numbers: set[tuple[Sort, Decimal, str]] = field(default_factory=set)
    values: set[Decimal] = field(default_factory=set)
    bare: set[Decimal] = field(default_factory=set)
    dates: set[date] = field(default_factory=set)
    weekdays: set[int] = field(default_factory=set)
    minutes: set[int] = field(default_factory=set)
    moments: set[Moment] = field(default_factory=set)
    starts: set[date] = field(default_factory=set)
    ends: set[date] = field(default_factory=set)
    codes: set[str] = field(default_factory=set)
    urls: set[str] = field(default_factory=set)
    names: tuple[str, ...] = ()
    corpus: str = ""

    def date_known(self, day: date) -> bool:
        """True for a day that a source names, and for the days around the post."""
        return day in self.dates or abs((day - self.today).days) <= 1


def known(brief: Brief, facts: tuple[Fact, ...] | None = None) -> Known:
    """What ``brief`` lets a text say; ``facts`` (read again) take the place of its own."""
    table = Known(today=brief.at.date())
    texts = [views.strict(text).text for text in _texts(brief, brief.facts if facts is None else facts)]
    for text in texts:
        _learn_text(table, text)
    for fact in brief.facts if facts is None else facts:
        _learn_fact(table, fact)
    for campaign in filter(None, (brief.campaign, brief.next_launch)):
        _learn_campaign(table, campaign, brief.at)
    _learn_programme(table, brief)
    _learn_products(table, brief)
    if facts is not None:
        _forget_stale(table, brief.facts, facts)
    table.names = tuple({views.strict(name).text for name in _names(brief)})
    table.corpus = "\n".join(texts)
    return table


def _texts(brief: Brief, facts: tuple[Fact, ...]) -> Iterable[str]:
    """Every text in the brief that has a source."""
    yield from (brief.theme, brief.remark, brief.kind_written, *brief.hooks)
    voice, tier = brief.voice, brief.tier
    yield from (voice.hours, voice.story, voice.intro, voice.mall_url, voice.nickname, voice.ai_label)
    yield from (tier.threshold, tier.aim, tier.focus)
    for product in brief.products:
        yield from (product.code, product.name, product.spec, product.selling_points, product.ingredients)
        yield from (product.filing, product.usage, product.suitable, product.caution, product.url)
        yield from (product.evidence, "、".join(product.efficacy))
    for campaign in filter(None, (brief.campaign, brief.next_launch)):
        yield from (campaign.name, campaign.rules, campaign.gift, campaign.prizes)
    for note in (*brief.knowledge, *brief.scripts):
        yield from (note.question, note.answer)
    yield from (f"{fact.label} {fact.value}{fact.unit}" for fact in facts if fact.kind is FactKind.text)
    yield from (fact.value for fact in facts if fact.kind in {FactKind.name, FactKind.url, FactKind.code})
    yield from (programme.theme for programme in (*brief.today, *brief.tomorrow))


@lru_cache(maxsize=2048)
def _read(text: str, today: date) -> mentions.Reading:
    """A brand's rows come up in brief after brief; each is read once a day."""
    return mentions.read(text, today)


def _learn_text(table: Known, text: str) -> None:
    reading = _read(text, table.today)
    for mention in reading.mentions:
        if mention.value is not None and not mention.listed:
            _learn_number(table, mention.sort, mention.value, mention.unit)
    for day in reading.days:
        table.dates.update(day.dates[:1] if day.exact else day.dates if day.weekday is None else ())
        if day.weekday is not None:
            table.weekdays.add(day.weekday)
    for clock in reading.clocks:
        table.minutes.update(clock.minutes)
    for day, clock in _pairs(reading):
        table.moments.update((d, m) for d in day.dates for m in clock.minutes)
    table.codes.update(code.text for code in reading.codes)
    table.urls.update(url.text for url in reading.urls)


def _pairs(reading: mentions.Reading) -> Iterable[tuple[Day, Clock]]:
    """Each time of day with the day last named before it."""
    for clock in reading.clocks:
        before = [day for day in reading.days if day.start <= clock.start]
        if before:
            yield max(before, key=lambda day: day.start), clock


def _learn_number(table: Known, sort: Sort, value: Decimal, unit: str) -> None:
    table.values.add(value)
    if sort is Sort.bare:
        table.bare.add(value)
    else:
        table.numbers.add((sort, value, unit))


def _learn_fact(table: Known, fact: Fact) -> None:
    if fact.kind is FactKind.price:
        _learn_decimal(table, fact.value, Sort.money, "元")
    elif fact.kind is FactKind.amount:
        _learn_text(table, views.strict(f"{fact.value}{fact.unit}").text)
        _learn_decimal(table, fact.value, Sort.bare, "")
    elif fact.kind is FactKind.day or fact.kind is FactKind.moment:
        _learn_iso(table, fact.value)


def _learn_decimal(table: Known, written: str, sort: Sort, unit: str) -> None:
    try:
        value = Decimal(written.replace(",", ""))
    except InvalidOperation:
        return
    if value.is_finite():
        _learn_number(table, sort, value, unit)


def _learn_iso(table: Known, written: str) -> None:
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return
    if len(written) <= 10:
        table.dates.add(moment.date())
    else:
        _learn_moment(table, moment)


def _learn_moment(table: Known, moment: datetime) -> None:
    day, minute = moment.date(), moment.hour * 60 + moment.minute
    table.dates.add(day)
    table.minutes.add(minute)
    table.moments.add((day, minute))
    if minute == 0:  # midnight is also the day before's 24:00
        table.minutes.add(1440)
        table.moments.add((day - timedelta(days=1), 1440))


def _learn_campaign(table: Known, campaign: CampaignSheet, now: datetime) -> None:
    moments = [campaign.start_at, campaign.end_at, *filter(None, [campaign.warmup_at])]
    for moment in moments:
        _learn_moment(table, moment)
    table.starts.add(campaign.start_at.date())
    table.ends.add(campaign.end_at.date())
    _learn_decimal(table, campaign.price, Sort.money, "元")
    for count in (campaign.stock, campaign.limit_per_person):
        if count is not None:
            _learn_number(table, Sort.bare, Decimal(count), "")
    for earlier, later in pairwise(sorted({now, campaign.start_at, campaign.end_at})):
        _learn_gap(table, later - earlier)
    _learn_gap(table, abs(campaign.end_at - now))


def _learn_gap(table: Known, gap: timedelta) -> None:
    """ "还有3小时" has its source in the two moments it lies between."""
    minutes = int(gap.total_seconds()) // 60
    if minutes % 60 == 0:
        for unit in ("小时", "个小时"):
            _learn_number(table, Sort.duration, Decimal(minutes // 60), unit)
    if minutes % 30 == 0:
        _learn_number(table, Sort.duration, Decimal(minutes) / 60, "小时")
    if minutes <= 120:
        _learn_number(table, Sort.duration, Decimal(minutes), "分钟")
    _learn_number(table, Sort.duration, Decimal(-(-minutes // 1440)), "天")
    _learn_number(table, Sort.duration, Decimal(minutes // 1440), "天")


def _learn_programme(table: Known, brief: Brief) -> None:
    for programme in (*brief.today, *brief.tomorrow):
        _learn_moment(table, programme.at)
    table.dates.add(brief.at.date())
    table.weekdays.add(brief.at.weekday())
    table.minutes.add(brief.at.hour * 60 + brief.at.minute)
    table.moments.add((brief.at.date(), brief.at.hour * 60 + brief.at.minute))


def _learn_products(table: Known, brief: Brief) -> None:
    for product in brief.products:
        for price in (product.price, product.lowest_7d):
            _learn_decimal(table, price, Sort.money, "元")
        if product.stock is not None:
            _learn_number(table, Sort.bare, Decimal(product.stock), "")


def _forget_stale(table: Known, old: tuple[Fact, ...], new: tuple[Fact, ...]) -> None:
    """A value that changed since the brief was built is no longer a source."""
    current = {fact.id: fact.value for fact in new}
    kept = set(current.values())
    for fact in old:
        if current.get(fact.id, fact.value) == fact.value or fact.value in kept:
            continue
        try:
            stale = Decimal(fact.value)
        except InvalidOperation:
            continue
        table.values.discard(stale)
        table.bare.discard(stale)
        table.numbers = {entry for entry in table.numbers if entry[1] != stale}


def _names(brief: Brief) -> Iterable[str]:
    """Names a text may call things by."""
    yield from (product.name for product in brief.products)
    for campaign in filter(None, (brief.campaign, brief.next_launch)):
        yield from (campaign.name, campaign.gift, campaign.prizes)
    yield from (fact.value for fact in brief.facts if fact.kind is FactKind.name)
