"""Looking at a text: what the checks find, what its kind still misses, and what it is too close to.

Gives a rank, so that candidates can be compared, and complaints, so that a model can mend its text. Findings
go with the draft to the editor; complaints about manners only steer the writer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from generator.checks import check
from generator.checks.brand import NONE, OwnRules
from prompts import demands
from prompts.asks import requests
from prompts.brief import Brief
from prompts.draft import Finding
from prompts.kinds import Kind

TOO_CLOSE = 55.0  # rapidfuzz ratio of normalised texts at which two posts read alike (issue 3)
_NOISE = re.compile(r"https?://\S+|⟦[^⟧]*⟧|[\W_]+")


@dataclass(frozen=True)
class Look:
    """What was seen. ``rank`` sorts candidates, smaller is better."""

    findings: tuple[Finding, ...]
    complaints: tuple[str, ...]
    likeness: float  # 0 to 100, to the closest neighbour

    @property
    def rank(self) -> tuple[int, int, int, float]:
        """Blocks, then complaints, then warnings, then likeness."""
        blocks = sum(finding.verdict == "block" for finding in self.findings)
        return blocks, len(self.complaints), len(self.findings) - blocks, self.likeness

    @property
    def clean(self) -> bool:
        """Nothing to mend."""
        return not self.findings and not self.complaints


def look(text: str, brief: Brief, kind: Kind, taken: Sequence[str] = (), *, own: OwnRules = NONE) -> Look:
    """Everything about a text that a writer should know; ``own`` are the brand's own rules."""
    likeness = closest(text, taken)
    complaints = [f"还缺：{must.say}" for must in demands.missing(kind, text, brief)]
    complaints += [
        f"“{text[slip.start : slip.end][:20]}”这样写不行：{slip.ban.say}"
        for slip in demands.broken(kind, text)
    ]
    if likeness >= TOO_CLOSE:
        complaints.append("和同一批里另一条太像，换一个切入点和句式重写。")
    if len(requests(text)) > 1:
        complaints.append("请人做的事不止一件，只留一件。")
    return Look(check(text, brief, taken=taken, own=own), tuple(dict.fromkeys(complaints)), likeness)


def closest(text: str, others: Iterable[str]) -> float:
    """Likeness (0 to 100) of ``text`` to the closest of ``others``."""
    mine = normal(text)
    found = process.extractOne(mine, [normal(other) for other in others], scorer=fuzz.ratio)
    return float(found[1]) if found else 0.0


def normal(text: str) -> str:
    """A text as it is compared: letters, digits and Chinese only, no links, no live tokens."""
    return _NOISE.sub("", text)
