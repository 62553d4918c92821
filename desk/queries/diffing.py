"""What changed between two texts, by characters, so that an editor reads only the change."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import pairwise
from typing import Literal

ISLAND = 2  # characters that happen to agree between two changes: no landmark for a reader
WORK = 3_000_000  # characters times characters a comparison may cost; beyond it lines are compared


@dataclass(frozen=True, slots=True)
class Change:
    """A run of text that stayed (``same``), went (``del``) or came (``ins``)."""

    what: Literal["same", "del", "ins"]
    text: str


@lru_cache(maxsize=256)
def changes(old: str, new: str) -> tuple[Change, ...]:
    """The changes from ``old`` to ``new``: the "same" and "del" runs joined give ``old``, "same" and "ins" ``new``."""
    front = _shared(old, new)
    back = _shared(old[front:][::-1], new[front:][::-1])
    middle_old, middle_new = old[front : len(old) - back], new[front : len(new) - back]
    runs = [
        Change("same", old[:front]),
        *_middle(middle_old, middle_new),
        Change("same", old[len(old) - back :]),
    ]
    return tuple(run for run in runs if run.text)


def _shared(old: str, new: str) -> int:
    """How many characters both begin with."""
    return next(
        (at for at, pair in enumerate(zip(old, new, strict=False)) if pair[0] != pair[1]),
        min(len(old), len(new)),
    )


def _middle(old: str, new: str) -> list[Change]:
    if len(old) * len(new) <= WORK:
        return _compared(list(old), list(new))
    return _compared(old.splitlines(keepends=True), new.splitlines(keepends=True))


def _compared(old: list[str], new: list[str]) -> list[Change]:
    """Runs of what differs; a change reads as one, out with the old, in with the new, across small islands of agreement."""
    runs: list[Change] = []
    gone, came = "", ""
    for what, old_from, old_to, new_from, new_to in _joined(old, new):
        if what != "equal":
            gone += "".join(old[old_from:old_to])
            came += "".join(new[new_from:new_to])
            continue
        runs += [Change("del", gone), Change("ins", came), Change("same", "".join(old[old_from:old_to]))]
        gone, came = "", ""
    return [*runs, Change("del", gone), Change("ins", came)]


def _joined(old: list[str], new: list[str]) -> list[tuple[str, int, int, int, int]]:
    """The steps from ``old`` to ``new``; an agreement that is only an island between two changes counts as changed."""
    steps = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return [
        ("replace", *step[1:]) if step[0] == "equal" and _island(old, step, number, len(steps)) else step
        for number, step in enumerate(steps)
    ]


def _island(old: list[str], step: tuple[str, int, int, int, int], number: int, steps: int) -> bool:
    agreed = "".join(old[step[1] : step[2]])
    return 0 < number < steps - 1 and len(agreed) <= ISLAND and "\n" not in agreed


def neighbours(numbers: list[int], chosen: int, against: int | None) -> tuple[int, int | None]:
    """Which revision to show and which to compare it with: by default the one before it."""
    before = {later: earlier for earlier, later in pairwise(sorted(numbers))}
    return chosen, against if against in numbers and against != chosen else before.get(chosen)
