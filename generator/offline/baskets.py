"""Worked examples for 满减: which real goods reach the threshold, and what is then paid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

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
        """精华水129+修护乳169+洁面乳89=387元."""
        return (
            "+".join(f"{g.name}{numbers.shown(g.price)}" for g in self.goods)
            + f"={numbers.shown(self.total)}元"
        )

    def paid_line(self) -> str:
        """减后347元."""
        return f"减后{numbers.shown(self.paid)}元"


def build(goods: Sequence[Priced], threshold: Decimal, off: Decimal, *, count: int = 2) -> list[Basket]:
    """The baskets nearest above the threshold, at most three goods each, no two with the same main goods.

    A basket never holds a goods that is not needed to reach the threshold.
    """
    found: list[Basket] = []
    kept = tuple(goods)[:_MOST_GOODS]
    for size in (1, 2, 3):
        for group in combinations(kept, size):
            total = sum((g.price for g in group), Decimal(0))
            if total >= threshold and total - min(g.price for g in group) < threshold:
                found.append(Basket(tuple(sorted(group, key=lambda g: -g.price)), total, total - off))
    found.sort(key=lambda basket: (basket.total, len(basket.goods), [g.name for g in basket.goods]))
    return _different(found, count)


def _different(found: Sequence[Basket], count: int) -> list[Basket]:
    chosen: list[Basket] = []
    for basket in found:
        names = {g.name for g in basket.goods}
        if all(len(names & {g.name for g in other.goods}) <= 1 for other in chosen):
            chosen.append(basket)
        if len(chosen) == count:
            break
    return chosen
