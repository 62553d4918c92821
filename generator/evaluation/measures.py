"""What is measured on a draft, each between 0 and 1; all of it countable, none of it a matter of taste.

A text is measured against its brief, its kind and the other texts of the same run: variety and the stance of
tiers only show beside neighbours.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from generator.writing.look import TOO_CLOSE, closest, normal
from prompts import demands
from prompts.asks import helps, requests
from prompts.brief import Brief
from prompts.draft import Draft
from prompts.kinds import Kind

# Under this rapidfuzz ratio of what is not facts two tiers count as spoken to differently.
TIERS_APART = 70.0
LONGEST_CLAUSE, MEAN_CLAUSE = 32, 16  # characters between two stops: beyond, a phone reader loses the thread
_FACTUAL = re.compile(r"\d|https?://|⟦")
_STOPS = re.compile(r"[，。！？；：、,.!?;:\n…～~—]+")


@dataclass(frozen=True)
class Case:
    """One draft among the others of its run."""

    brief: Brief
    draft: Draft
    kind: Kind
    slot: str  # the same for the three tiers of a slot
    same_tier: Sequence[str]  # other texts of the same brand and tier
    other_tiers: Sequence[str]  # texts of the same slot for the other tiers
    first_lines: Sequence[str]  # first lines of the other texts of the same brand and tier

    @property
    def body(self) -> str:
        """The text without the brand's AI label."""
        label = self.brief.voice.ai_label
        return self.draft.text.removesuffix(label).rstrip() if label else self.draft.text


@dataclass(frozen=True)
class Scored:
    """The measures of one draft, by name, and their mean."""

    case: Case
    values: Mapping[str, float]

    @property
    def mean(self) -> float:
        """The mean of all measures, 0 to 1."""
        return sum(self.values.values()) / len(self.values)


def score(case: Case) -> Scored:
    """All measures of one draft."""
    return Scored(case, {name: measure(case) for name, (_, measure) in MEASURES.items()})


def cases(pairs: Iterable[tuple[Brief, Draft]], kind_of: Callable[[str], Kind]) -> list[Case]:
    """Each draft with its neighbours."""
    rows = [(brief, draft, brief.post.rsplit(":", 1)[0]) for brief, draft in pairs]
    made = []
    for brief, draft, slot in rows:
        near = [
            other.text
            for its, other, its_slot in rows
            if its.voice.brand == brief.voice.brand
            and its.tier.level == brief.tier.level
            and its_slot != slot
        ]
        tiers = [
            other.text
            for its, other, its_slot in rows
            if its_slot == slot and its.tier.level != brief.tier.level
        ]
        firsts = [text.split("\n")[0] for text in near]
        made.append(Case(brief, draft, kind_of(brief.kind), slot, near, tiers, firsts))
    return made


def _must_have(case: Case) -> float:
    lacking = demands.missing(case.kind, case.body, case.brief)
    return 1.0 - len(lacking) / max(1, len(case.kind.must_have))


def _never(case: Case) -> float:
    return float(not demands.broken(case.kind, case.body))


def _facts(case: Case) -> float:
    return float(not any(finding.rule.startswith("fact.") for finding in case.draft.findings))


def _no_block(case: Case) -> float:
    return float(not case.draft.blocked)


def _no_finding(case: Case) -> float:
    return float(not case.draft.findings)


def _length(case: Case) -> float:
    return float(case.kind.min_chars <= len("".join(case.body.split())) <= case.kind.max_chars)


def _first_line(case: Case) -> float:
    return float(0 < len(case.body.split("\n")[0].strip()) <= case.kind.first_line_chars)


def _new_opening(case: Case) -> float:
    return float(case.body.split("\n")[0] not in case.first_lines)


def _one_action(case: Case) -> float:
    asked = len(requests(case.body))
    wanted = case.kind.action.required and not asked and not helps(case.body)
    return float(asked <= 1 and not wanted)


def _layout(case: Case) -> float:
    lines = sum(bool(line.strip()) for line in case.body.split("\n"))
    pictures = sum(unicodedata.category(char) == "So" for char in case.body)
    return float(lines <= case.kind.lines and pictures <= case.kind.emoji.most)


def _tier(case: Case) -> float:
    mine = _stance(case.body)
    return float(all(fuzz.ratio(mine, _stance(other)) < TIERS_APART for other in case.other_tiers))


def _stance(text: str) -> str:
    """What is left without the lines that carry facts, which are rightly the same for everybody."""
    return normal("\n".join(line for line in text.split("\n") if not _FACTUAL.search(line)))


def _variety(case: Case) -> float:
    return float(closest(case.body, case.same_tier) < TOO_CLOSE)


def _ease(case: Case) -> float:
    clauses = [
        len(part.strip()) for part in _STOPS.split(re.sub(r"https?://\S+", "", case.body)) if part.strip()
    ]
    if not clauses:
        return 0.0
    return float(max(clauses) <= LONGEST_CLAUSE and sum(clauses) / len(clauses) <= MEAN_CLAUSE)


MEASURES: Mapping[str, tuple[str, Callable[[Case], float]]] = {
    "must_have": ("必须有的都有", _must_have),
    "never": ("不该有的没有", _never),
    "facts": ("事实都对", _facts),
    "no_block": ("没有阻断", _no_block),
    "no_finding": ("没有任何提示", _no_finding),
    "length": ("字数合适", _length),
    "first_line": ("第一行够短", _first_line),
    "new_opening": ("开头不重样", _new_opening),
    "one_action": ("只请人做一件事", _one_action),
    "layout": ("行数与表情", _layout),
    "tier": ("三层说法不同", _tier),
    "variety": ("和别条不像", _variety),
    "ease": ("好读", _ease),
}
