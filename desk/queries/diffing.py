"""What changed between two texts, by characters, so that an editor reads only the change."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import pairwise
from typing import Literal

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
    runs: list[Change] = []
    for what, old_from, old_to, new_from, new_to in SequenceMatcher(
        None, old, new, autojunk=False
    ).get_opcodes():
        if what == "equal":
            runs.append(Change("same", "".join(old[old_from:old_to])))
            continue
        runs.append(Change("del", "".join(old[old_from:old_to])))
        runs.append(Change("ins", "".join(new[new_from:new_to])))
    return runs


def neighbours(numbers: list[int], chosen: int, against: int | None) -> tuple[int, int | None]:
    """Which revision to show and which to compare it with: by default the one before it."""
    before = {later: earlier for earlier, later in pairwise(sorted(numbers))}
    return chosen, against if against in numbers and against != chosen else before.get(chosen)
