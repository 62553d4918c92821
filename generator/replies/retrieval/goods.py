"""Which goods a customer means: names people use for a product, derived from its name and the table of sorts."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from generator.replies.retrieval.terms import categories, plain
from prompts.reply import ProductRecord

MOST_USES = 2  # a use that more products are filed for (保湿) points at none
_SHORT = frozenset("水乳霜膜膏")  # sorts that people say with one sign
_HAN = re.compile(r"[\u4e00-\u9fff]{2,}")


@dataclass(frozen=True)
class Goods:
    """Names → codes, longest name first; ``sorts``: code → sort of goods."""

    pattern: re.Pattern[str] | None
    codes: dict[str, frozenset[str]]
    sorts: dict[str, str]
    uses: dict[str, frozenset[str]]

    def named(self, text: str) -> frozenset[str]:
        """The codes of the products a plain text names; a longer name hides the shorter ones inside it."""
        if self.pattern is None:
            return frozenset()
        narrow: set[str] = set()
        for match in self.pattern.finditer(plain(text)):
            narrow |= self.codes[match[0]]
        return frozenset(narrow)

    def unnamed(self, text: str) -> str:
        """The text with "this one" for each product it names: what is asked, whichever product it is asked of."""
        return self.pattern.sub("这个", plain(text)) if self.pattern is not None else text

    def wanted(self, text: str) -> frozenset[str]:
        """The products filed for what a text wants (抗皱, 美白, 控油), where it names none."""
        read = plain(text)
        found = [codes for word, codes in self.uses.items() if word in read]
        return min(found, key=len, default=frozenset())

    def missing(self, text: str) -> str:
        """A sort of goods the text names and the brand does not sell (眼霜), or nothing; beside goods that it sells (口红前用唇膏) none is missed."""
        read = plain(text)
        if self.pattern is not None and self.pattern.search(read):
            return ""
        return next(
            (name for names in categories().values() for name in names if len(name) > 1 and name in read), ""
        )


def goods(products: Iterable[ProductRecord]) -> Goods:
    """The names of these products."""
    names: defaultdict[str, set[str]] = defaultdict(set)
    sorts: dict[str, str] = {}
    listed = list(products)
    for product in listed:
        code, name = product.sheet.code, plain(product.sheet.name)
        names[plain(code)].add(code)
        names[name.strip()].add(code)
        sort = max((sort for sort in categories() if sort in name), key=len, default="")
        sorts[code] = sort
        for alias in categories().get(sort, ()):
            names[plain(alias)].add(code)
        for part in (*_own_parts(name, sort), *_stretches(name)):
            names[part].add(code)
    return _ready(names, sorts, _uses(listed))


def _own_parts(name: str, sort: str) -> Iterable[str]:
    """面霜 said with what comes before it: 修护面霜, 美白精华, 紧致精华."""
    head = "".join(_HAN.findall(name.partition(sort)[0])) if sort else ""
    short = sort.rstrip("液乳") if len(sort) > 2 else sort
    for length in (2, 3, 4):
        if len(head) >= length and sort:
            yield head[-length:] + sort
            yield head[-length:] + short
    for length in (2, 3, 4):  # 积雪草水, 神经酰胺霜: its first words and the last sign of its sort
        if len(head) >= length and sort and sort[-1] in _SHORT:
            yield head[:length] + sort[-1]
            yield head[:length] + sort
    for start in range(0, max(0, len(head) - 1), 2):
        if sort and len(head) >= 4:
            yield head[start : start + 2] + short


def _stretches(name: str) -> Iterable[str]:
    """Any four signs of a name in a row, as people shorten it; shared ones point at all who share them."""
    for run in _HAN.findall(name):
        yield from (run[at : at + 4] for at in range(len(run) - 3))


def _uses(products: Iterable[ProductRecord]) -> dict[str, frozenset[str]]:
    uses: defaultdict[str, set[str]] = defaultdict(set)
    for product in products:
        for word in product.sheet.efficacy:
            for part in _said_short(plain(word)):
                uses[part].add(product.sheet.code)
    return {
        word: frozenset(codes) for word, codes in uses.items() if len(word) >= 2 and len(codes) <= MOST_USES
    }


def _said_short(use: str) -> tuple[str, ...]:
    """A use of two words (祛斑美白) is said by either."""
    return (use, use[:2], use[2:]) if len(use) == 4 else (use,)


def _ready(names: dict[str, set[str]], sorts: dict[str, str], uses: dict[str, frozenset[str]]) -> Goods:
    words = sorted((name for name in names if len(name) >= 2), key=len, reverse=True)
    codes = {word: frozenset(names[word]) for word in words}
    pattern = re.compile("|".join(re.escape(word) for word in words)) if words else None
    return Goods(pattern, codes, sorts, uses)
