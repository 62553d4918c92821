"""Personas: the person who speaks, with several sides, one YAML file each.

Only manners live here; name, intro and story come from the brand through the brief.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Side(BaseModel):
    """One side of a person: what it speaks of, and the kinds it shows itself in."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    name: str
    say: str
    do: tuple[str, ...] = ()
    leave: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()


class PersonaSpec(BaseModel):
    """A persona of the library."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    name: str
    who: str
    person: str = "我"
    address: str = ""
    sides: tuple[Side, ...]
    manner: tuple[str, ...] = ()
    never: tuple[str, ...] = ()

    def sides_for(self, kind: str) -> tuple[Side, ...]:
        """The sides this person shows in a post of ``kind``; all of them when none claims it."""
        return tuple(side for side in self.sides if kind in side.kinds) or self.sides
