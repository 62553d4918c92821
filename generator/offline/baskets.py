"""Worked examples for 满减: which real goods reach the threshold, and what is then paid."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations_with_replacement

from generator.offline import numbers

_MOST_GOODS = 12


@dataclass(frozen=True, slots=True)
class Priced:
    """A goods with the name used in the text and its price in yuan."""

    name: str
    price: Decimal


@dataclass(frozen=True, slots=True)
class Basket:
    """Goods that together reach the threshold; ``paid`` is what remains after the reduction."""

    goods: tuple[Priced, ...]
    total: Decimal
    paid: Decimal

    def sum_line(self) -> str:
        """精华水129+修护乳169+洁面乳89=387元; every piece is named, two of a kind twice."""
        parts = [f"{goods.name}{numbers.shown(goods.price)}" for goods in self.goods]
        return f"{'+'.join(parts)}={numbers.shown(self.total)}元"

    def paid_line(self) -> str:
        """减后347元."""
        return f"减后{numbers.shown(self.paid)}元"


def build(goods: Sequence[Priced], threshold: Decimal, off: Decimal, *, count: int = 2) -> list[Basket]:
    """The baskets nearest above the threshold, at most four pieces and two of a kind, no two with the same main goods.

    A basket never holds a piece that is not needed to reach the threshold; the fewest pieces that do it come first.
    """
    kept = tuple(goods)[:_MOST_GOODS]
    found: list[Basket] = []
    for size in (1, 2, 3, 4):
        for group in combinations_with_replacement(kept, size):
            total = sum((g.price for g in group), Decimal(0))
            if total >= threshold and total - min(g.price for g in group) < threshold and _plain(group):
                found.append(Basket(tuple(sorted(group, key=lambda g: -g.price)), total, total - off))
    found.sort(key=lambda basket: (_twice(basket), basket.total, [g.name for g in basket.goods]))
    return _different(found, count)


def _plain(group: Sequence[Priced]) -> bool:
    return max(Counter(group).values()) <= 2


def _twice(basket: Basket) -> bool:
    """True when a basket needs two of a kind or four pieces: shown only where plainer ones do not do."""
    return len(set(basket.goods)) < len(basket.goods) or len(basket.goods) > 3


def _different(found: Sequence[Basket], count: int) -> list[Basket]:
    chosen: list[Basket] = []
    for basket in found:
        names = {g.name for g in basket.goods}
        if all(len(names & {g.name for g in other.goods}) <= 1 for other in chosen):
            chosen.append(basket)
        if len(chosen) == count:
            break
    return chosen
