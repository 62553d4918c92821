"""How good a template version is, told by what editors did to its texts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import mean

from prompts.distance import distance


@dataclass(frozen=True)
class Figures:
    """Of one template version: texts approved, share approved as they stood, mean edit distance (0 to 1)."""

    approved: int
    untouched: float
    distance: float


def figures(texts: Iterable[tuple[str, str, str]]) -> Mapping[str, Figures]:
    """Figures by template hash, from (template hash, machine text, approved text)."""
    far: dict[str, list[float]] = defaultdict(list)
    for template_hash, machine, approved in texts:
        far[template_hash].append(distance(machine, approved))
    return {
        key: Figures(len(values), sum(value == 0 for value in values) / len(values), mean(values))
        for key, values in far.items()
    }
