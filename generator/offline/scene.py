"""What one attempt at a text knows: the brief, its theme and wishes, the slots that can be filled and the traits that hold.

Kinds fill a scene; the grammar reads it. A slot that is empty does not exist, so a line that needs it is never chosen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from generator.offline import guard
from generator.offline.dice import Dice
from generator.offline.manners import Manner
from generator.offline.memory import Memory
from generator.offline.theme import Theme
from generator.offline.wishes import Wishes
from prompts.brief import Brief
from prompts.kinds import Kind

T = TypeVar("T")


@dataclass(slots=True)
class Scene:
    """One attempt. ``uses`` are ids of facts that stand behind filled slots, by slot name."""

    brief: Brief
    kind: Kind
    theme: Theme
    wishes: Wishes
    dice: Dice
    memory: Memory
    manner: Manner = field(default_factory=Manner)
    slots: dict[str, str] = field(default_factory=dict)
    traits: set[str] = field(default_factory=set)
    uses: dict[str, tuple[str, ...]] = field(default_factory=dict)
    mindful: bool = True  # False: what was said lately no longer decides how a thing is said
    derived: set[str] = field(default_factory=set)  # numbers worked out here, such as the sum of a basket
    mentioned: list[tuple[str, str]] = field(default_factory=list)  # sentences asked for, each with its fact
    shared: dict[str, Any] = field(default_factory=dict)  # what all attempts at this text may use again

    def put(self, slot: str, text: str, *facts: str) -> None:
        """Fill a slot; empty text, and words that may not be said, leave it unfilled."""
        if text and not guard.unfit(text, self.brief):
            self.slots[slot] = text
            self.traits.add(f"has_{slot}")
            if facts:
                self.uses[slot] = facts

    def drop(self, *slots: str) -> None:
        """Empty slots again."""
        for slot in slots:
            self.slots.pop(slot, None)
            self.traits.discard(f"has_{slot}")

    def again(self, dice: Dice, *, mindful: bool = True) -> Scene:
        """The same scene for another attempt, with other dice."""
        return replace(
            self,
            dice=dice,
            mindful=mindful,
            slots=dict(self.slots),
            traits=set(self.traits),
            uses=dict(self.uses),
            derived=set(self.derived),
        )

    def kept(self, name: str, make: Callable[[], T]) -> T:
        """What ``make`` gives, made once for all attempts; it may not depend on the dice."""
        if name not in self.shared:
            self.shared[name] = make()
        found: T = self.shared[name]
        return found

    def mark(self, trait: str, holds: object = True) -> None:
        """Add a trait when it holds."""
        if holds:
            self.traits.add(trait)

    def get(self, slot: str) -> str:
        """The text of a slot, or nothing."""
        return self.slots.get(slot, "")

    @property
    def room(self) -> int:
        """How many characters the text may have."""
        bounds = (self.kind.max_chars, self.wishes.most_chars, max(self.manner.most_chars, self._floor))
        return min(bound for bound in bounds if bound)

    @property
    def _floor(self) -> int:
        """A wish for short texts may not make a kind too short to say what it must."""
        return self.kind.min_chars + 20 if self.manner.most_chars else 0

    @property
    def first_line_chars(self) -> int:
        """How long the first line may be."""
        return min(
            self.kind.first_line_chars, max(self.manner.first_line, 8) if self.manner.first_line else 99
        )

    @property
    def emoji(self) -> int:
        """How many emoji the text may carry."""
        if not self.wishes.emoji or self.manner.formal:
            return 0
        return min(self.kind.emoji.most, self.manner.emoji if self.manner.emoji is not None else 4)
