"""Industries: a trade's words and cautions, one YAML file each, chosen from the brand's stated industry.

Words for a writer only; what the law forbids is decided by the checks.
"""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict

GENERAL = "general"


class Industry(BaseModel):
    """A trade. ``match``: words of a brand's industry field that mean it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    name: str
    match: tuple[str, ...] = ()
    senses: tuple[str, ...] = ()  # how people of this trade describe what they feel or taste
    verbs: tuple[str, ...] = ()  # what one does with the goods
    say_so: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()


def choose(industries: Iterable[Industry], written: str) -> Industry:
    """The industry a brand means by ``written`` (护肤（化妆品）): most matching words win, else the general one."""
    known = {industry.key: industry for industry in industries}
    best = max(
        known.values(), key=lambda one: (sum(word in written for word in one.match), one.key == GENERAL)
    )
    return best if any(word in written for word in best.match) else known[GENERAL]
