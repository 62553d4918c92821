"""What was said lately: so that no opening and no line comes twice and no two posts sound alike.

A month of texts, of which the last week counts more; turns of phrase are remembered with how long ago they were used.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from rapidfuzz import fuzz, process

from prompts.brief import Brief

_NOISE = re.compile(r"[^0-9A-Za-z\u4e00-\u9fff]+")
_DAY = re.compile(r"下?周[一二三四五六日天末]|\d{1,2}月\d{1,2}日|\d+")
NEAR_DAYS = 7
OPENING_DAYS = 30
NEAR_TEXTS = 70  # about what one tier is sent in seven days
_MOST = 400
_KEPT = 500  # texts up to this long are remembered, so that memory stays bounded


def normal(text: str) -> str:
    """Letters, digits and Chinese only: the form in which texts are compared."""
    return _normal_kept(text) if len(text) <= _KEPT else _normal(text)


@lru_cache(maxsize=4096)
def _normal_kept(text: str) -> str:
    return _normal(text)


def _normal(text: str) -> str:
    return _NOISE.sub("", text).lower()


def _shape(line: str) -> str:
    return normal(_DAY.sub("", line))


def first_line(text: str) -> str:
    """The first line of a text."""
    return text.strip().split("\n", 1)[0]


class Memory:
    """The recent texts of one audience, oldest first, ready for the questions a writer asks."""

    def __init__(
        self, openings: Iterable[str], texts: Sequence[str], previous: str = "", near: int = _MOST
    ) -> None:
        begun = list(openings)
        self._openings = {normal(opening) for opening in begun}
        self._shapes = {_shape(opening) for opening in begun}
        self._texts = [key for key in map(normal, texts) if key][-_MOST:]
        self._all = "\n".join(self._texts)
        self._previous = normal(previous)
        self._near = near
        self._worn: dict[str, float] = {}

    @classmethod
    def of(cls, brief: Brief, taken: Sequence[str]) -> Memory:
        """What this audience heard in 30 days, and what was just written for its neighbours."""
        openings = [first_line(text) for text in taken]
        older: list[str] = []
        near = min(len(taken), NEAR_TEXTS)
        today = brief.at.date()
        for heard in reversed(brief.heard):  # newest first in a brief
            days = abs((today - heard.day).days)
            if days <= OPENING_DAYS:
                openings.append(first_line(heard.text))
                if heard.tier in (None, brief.tier.level):
                    older.append(heard.text)
                    near += days <= NEAR_DAYS
        if brief.previous:
            openings.append(first_line(brief.previous))
        return cls(openings, [*older, *taken], brief.previous, near)

    def opened(self, line: str) -> bool:
        """True when a recent text began with this line."""
        return normal(line) in self._openings

    def opened_alike(self, line: str) -> bool:
        """True when a recent text began with this line on another day (周二早 after 周一早)."""
        return _shape(line) in self._shapes

    def said(self, line: str) -> bool:
        """True when a recent text holds this line."""
        key = normal(line)
        return len(key) >= 4 and (key in self._all or key in self._previous)

    def said_near(self, line: str) -> bool:
        """True when a text of the last days holds this line."""
        key = normal(line)
        return len(key) >= 4 and any(key in text for text in self._texts[-self._near :])

    def together(self, lines: Iterable[str]) -> bool:
        """True when one recent text holds at least two of these lines."""
        keys = [key for key in map(normal, lines) if len(key) >= 4]
        return any(sum(key in text for key in keys) >= 2 for text in self._texts)

    def wear(self, marks: Iterable[str]) -> float:
        """How lately any of these turns of phrase was used: 0 never, else up to 1 (in the newest text)."""
        return max((self._wear(mark) for mark in marks), default=0.0)

    def _wear(self, mark: str) -> float:
        if mark not in self._worn:
            if mark in self._previous:
                self._worn[mark] = 1.0
            else:
                at = self._all.rfind(mark)
                self._worn[mark] = 0.0 if at < 0 else (at + 1) / len(self._all)
        return self._worn[mark]

    def likeness(self, text: str, ceiling: float = 0.0) -> float:
        """How much the nearest text of the last days resembles this one, 0 to 1; likenesses below ``ceiling`` are 0."""
        return _closest(normal(text), (*self._texts[-self._near :], self._previous), ceiling)

    def echo(self, text: str, ceiling: float = 0.0) -> float:
        """The same over everything heard in 30 days."""
        return _closest(normal(text), self._texts, ceiling)


def _closest(key: str, others: Sequence[str], ceiling: float) -> float:
    found = process.extractOne(key, others, scorer=fuzz.ratio, processor=None, score_cutoff=ceiling * 100)
    return float(found[1]) / 100 if found else 0.0
