"""Which campaign a SOP slot speaks of, and at which stage of it.

A timetable never names its campaign; a person sees it from date, kind and words (明天16点面膜秒杀). The same evidence is weighed here:
an explicit moment that is the campaign's start or end, the product's name, the campaign's own words and price, the
kind on the start instant, closeness in time. A row that comes round every week needs far more than a dated one, so
that a weekly gift day is never mistaken for the campaign it happens to fall into.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from content_calendar.facts import written
from content_calendar.plan.offers import KIND_WORDS, Offer, common, mention
from content_calendar.plan.slots import Slot
from prompts.brief import FactKind, Stage

SPEAKING = frozenset(
    {
        "teaser",
        "launch",
        "flash_sale",
        "spend_and_save",
        "discount",
        "member_day",
        "game",
        "last_call",
        "reminder",
        "status",
    }
)
ENOUGH_DATED = 4.0
ENOUGH_RECURRING = 9.0
ON_THE_DOT = timedelta(minutes=1)
CLOSING = timedelta(hours=12)  # a last call stands within half a day of the end
SOON = timedelta(hours=36)  # a reminder stands within a day and a half of the start
OPENING = timedelta(minutes=15)
_ARRIVED = re.compile("到货|收到|晒单|开箱|到手")
_PROGRESS = re.compile("余量|还剩|剩余|库存|赠品|发货|首晚|第一夜|进度|售罄")
_THRESHOLD = re.compile(r"满\s*(\d+)")


@dataclass(frozen=True)
class _Seen:
    """What a slot's theme says, read once and weighed against every offer."""

    slot: Slot
    theme: str
    moments: tuple[datetime, ...]
    prices: frozenset[str]
    thresholds: frozenset[str]


def attach(slots: Iterable[Slot], offers: Sequence[Offer]) -> list[Slot]:
    """The slots with campaign, stage and further campaigns filled in where the evidence suffices."""
    return [_attached(slot, offers) if offers else slot for slot in slots]


def _attached(slot: Slot, offers: Sequence[Offer]) -> Slot:
    near = [
        item for item in offers if slot.tier in item.tiers and item.first_day <= slot.day <= item.last_day
    ]
    if not near or slot.standing != "free":
        return slot
    if slot.kind == "showcase":
        return _showcase(slot, near)
    if slot.kind not in SPEAKING:
        return slot
    seen = _read(slot, near[0])
    best_score, best = max(((score(seen, item), item) for item in near), key=lambda pair: pair[0])
    if best_score < (ENOUGH_DATED if slot.dated else ENOUGH_RECURRING):
        return slot
    slot = replace(slot, campaign=best.code, campaign_id=best.id, stage=stage(slot, best))
    return replace(slot, also=also(slot, near))


def _read(slot: Slot, any_offer: Offer) -> _Seen:
    theme = written.fold(slot.theme)
    where = any_offer.zone
    named = [item.at for item in written.moments(theme, day=slot.day, where=where)]
    named += [slot.due_at + span for span in written.later(theme)]
    values = written.extract(theme, day=slot.day, where=where)
    return _Seen(
        slot=slot, theme=theme, moments=tuple(named),
        prices=frozenset(item.value for item in values if item.kind is FactKind.price),
        thresholds=frozenset(_THRESHOLD.findall(theme)),
    )  # fmt: skip


def score(seen: _Seen, offer: Offer) -> float:
    """The weight of evidence that the slot speaks of ``offer``; about 4 is what a person would bet on."""
    return _words(seen, offer) + _moments(seen, offer) + _fit(seen.slot, offer) + _closeness(seen.slot, offer)


def _words(seen: _Seen, offer: Offer) -> float:
    goods = max((mention(seen.theme, name) for name in offer.goods), default=0)
    weight = min(4.0, 2.0 + goods / 2) if goods else 0.0
    run = common(seen.theme, offer.name)
    weight += 3.0 if run >= 3 else (1.0 if run == 2 else 0.0)
    if any(word in seen.theme for word in KIND_WORDS.get(offer.kind, ())):
        weight += 2.0
    weight += 2.0 if offer.price and offer.price in seen.prices else 0.0
    if seen.thresholds:  # 满99 is not the campaign that says 满299
        weight += 3.0 if all(f"满{number}" in offer.rules for number in seen.thresholds) else -8.0
    return weight


def _moments(seen: _Seen, offer: Offer) -> float:
    edges = (offer.start, offer.end)
    if any(abs(at - edge) < ON_THE_DOT for at in seen.moments for edge in edges):
        return 5.0
    return 0.0


def _fit(slot: Slot, offer: Offer) -> float:
    """How well the kind suits the campaign at this moment."""
    due, start, end = slot.due_at, offer.start, offer.end
    if slot.kind == offer.kind and abs(due - start) < ON_THE_DOT:
        return 6.0
    if slot.kind == "last_call":
        return 3.0 if timedelta(0) < end - due <= CLOSING and due > start else -5.0
    if slot.kind == "reminder":
        return 3.0 if timedelta(0) < start - due <= SOON else (0.0 if due < end else -5.0)
    if slot.kind == "teaser":
        fresh = 1.0 if offer.kind == "launch" else 0.0
        return 3.0 + fresh if due < start else -6.0
    if slot.kind == "status":
        told = 2.0 if _PROGRESS.search(slot.theme) else 0.0
        return 1.5 + told if due >= start else -6.0
    if slot.kind == offer.kind:
        return 2.0 if slot.dated and start <= due < end else -1.0
    return -4.0  # another sort of offer


def _closeness(slot: Slot, offer: Offer) -> float:
    away = min(abs(slot.due_at - offer.start), abs(slot.due_at - offer.end))
    return 1.0 / (1.0 + away / timedelta(days=1))


def _spoken_of(seen: _Seen, offer: Offer) -> bool:
    """True when the theme names a second campaign outright: its start or end by the clock, and a word of it."""
    return _moments(seen, offer) > 0 and _words(seen, offer) >= 2.0


def also(slot: Slot, offers: Sequence[Offer]) -> tuple[str, ...]:
    """Codes of further campaigns that a slot's theme names outright, besides its own."""
    near = [
        item for item in offers if slot.tier in item.tiers and item.first_day <= slot.day <= item.last_day
    ]
    return tuple(
        item.code for item in near if item.code != slot.campaign and _spoken_of(_read(slot, item), item)
    )


def _showcase(slot: Slot, near: Sequence[Offer]) -> Slot:
    """A showcase that asks what arrived belongs to the campaign that ended the day before."""
    ended = [item for item in near if item.end <= slot.due_at and item.kind != "game"]
    named = [item for item in ended if any(mention(slot.theme, name) for name in item.goods)]
    if not named and not (ended and _ARRIVED.search(slot.theme)):
        return slot
    best = max(named or ended, key=lambda item: item.end)
    return replace(slot, campaign=best.code, campaign_id=best.id, stage="showcase")


def stage(slot: Slot, offer: Offer) -> Stage:
    """Where in the campaign's arc this slot stands."""
    due = slot.due_at
    if due < offer.start:
        return "warm_up"
    if due >= offer.end:
        return "showcase"
    if slot.kind == "last_call":
        return "last_call"
    if due - offer.start < OPENING and slot.kind != "status":
        return "start"
    return "status"
