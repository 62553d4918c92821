"""What a pattern cannot match without: a cheap test before the regular expression is run.

Most rules have nothing to say about most texts. From a pattern this module works out sets of one- and
two-character pieces of which any match must contain at least one; a text without any of them need not
be searched. The test may let a text through in vain, but never holds back one that would match
(property-tested against the expressions themselves).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

Pieces = frozenset[str]
_TOO_MANY = 900  # pieces in one set; beyond that the test costs more than it saves
_PAIR_COST, _SINGLE_COST = 1, 12  # a pair of signs is about that much rarer than a single one
_DIGITS = frozenset("0123456789")


@dataclass(frozen=True, slots=True)
class _Item:
    """One element of a sequence: its possible single signs, or the needs of a group; None: anything."""

    signs: Pieces | None
    needs: tuple[Pieces, ...]
    once: bool  # stands exactly once, so that its neighbours are adjacent


class _Reader:
    """Reads the pattern language of the packs: literals, classes, groups, lookarounds, quantifiers."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0

    def alternatives(self) -> Iterator[tuple[str, tuple[Pieces, ...]]]:
        """Each top-level alternative as written, with its needs."""
        while True:
            start = self.at
            needs = self._sequence()
            yield self.pattern[start : self.at], needs
            if self.at >= len(self.pattern):
                return
            self.at += 1  # the bar

    def _group(self) -> tuple[Pieces, ...]:
        """The needs of a group whose opening has been read; leaves behind its closing bracket."""
        branches = [self._sequence()]
        while self.pattern[self.at] == "|":
            self.at += 1
            branches.append(self._sequence())
        self.at += 1
        if not all(branches):
            return ()
        union = frozenset().union(*(branch[0] for branch in branches))
        return (union,) if len(union) <= _TOO_MANY else ()

    def _sequence(self) -> tuple[Pieces, ...]:
        items: list[_Item] = []
        while self.at < len(self.pattern) and self.pattern[self.at] not in "|)":
            item = self._item()
            if item is not None:
                items.append(item)
        return _needs(items)

    def _item(self) -> _Item | None:
        signs: Pieces | None = None
        needs: tuple[Pieces, ...] = ()
        sign = self.pattern[self.at]
        self.at += 1
        if sign == "(":
            held = self._opening()
            needs = self._group()
            if not held:
                return None
        elif sign == "[":
            signs = self._class()
        elif sign == "\\":
            signs = self._escape()
            if signs == frozenset():
                return None
        elif sign in "^$":
            return None
        elif sign != ".":
            signs = frozenset(sign)
        least, once = self._quantifier()
        if least == 0:
            return _Item(None, (), False)
        return _Item(signs, needs, once)

    def _opening(self) -> bool:
        """Reads (?: and the like; False for a lookaround, whose text is not part of the match."""
        for mark in ("?:", "?=", "?!", "?<=", "?<!"):
            if self.pattern.startswith(mark, self.at):
                self.at += len(mark)
                return mark == "?:"
        return True

    def _class(self) -> Pieces | None:
        end = self.at + (self.pattern[self.at] == "^") + 1
        while self.pattern[end] != "]":
            end += 2 if self.pattern[end] == "\\" else 1
        body, self.at = self.pattern[self.at : end], end + 1
        if body[0] == "^" or re.search(r"\\[wsSWDu]|(?<!^)-(?!$)", body.replace("\\-", "")):
            return None
        plain = frozenset(body.replace("\\d", "").replace("\\", ""))
        return plain | _DIGITS if "\\d" in body else plain

    def _escape(self) -> Pieces | None:
        sign = self.pattern[self.at]
        self.at += 1
        if sign == "d":
            return _DIGITS
        if sign in "bBAZ":
            return frozenset()
        return None if sign.isalnum() else frozenset(sign)

    def _quantifier(self) -> tuple[int, bool]:
        """The least count of the element just read, and whether it stands exactly once."""
        if self.at >= len(self.pattern):
            return 1, True
        sign = self.pattern[self.at]
        if sign not in "?*+{":
            return 1, True
        if sign == "{":
            end = self.pattern.index("}", self.at)
            least = int(self.pattern[self.at + 1 : end].split(",")[0] or 0)
            self.at = end + 1
        else:
            least = 1 if sign == "+" else 0
            self.at += 1
        if self.pattern.startswith("?", self.at):
            self.at += 1
        return least, False


def _needs(items: list[_Item]) -> tuple[Pieces, ...]:
    """The two most telling sets of a sequence, best first; empty when nothing can be said."""
    found: list[Pieces] = []
    for at, item in enumerate(items):
        found += item.needs
        if item.signs is None:
            continue
        after = items[at + 1] if at + 1 < len(items) else None
        if (
            item.once
            and after is not None
            and after.signs is not None
            and len(item.signs) * len(after.signs) <= 64
        ):
            found.append(frozenset(one + two for one in item.signs for two in after.signs))
        else:
            found.append(item.signs)
    return tuple(sorted(found, key=_cost)[:2])


def _cost(pieces: Pieces) -> int:
    return sum(_PAIR_COST if len(piece) > 1 else _SINGLE_COST for piece in pieces)


def alternatives(pattern: str) -> Iterator[tuple[str, tuple[Pieces, ...]]]:
    """The top-level alternatives of ``pattern``, each with the sets of pieces it cannot match without."""
    return _Reader(pattern).alternatives()


class Index:
    """Tells which of many patterns a text could match at all, from the pieces the text holds.

    For each piece two numbers with one bit for each pattern: those that have it in their first set and in
    their second. The candidates of a text are then a handful of ORs and one AND.
    """

    def __init__(self, needs: Iterable[tuple[Pieces, ...]]) -> None:
        self._bits: dict[str, tuple[int, int]] = {}
        self._free = [0, 0]  # patterns that need nothing, or nothing more
        for number, sets in enumerate(needs):
            for place in (0, 1):
                self._enter(place, sets[place : place + 1], 1 << number)
        self._known = frozenset(self._bits)

    def _enter(self, place: int, sets: tuple[Pieces, ...], bit: int) -> None:
        for piece in (piece for pieces in sets for piece in pieces):
            first, second = self._bits.get(piece, (0, 0))
            self._bits[piece] = (first, second | bit) if place else (first | bit, second)
        if not sets:
            self._free[place] |= bit

    def candidates(self, text: str) -> Iterator[int]:
        """The numbers of the patterns that could match ``text``, ascending."""
        first, second = self._free
        for piece in self._known.intersection(chain(text, map(str.__add__, text, text[1:]))):
            one, other = self._bits[piece]
            first |= one
            second |= other
        left = first & second
        while left:
            bit = left & -left
            yield bit.bit_length() - 1
            left ^= bit
