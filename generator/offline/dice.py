"""Choice from a seed alone, so that the same brief and seed always give the same text.

The standard library's generator would do, but it is heavy to seed for every draft; this is splitmix64, which
costs nothing to start and is the same on every machine.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")
_MASK = (1 << 64) - 1


class Dice:
    """A stream of choices that depends only on what it was made from."""

    def __init__(self, *seeds: object) -> None:
        joined = "\x1f".join(str(seed) for seed in seeds)
        self._state = int.from_bytes(hashlib.blake2b(joined.encode(), digest_size=8).digest(), "big")

    def _next(self) -> int:
        self._state = (self._state + 0x9E3779B97F4A7C15) & _MASK
        mixed = self._state
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _MASK
        return mixed ^ (mixed >> 31)

    def below(self, bound: int) -> int:
        """A whole number from 0 to ``bound`` - 1."""
        return self._next() % bound

    def chance(self, share: float) -> bool:
        """True in about ``share`` (0 to 1) of the throws."""
        return self.below(1000) < share * 1000

    def pick(self, items: Sequence[T]) -> T:
        """One of the items."""
        return items[self.below(len(items))]

    def order(self, items: Sequence[T]) -> list[T]:
        """The items in a shuffled order."""
        shuffled = list(items)
        for last in range(len(shuffled) - 1, 0, -1):
            other = self.below(last + 1)
            shuffled[last], shuffled[other] = shuffled[other], shuffled[last]
        return shuffled
