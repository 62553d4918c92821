"""Edits that keep coming back, as notes an editor may accept into the prompt.

Only what can be counted: words taken out again and again, one word put for another, texts made shorter, signs
and lines removed. A note is a suggestion with its count and examples; nothing here changes a prompt.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import median

LEAST = 3  # an edit seen less often is taste, not habit
SHARE = 0.3  # and it has to show in so large a part of a kind's edited texts
SHORTER = 0.85  # median length of approved against machine text that counts as cutting
_PHRASE = re.compile(r"[\u3400-\u9fff]{2,12}")


@dataclass(frozen=True)
class Pair:
    """What the machine wrote for a kind and what an editor approved in its place."""

    kind: str
    machine: str
    approved: str


@dataclass(frozen=True)
class Habit:
    """A note for writers of one kind, how many pairs show it, of how many, and some of their words."""

    kind: str
    note: str
    count: int
    of: int
    examples: tuple[str, ...] = ()


def habits(pairs: Iterable[Pair], *, least: int = LEAST) -> tuple[Habit, ...]:
    """The recurring edits per kind, most frequent first. Pairs without a change say nothing."""
    by_kind: dict[str, list[Pair]] = defaultdict(list)
    for pair in pairs:
        if pair.machine.strip() != pair.approved.strip():
            by_kind[pair.kind].append(pair)
    found = [habit for kind, changed in by_kind.items() for habit in _of_kind(kind, changed, least)]
    return tuple(sorted(found, key=lambda habit: (-habit.count, habit.kind, habit.note)))


def _of_kind(kind: str, changed: Sequence[Pair], least: int) -> Iterable[Habit]:
    enough = max(least, round(len(changed) * SHARE))
    for (before, after), count in _replacements(changed).items():
        if count >= enough:
            note = f"不写“{before}”" if not after else f"“{before}”改写成“{after}”"
            yield Habit(kind, note, count, len(changed), (before,))
    for note, sign in _SIGNS:
        shown = [pair for pair in changed if sign(pair.approved) < sign(pair.machine)]
        if len(shown) >= enough:
            yield Habit(kind, note, len(shown), len(changed), tuple(pair.approved[:40] for pair in shown[:2]))
    yield from _shorter(kind, changed, least)


def _replacements(changed: Sequence[Pair]) -> Counter[tuple[str, str]]:
    """Words taken out, and words put in their place, counted once a pair."""
    seen: Counter[tuple[str, str]] = Counter()
    for pair in changed:
        matcher = difflib.SequenceMatcher(None, pair.machine, pair.approved, autojunk=False)
        mine: set[tuple[str, str]] = set()
        for tag, i1, i2, j1, j2 in matcher.get_opcodes():
            before, after = pair.machine[i1:i2], pair.approved[j1:j2]
            if tag == "replace" and _PHRASE.fullmatch(before) and _PHRASE.fullmatch(after):
                mine.add((before, after))
            elif tag in ("delete", "replace"):
                mine.update((phrase, "") for phrase in _PHRASE.findall(before) if phrase not in pair.approved)
        seen.update(mine)
    return seen


def _shorter(kind: str, changed: Sequence[Pair], least: int) -> Iterable[Habit]:
    ratios = [len(pair.approved) / len(pair.machine) for pair in changed if pair.machine]
    if len(ratios) >= least and median(ratios) <= SHORTER:
        cut = round((1 - median(ratios)) * 100)
        yield Habit(kind, f"写短一点，编辑通常删掉约 {cut}%", sum(r <= SHORTER for r in ratios), len(changed))


def _emoji(text: str) -> int:
    return sum(unicodedata.category(char) == "So" for char in text)


def _shouts(text: str) -> int:
    return text.count("！") + text.count("!")


def _particles(text: str) -> int:
    return len(re.findall(r"[哦呢呀啦哟嘛](?=[。！？~～\n]|$)", text))


def _questions(text: str) -> int:
    return text.count("？") + text.count("?")


_SIGNS: tuple[tuple[str, Callable[[str], int]], ...] = (
    ("少用表情", _emoji),
    ("少用感叹号", _shouts),
    ("句末少用语气词", _particles),
    ("少用问句", _questions),
)
