"""Runs rule packs over a text: first as it stands, then with the tricks taken out.

A rule hits where its pattern does, unless an exception touches the hit, the setting exempts it, or the
target test fails. What is found only in the joined view has lower trust, and says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from generator.checks import claims, context, views
from generator.checks.claims import Goods
from generator.checks.joined import joined, otherwise
from generator.checks.marks import Page
from generator.checks.needles import Index
from generator.checks.rules import Pack, Rule
from generator.checks.views import View
from prompts.draft import Finding

JOINED_TRUST = 0.7
_MAX_TRIES = 20  # matches of one pattern in one text: enough to see, and a bound on the work


@dataclass(frozen=True)
class Setting:
    """What a text is checked as. ``industry`` None runs every pack; ``goods`` empty: nothing is known of them."""

    industry: str | None = None
    kind: str | None = None
    goods: tuple[Goods, ...] = ()
    silenced: frozenset[str] = frozenset()  # rule ids the brand has silenced, with a reason kept by the desk


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule's match in a view."""

    rule: Rule
    view: View
    start: int
    end: int
    trust: float


class Book:
    """Rule packs made ready to run together. Immutable once built; safe to share between threads."""

    def __init__(self, packs: Iterable[Pack]) -> None:
        self.packs = tuple(packs)
        entries = [
            (rule, pattern, needs)
            for pack in self.packs
            for rule in pack.rules
            for pattern, needs in rule.patterns
        ]
        self._patterns = [(rule, pattern) for rule, pattern, _ in entries]
        self._index = Index(needs for _, _, needs in entries)

    def possible(self, text: str) -> Iterator[tuple[Rule, re.Pattern[str]]]:
        """The patterns that could match ``text``, each with its rule, in the packs' order."""
        return (self._patterns[number] for number in self._index.candidates(text))


def run(page: Page, book: Book, setting: Setting) -> Iterator[Finding]:
    """Findings of every rule that applies, strict view first."""
    seen: dict[str, list[tuple[int, int]]] = {}
    readings = [(page.view, page.view.text, 1.0)]
    plain = joined(page.view)
    if plain is not None:
        readings.append((otherwise(plain, page.view), plain.text, JOINED_TRUST))
    for view, whole, trust in readings:
        for hit in _hits(book, view, whole, setting, trust, seen):
            finding = _finding(page, hit, setting)
            if finding is not None:
                yield finding


def _applies(rule: Rule, setting: Setting) -> bool:
    if rule.id in setting.silenced or rule.pack in setting.silenced:
        return False
    if setting.industry is not None and setting.industry not in rule.industries:
        return False
    return not rule.text.kinds or setting.kind is None or setting.kind in rule.text.kinds


def _hits(
    book: Book, view: View, whole: str, setting: Setting, trust: float, seen: dict[str, list[tuple[int, int]]],
) -> Iterator[Hit]:  # fmt: skip
    """Hits in one view; ``whole`` is all that the text says; ``seen`` keeps each rule's spans, so that none is told twice."""
    text = view.text
    for rule, pattern in book.possible(text):
        if pattern.search(text) is None or not _applies(rule, setting) or not _meant(rule, whole):
            continue
        if rule.text.disguised and trust == 1:
            continue
        spans = seen.setdefault(rule.id, [])
        for start, end in _spans(pattern, text):
            first, last = view.span(start, end)
            told = spans if not rule.text.disguised else chain.from_iterable(seen.values())
            known = any(begin < last and first < finish for begin, finish in told)
            if not known and not _cleared(rule, text, start, end):
                spans.append((first, last))
                yield Hit(rule, view, start, end, trust)


def _meant(rule: Rule, text: str) -> bool:
    """False when something anywhere in the text clears the rule, or its target is nowhere in it."""
    if rule.unless_text is not None and rule.unless_text.search(text):
        return False
    return rule.needs_text is None or rule.needs_text.search(text) is not None


def _spans(pattern: re.Pattern[str], text: str) -> Iterator[tuple[int, int]]:
    at = 0
    for _ in range(_MAX_TRIES):
        found = pattern.search(text, at)
        if found is None:
            return
        start, end = found.span()
        at = max(end, start + 1)
        if end > start:
            yield start, end


def _cleared(rule: Rule, text: str, start: int, end: int) -> bool:
    """True when an exception, the target test or the setting takes the hit back."""
    spot = context.place(text, start, end)
    first, last = spot.sentence
    if rule.unless is not None and any(
        match.start() < end and start < match.end()
        for match in rule.unless.finditer(text, first, min(len(text), last + 1))
    ):
        return True
    if rule.unless_sentence is not None and rule.unless_sentence.search(spot.whole):
        return True
    if rule.needs is not None and not rule.needs.search(spot.whole):
        return True
    return any(context.TESTS[name](spot) for name in rule.passes)


def _finding(page: Page, hit: Hit, setting: Setting) -> Finding | None:
    """The finding of a hit; None when the goods bear the claim out."""
    start, end = hit.view.span(hit.start, hit.end)
    text, written = hit.rule.text, page.text[start:end]
    verdict, reason, law = text.verdict, text.reason, hit.rule.law
    if text.efficacy:
        spot = context.place(hit.view.text, hit.start, hit.end)
        judged = claims.judge(hit.view.text[hit.start : hit.end], spot.whole, setting.goods)
        if judged == "borne_out":
            return None
        if judged == "breach":
            verdict, reason = "block", "商品备案或注册的功效里没有这一项，不得宣传。"
    if text.disguised and not _disguised(hit, written):
        return None
    if hit.trust < 1 or _MARKED.search(written):
        reason += "（去掉夹杂的符号、谐音或拼音后读出）"
        if hit.rule.pack in _DISGUISED and (hit.trust == 1 or _disguised(hit, written)):
            verdict, law = "block", f"{law}；化妆品标签管理办法第十九条（谐音、字母、符号）"
    return Finding(
        rule=hit.rule.id, version=text.version, verdict=verdict, start=start, end=end, excerpt=written,
        reason=reason, law=law, suggestion=text.suggestion, replacement=text.replacement, trust=hit.trust,
    )  # fmt: skip


# A character drawn over (美⃣白⃣) or broken by a sign that prints nothing.
_MARKED = re.compile("[\u4e00-\u9fff][\u200b-\u200d\u2060\u20d0-\u20f0\u0300-\u036f]")
_DISGUISED = frozenset({"cosmetics", "medical"})  # where an evasive spelling is itself a breach


def _disguised(hit: Hit, written: str) -> bool:
    """True when more than spaces stands between what is written and what it says."""
    plain = "".join(views.strict(written).text.split())
    return plain != "".join(hit.view.text[hit.start : hit.end].split())
