"""What looking for habits takes and gives: pairs of texts, and what was found in how many of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

LEAST = 3  # an edit seen less often is taste, not habit


@dataclass(frozen=True)
class Pair:
    """What the machine wrote for a kind and what an editor approved in its place."""

    kind: str
    machine: str
    approved: str

    @cached_property
    def changed(self) -> bool:
        """True when a person changed something."""
        return self.machine.strip() != self.approved.strip()


@dataclass(frozen=True)
class Habit:
    """A note for writers of one kind, how many pairs show it, of how many that could have, and some of their words.

    ``kind`` is empty for a note to every kind. ``stem`` is the part of the note by which the same habit is known again when
    its numbers have moved.
    """

    kind: str
    note: str
    count: int
    of: int
    examples: tuple[str, ...] = ()
    stem: str = field(default="", compare=False)


@dataclass(frozen=True)
class Found:
    """One recurring edit. ``shown``: numbers of the pairs that show it; ``could``: of those that could have."""

    note: str
    stem: str
    shown: tuple[int, ...]
    could: tuple[int, ...]
    examples: tuple[str, ...] = ()


def enough(shown: Sequence[int], could: Sequence[int], least: int, share: float) -> bool:
    """True when an edit is seen often, and in so large a part of the texts where it could have been."""
    return len(shown) >= least and len(shown) >= len(could) * share


def clipped(text: str, most: int = 28) -> str:
    """A text's beginning on one line."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"
