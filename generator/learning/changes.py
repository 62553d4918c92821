"""What is different between two texts, in runs a person would mark: not letter by letter where a word was changed."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass

_HAN = re.compile(r"[\u3400-\u9fff]")
LONGEST = 4000  # characters compared; beyond that a text is no post


@dataclass(frozen=True)
class Run:
    """``old`` was replaced by ``new`` (either may be empty); ``after`` is the character that follows in both."""

    old: str
    new: str
    after: str = ""


def runs(machine: str, approved: str) -> tuple[Run, ...]:
    """The runs that changed; one lonely character that happens to be the same between two changes belongs to them."""
    old, new = machine[:LONGEST], approved[:LONGEST]
    codes = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    spans: list[list[int]] = []
    for number, (tag, i1, i2, j1, j2) in enumerate(codes):
        if tag == "equal":
            continue
        joins = spans and number and codes[number - 1][2] - codes[number - 1][1] == 1 and _inside(old, i1)
        if joins:
            spans[-1][1], spans[-1][3] = i2, j2
        else:
            spans.append([i1, i2, j1, j2])
    return tuple(Run(old[i1:i2], new[j1:j2], old[i2 : i2 + 1]) for i1, i2, j1, j2 in spans)


def _inside(old: str, at: int) -> bool:
    """True when the one character before ``at`` is part of a word: a comma between two changes keeps them apart."""
    return at > 1 and bool(_HAN.fullmatch(old[at - 1]))
