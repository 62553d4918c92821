"""Choosing angles: each touch of a campaign gets its own, in order of time, never the same twice for a tier."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import resources

import yaml
from pydantic import BaseModel, ConfigDict

from prompts.angles import all_angles
from prompts.brief import Aidma


class Choice(BaseModel):
    """When the plan chooses an angle. ``aidma`` is empty where the prompt library already tells it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    stage: str  # a Stage, or "any" for the reserve
    kinds: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    aidma: Aidma | None = None

    @property
    def step(self) -> Aidma:
        """The AIDMA step it serves."""
        known = all_angles().get(self.key)
        return known.aidma if known else (self.aidma or "memory")


@cache
def choices() -> tuple[Choice, ...]:
    """The table of angles.yaml, in order."""
    text = resources.files("content_calendar.plan").joinpath("angles.yaml").read_text("utf-8")
    return tuple(Choice.model_validate(item) for item in yaml.safe_load(text))


def choose(stage: str, kind: str, theme: str, taken: Sequence[str]) -> tuple[str, Aidma]:
    """(angle, AIDMA step) for the next touch; ``taken`` are the angles this tier has heard of the campaign.

    Words of the theme decide first, then the kind, then the order of the table; when a stage is used up the
    reserve follows, and after it numbered echoes, so that two touches never share an angle.
    """
    for pool in (stage, "any"):
        free = [item for item in choices() if item.stage == pool and item.key not in taken]
        if free:
            best = max(free, key=lambda item: (_fit(item, kind, theme), -choices().index(item)))
            return best.key, best.step
    number = len(taken) + 1
    while f"echo_{number}" in taken:
        number += 1
    return f"echo_{number}", "memory"


def _fit(item: Choice, kind: str, theme: str) -> float:
    return sum(len(word) for word in item.words if word in theme) + (1.5 if kind in item.kinds else 0.0)


def known(key: str) -> tuple[str, Aidma]:
    """An angle already settled on, with its step."""
    return key, next((item.step for item in choices() if item.key == key), "memory")
