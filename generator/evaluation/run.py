"""Letting contestants write the fixed set, and what came of it, by measure and by kind."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import mean

from generator.evaluation.measures import MEASURES, Scored, cases, score
from generator.writing import WritingDesk, write_many
from prompts.brief import Brief
from prompts.draft import Draft


@dataclass(frozen=True)
class Contestant:
    """A name and the desk it writes at: its models and its library."""

    name: str
    desk: WritingDesk


@dataclass(frozen=True)
class Result:
    """What one contestant made of the set."""

    name: str
    scored: tuple[Scored, ...]
    seconds: float

    @property
    def total(self) -> float:
        """The mean over all drafts and measures, 0 to 100."""
        return 100 * mean(one.mean for one in self.scored) if self.scored else 0.0

    def by_measure(self) -> Mapping[str, float]:
        """Each measure's mean over all drafts, 0 to 100."""
        return {name: 100 * mean(one.values[name] for one in self.scored) for name in MEASURES}

    def by_kind(self) -> Mapping[str, float]:
        """Each kind's mean over its drafts and all measures, 0 to 100."""
        kinds = dict.fromkeys(one.case.brief.kind for one in self.scored)
        return {
            kind: 100 * mean(one.mean for one in self.scored if one.case.brief.kind == kind) for kind in kinds
        }

    def fell_back(self) -> int:
        """Drafts that a lesser writer had to write."""
        reasons = (one.case.draft.provenance.fell_back for one in self.scored)
        return sum(reason not in ("", "no_model") for reason in reasons)


async def run(
    contestant: Contestant, briefs: Sequence[Brief], progress: Callable[[], None] = lambda: None
) -> Result:
    """Let one contestant write ``briefs`` and score what it wrote, in the order of the briefs."""
    started = time.perf_counter()
    drafts: dict[str, Draft] = {}
    for brand in dict.fromkeys(brief.voice.brand for brief in briefs):  # brands know nothing of each other
        own = [brief for brief in briefs if brief.voice.brand == brand]
        async for brief, draft in write_many(own, desk=contestant.desk):
            drafts[brief.post] = draft
            progress()
    seconds = time.perf_counter() - started
    pairs = [(brief, drafts[brief.post]) for brief in briefs if brief.post in drafts]
    scored = tuple(score(case) for case in cases(pairs, contestant.desk.library.kind))
    return Result(contestant.name, scored, seconds)
