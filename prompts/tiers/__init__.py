"""Tiers: how one speaks to the high, the middle and the low tier, one YAML file each.

Only the stance lives here; a brand's thresholds, aims and caps come through the brief.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from prompts.brief import Level


class TierStance(BaseModel):
    """How to stand towards the people of a tier. A text never says which tier it is for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    level: Level
    name: str
    who: str
    aim: str
    stance: str
    opening: str = ""
    offer: str = ""
    action: str = ""
    do: tuple[str, ...] = ()
    leave: tuple[str, ...] = ()
    contrast: str = ""
