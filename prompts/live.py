"""Live tokens: places in an approved text that are filled at send time.

A status post says how much is left, which nobody knows when it is written. The text carries a token such
as ``⟦stock:MH105⟧``; at send time the source is asked, and a line whose value is not known is left
out, never guessed (promise 4). The approval covers the text with its tokens.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from prompts.brief import Brief, FactKind

TOKEN = re.compile(r"⟦([a-z_]+)(?::([^⟦⟧\s]{1,80}))?⟧")

# name -> what the desk calls it
NAMES: Mapping[str, str] = {
    "stock": "商品余量",
    "campaign_stock": "活动余量",
    "gift_stock": "赠品余量",
    "time_left": "剩余时间",
    "as_of": "统计时间",
}


def keys(text: str) -> tuple[str, ...]:
    """The live keys a text asks for, in order of appearance: ``stock:MH105``."""
    return tuple(match.group(0)[1:-1] for match in TOKEN.finditer(text))


def fill(text: str, values: Mapping[str, str]) -> str:
    """Fill tokens from ``values`` (key → text); a line with an unknown value is dropped whole."""
    lines = []
    for line in text.split("\n"):
        wanted = keys(line)
        if any(key not in values for key in wanted):
            continue
        lines.append(TOKEN.sub(lambda match: values[match.group(0)[1:-1]], line))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")


class Offer(NamedTuple):
    """A token a text may carry: how it is written, what it becomes, and the unit to write behind it."""

    token: str
    label: str
    unit: str


def offered(brief: Brief, names: Iterable[str]) -> tuple[Offer, ...]:
    """The live tokens a text for ``brief`` may carry, given the token names its kind allows."""
    wanted = set(names)
    facts = (fact for fact in brief.facts if fact.kind is FactKind.live)
    offers = (Offer(f"⟦{fact.value}⟧", fact.label, fact.unit) for fact in facts)
    return tuple(
        offer
        for offer in offers
        if (match := TOKEN.fullmatch(offer.token)) and match.group(1) in wanted and match.group(1) in NAMES
    )
