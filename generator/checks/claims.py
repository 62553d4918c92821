"""A claimed efficacy against what is filed or registered for the goods the sentence speaks of.

A bare text can only be doubted (lawful with evidence the text does not show). With the product known, the
claim is either borne out (its class is filed, evidence is named, and a special class is registered) or it
is a breach: an ordinary product must not claim what it is not filed for (条例 16, 17; 办法 38).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

import yaml

from generator.checks import views
from prompts.brief import ProductSheet

Judgement = Literal["borne_out", "breach", "open"]
_OURS = re.compile(r"这[款支瓶罐盒片]|它|本品|我们家|咱家|新品|开售|到手|下单|活动价|元一[瓶支盒罐]")


@dataclass(frozen=True)
class Goods:
    """What is known of a product: its name, filed classes, registration and evidence."""

    name: str = ""
    efficacy: frozenset[str] = frozenset()
    special: bool = False  # registered as a special cosmetic: 国妆特字
    evidence: bool = False

    @staticmethod
    def of(product: ProductSheet) -> Goods:
        """The product as the checks need it."""
        return Goods(
            name=views.strict(product.name).text,
            efficacy=frozenset(product.efficacy),
            special="国妆特" in product.filing,
            evidence=bool(product.evidence.strip()),
        )


@cache
def _classes() -> dict[str, tuple[re.Pattern[str], bool]]:
    raw = yaml.safe_load(
        resources.files("generator.checks").joinpath("packs/_claims.yaml").read_text("utf-8")
    )
    return {name: (re.compile(entry["words"]), bool(entry.get("special"))) for name, entry in raw.items()}


def claimed(text: str) -> frozenset[str]:
    """The efficacy classes that ``text`` speaks of."""
    return frozenset(name for name, (words, _) in _classes().items() if words.search(text))


def judge(hit: str, sentence: str, goods: Sequence[Goods]) -> Judgement:
    """Whether ``hit`` is borne out by the goods its sentence speaks of."""
    asked = claimed(hit)
    if not asked or not goods:
        return "open"
    meant = [item for item in goods if item.name and _names(item.name, sentence)]
    if all(any(_bears(item, name) for item in meant or goods) for name in asked):
        return "borne_out"
    if meant or _OURS.search(sentence):
        return "breach"
    return "open"


def _bears(goods: Goods, name: str) -> bool:
    special = _classes()[name][1]
    return name in goods.efficacy and (goods.special if special else goods.evidence)


def _names(name: str, sentence: str) -> bool:
    """True when the sentence names the product, whole or by its last four signs (修护面霜)."""
    return name in sentence or name[-4:] in sentence


def of_products(products: Iterable[ProductSheet]) -> tuple[Goods, ...]:
    """The goods of a brief."""
    return tuple(Goods.of(product) for product in products)
