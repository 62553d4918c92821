"""Differences as a reader takes them in: a changed word as one change, two versions' words line beside line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from desk.queries.diffing import Change, changes
from prompts.library.words import split

_HAN = re.compile(r"[\u3400-\u9fff]")
LITTLE = 3  # characters
AROUND = 2  # unchanged lines shown before and after a changed one


@dataclass(frozen=True, slots=True)
class Line:
    """A line of both versions, or of one; ``gap``: unchanged lines are left out here."""

    what: Literal["same", "change", "gap"]
    left: str = ""
    right: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of two chains: its name and how its lines differ."""

    name: str
    lines: tuple[Line, ...]


def worded(old: str, new: str) -> tuple[Change, ...]:
    """The changes by words: what little stayed the same within a rewritten passage belongs to the change."""
    found = list(changes(old, new))
    merged: list[Change] = []
    at = 0
    while at < len(found):
        if found[at].what == "same":
            merged.append(found[at])
            at += 1
            continue
        end = at + 1
        while end < len(found) and (found[end].what != "same" or _swallowed(found, at, end)):
            end += 1
        merged += _together(found[at:end])
        at = end
    return tuple(merged)


def _swallowed(found: Sequence[Change], start: int, at: int) -> bool:
    """True for one character of a word, or a few between two changes twice as long: nobody left those on purpose."""
    text = found[at].text
    if at + 1 >= len(found) or "\n" in text:
        return False
    if len(text) == 1 and _HAN.match(text):
        return True
    before = max(_size(found[start:at], "del"), _size(found[start:at], "ins"))
    after = max(len(run.text) for run in found[at + 1 : at + 3] if run.what != "same")
    return len(text) <= LITTLE and min(before, after) >= 2 * len(text)


def _size(runs: Sequence[Change], what: str) -> int:
    return sum(len(run.text) for run in runs if run.what in (what, "same"))


def _together(runs: Sequence[Change]) -> Iterator[Change]:
    went = "".join(run.text for run in runs if run.what != "ins")
    came = "".join(run.text for run in runs if run.what != "del")
    if went:
        yield Change("del", went)
    if came:
        yield Change("ins", came)


def beside(left: str, right: str) -> tuple[tuple[Piece, ...], int]:
    """The pieces in which two kept bodies differ, and how many are the same in both."""
    old, new = split(left), split(right)
    names = list(dict.fromkeys([*old, *new]))
    different = [name for name in names if old.get(name, "") != new.get(name, "")]
    pieces = tuple(Piece(name, tuple(lines(old.get(name, ""), new.get(name, "")))) for name in different)
    return pieces, len(names) - len(different)


def lines(old: str, new: str) -> Iterator[Line]:
    """The lines in which two texts differ, each beside the one it became, and a few around them."""
    before, after = old.splitlines(), new.splitlines()
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for number, group in enumerate(matcher.get_grouped_opcodes(AROUND)):
        if number:
            yield Line("gap")
        for tag, i1, i2, j1, j2 in group:
            if tag == "equal":
                yield from (Line("same", line, line) for line in before[i1:i2])
                continue
            for at in range(max(i2 - i1, j2 - j1)):
                yield Line("change", _at(before, i1 + at, i2), _at(after, j1 + at, j2))


def _at(lines: Sequence[str], at: int, end: int) -> str:
    return lines[at] if at < end else ""
