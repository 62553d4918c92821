"""Which facts of the brief a text stands on: what was put into slots, and what can be seen in the words."""

from __future__ import annotations

import re
from collections.abc import Iterable

from generator.offline import names, numbers
from prompts import live
from prompts.brief import Brief, Fact, FactKind

_PRODUCT_PRICE = re.compile(r"^product\.(.+)\.(price|lowest_7d)$")


def facts_in(text: str, brief: Brief, used: Iterable[str]) -> tuple[Fact, ...]:
    """The facts a text rests on, in the brief's order."""
    ids = set(used)
    return tuple(fact for fact in brief.facts if fact.id in ids or _visible(fact, text, brief))


def _visible(fact: Fact, text: str, brief: Brief) -> bool:
    value = fact.value.strip()
    if not value or len(value) > 400:
        return False
    if fact.kind is FactKind.price:
        return _has_number(numbers.money(value), text) and _about(fact, text, brief)
    if fact.kind is FactKind.amount:
        return (
            bool(fact.unit)
            and re.search(rf"(?<!\d){re.escape(value)}\s*{re.escape(fact.unit)}", text) is not None
        )
    if fact.kind is FactKind.live:
        return value in live.keys(text)
    if fact.kind is FactKind.url:
        return re.search(rf"{re.escape(value)}(?![\w/])", text) is not None
    if fact.kind in (FactKind.name, FactKind.code):
        return len(value) >= 2 and value in text
    return fact.id.startswith("theme.") and value in text


def _has_number(number: str, text: str) -> bool:
    return bool(number) and re.search(rf"(?<![\d.:]){re.escape(number)}(?![\d.:%]|ml|g\b)", text) is not None


def _about(fact: Fact, text: str, brief: Brief) -> bool:
    """A goods' price is used only when the goods is spoken of."""
    found = _PRODUCT_PRICE.match(fact.id)
    if not found:
        return True
    product = next((p for p in brief.products if p.code == found.group(1)), None)
    return product is not None and (product.name in text or names.short(product, text) != product.name)
