"""What was said lately: so that no opening and no line comes twice and no two posts sound alike."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from rapidfuzz import fuzz

from prompts.brief import Brief

_NOISE = re.compile(r"[^0-9A-Za-z\u4e00-\u9fff]+")
_DAY = re.compile(r"下?周[一二三四五六日天末]|\d{1,2}月\d{1,2}日|\d+")
NEAR_DAYS = 7
OPENING_DAYS = 30
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
    """The recent texts of one audience, ready for the three questions a writer asks."""

    def __init__(self, openings: Iterable[str], texts: Sequence[str], previous: str = "") -> None:
        begun = list(openings)
        self._openings = {normal(opening) for opening in begun}
        self._shapes = {_shape(opening) for opening in begun}
        self._texts = [normal(text) for text in texts if text][-_MOST:]
        self._all = "\n".join(self._texts)
        self._previous = normal(previous)

    @classmethod
    def of(cls, brief: Brief, taken: Sequence[str]) -> Memory:
        """What this audience heard (30 days of openings, 7 days of texts), and what was just written for its neighbours."""
        openings = [first_line(text) for text in taken]
        near = list(taken)
        today = brief.at.date()
        for heard in brief.heard:
            days = abs((today - heard.day).days)
            if days <= OPENING_DAYS:
                openings.append(first_line(heard.text))
            if days <= NEAR_DAYS and heard.tier in (None, brief.tier.level):
                near.append(heard.text)
        if brief.previous:
            openings.append(first_line(brief.previous))
        return cls(openings, near, brief.previous)

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

    def likeness(self, text: str, ceiling: float = 0.0) -> float:
        """How much the nearest recent text resembles this one, 0 to 1; likenesses below ``ceiling`` count as 0."""
        key = normal(text)
        worst = 0.0
        for other in (*self._texts, self._previous):
            if other:
                worst = max(worst, fuzz.ratio(key, other, score_cutoff=max(worst, ceiling * 100)))
        return worst / 100
