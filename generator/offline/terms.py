"""A campaign's rules taken apart into the sentences readers ask for: gift, limit, stacking, reference price, returns."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from generator.offline import numbers
from generator.offline.theme import split
from prompts.brief import CampaignSheet

_THRESHOLD = re.compile(r"满\s*(\d+(?:\.\d+)?)\s*元?\s*(?:立?减|减|省)\s*(\d+(?:\.\d+)?)\s*元?")
_SPEND = re.compile(r"满\s*(\d+(?:\.\d+)?)\s*元?(?=[，,]?\s*(?:随单)?(?:就|即|可|再)?(?:加?送|赠|得))")
_REFERENCE = re.compile(r"近7日最低成交价\s*(?:为|是|：)?\s*(\d+(?:\.\d+)?)\s*元")
_ORDERS = re.compile(r"前\s*(\d+)\s*(单|名|位)")


@dataclass(frozen=True, slots=True)
class Terms:
    """Sentences of the rules by what they are about; an empty string where the rules are silent."""

    stacking: str = ""
    returns: str = ""
    gift: str = ""
    reference: str = ""
    once: str = ""
    shipping: str = ""
    sold_out: str = ""
    first_orders: str = ""
    compare: str = ""


def read(campaign: CampaignSheet | None) -> Terms:
    """Take the rules of a campaign apart."""
    if campaign is None or not campaign.rules:
        return Terms()
    sentences = split(campaign.rules, "。；;\n")
    clauses = [clause for sentence in sentences for clause in split(sentence, "，,")]
    return Terms(
        stacking=_join(c for c in clauses if re.search(r"同用|叠加|同享|积分照常|只减一次", c)),
        returns=_first(s for s in sentences if re.search(r"退", s)),
        gift=_first(c for c in clauses if re.search(r"加?赠|随单送", c) and not re.search(r"退货|赠完", c)),
        reference=_reference(campaign.rules),
        once=_first(c for c in clauses if "只减一次" in c),
        shipping=_first(c for c in clauses if re.search(r"发货|发出", c)),
        sold_out=_first(c for c in clauses if re.search(r"即止|送完为止|赠完即止", c)),
        first_orders=_orders(campaign.rules),
        compare=_first(c for c in clauses if "不划线" in c or "日常价" in c),
    )


def threshold(*texts: str) -> tuple[Decimal, Decimal] | None:
    """(299, 40) from 满299减40 in the first text that says so."""
    for text in texts:
        found = _THRESHOLD.search(text)
        if found:
            return Decimal(found.group(1)), Decimal(found.group(2))
    return None


def spend(*texts: str) -> str:
    """``199`` from 满199元，随单赠…"""
    for text in texts:
        found = _SPEND.search(text)
        if found:
            return numbers.shown(Decimal(found.group(1)))
    return ""


def _reference(rules: str) -> str:
    found = _REFERENCE.search(rules)
    return numbers.shown(Decimal(found.group(1))) if found else ""


def _orders(rules: str) -> str:
    found = _ORDERS.search(rules)
    return f"前{found.group(1)}{found.group(2)}" if found else ""


def _first(found: Iterable[str]) -> str:
    return next(iter(found), "")


def _join(found: Iterable[str]) -> str:
    return "，".join(list(found)[:2])
