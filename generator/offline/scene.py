"""What one attempt at a text knows: the brief, its theme and wishes, the slots that can be filled and the traits that hold.

Kinds fill a scene; the grammar reads it. A slot that is empty does not exist, so a line that needs it is never chosen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from generator.offline import guard
from generator.offline.dice import Dice
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
    slots: dict[str, str] = field(default_factory=dict)
    traits: set[str] = field(default_factory=set)
    uses: dict[str, tuple[str, ...]] = field(default_factory=dict)
    derived: set[str] = field(default_factory=set)  # numbers worked out here, such as the sum of a basket
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

    def again(self, dice: Dice) -> Scene:
        """The same scene for another attempt, with other dice."""
        return replace(
            self,
            dice=dice,
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
        most = self.kind.max_chars
        return min(most, self.wishes.most_chars) if self.wishes.most_chars else most
