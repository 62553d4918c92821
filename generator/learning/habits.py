"""Edits that keep coming back, as notes an editor may accept into the prompt.

Only what can be counted: words taken out, put in or changed for others again and again, signs and layout removed, texts made
shorter or longer. A note is a suggestion with its count and examples; nothing here changes a prompt.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence

from generator.learning import measures, phrases, signs
from generator.learning.found import LEAST, Found, Habit, Pair

EVERYWHERE = 3  # shown in so many kinds, and in none the other way, a habit is the house's and no kind's own
MOST = 8  # notes offered for one kind: more than that nobody reads


def habits(pairs: Iterable[Pair], *, least: int = LEAST, leave: Collection[str] = ()) -> tuple[Habit, ...]:
    """The recurring edits per kind, and under kind "" those of the whole house; the most frequent first.

    ``pairs`` should hold the texts approved unchanged too: they tell how often an editor let the same thing stand. ``leave``:
    names of goods and campaigns, which come and go with the subject and are no habit.
    """
    everything = list(pairs)
    house = list(_everywhere(everything, least, leave))
    by_kind: dict[str, list[Pair]] = defaultdict(list)
    for pair in everything:
        by_kind[pair.kind].append(pair)
    found = list(house)
    for kind, mine in by_kind.items():
        own = (_habit(kind, one) for one in _found(mine, least, leave))
        found += [habit for habit in own if not any(habit.stem in known.note for known in house)][:MOST]
    return tuple(sorted(found, key=lambda habit: (-habit.count, habit.kind, habit.note)))


def _found(pairs: Sequence[Pair], least: int, leave: Collection[str]) -> list[Found]:
    if sum(pair.changed for pair in pairs) < least:
        return []
    found = [*signs.found(pairs, least), *measures.found(pairs, least), *phrases.found(pairs, least, leave)]
    return sorted(found, key=lambda one: (-len(one.shown), one.note))


def _everywhere(pairs: Sequence[Pair], least: int, leave: Collection[str]) -> Iterator[Habit]:
    if sum(pair.changed for pair in pairs) < least:
        return
    for one in (*signs.found(pairs, least), *phrases.found(pairs, least, leave)):
        shown, could = (Counter(pairs[number].kind for number in some) for some in (one.shown, one.could))
        against = any(count >= least and shown[kind] < count / 2 for kind, count in could.items())
        if len(shown) >= EVERYWHERE and not against:
            yield _habit("", one)


def _habit(kind: str, one: Found) -> Habit:
    return Habit(kind, one.note, len(one.shown), len(one.could), one.examples, one.stem)
