"""Drafts drawn at random for a person to read aloud as a strict community editor would.

    .venv/bin/python -m benchmarks.read_aloud [--n 50] [--seed 1] [--from 2026-11-23] [--book pets]

The same seed draws the same drafts from the same code: every kind once where it can, then evenly over kinds, tiers and
trades. What was found in the last reading, and what was done about it, stands in docs/read-aloud.md.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from benchmarks import _weeks
from generator.offline.dice import Dice
from prompts.brief import Brief
from prompts.draft import Draft


def draw(written: Sequence[tuple[str, Brief, Draft]], number: int, seed: int) -> list[int]:
    """Places of ``number`` drafts: one of a kind after the other, each kind's trades and tiers in turn."""
    dice = Dice(seed)
    by_kind: dict[str, list[int]] = defaultdict(list)
    for place in dice.order(range(len(written))):
        by_kind[written[place][1].kind].append(place)
    kinds = dice.order(sorted(by_kind))
    drawn: list[int] = []
    while len(drawn) < min(number, len(written)):
        for kind in kinds:
            if by_kind[kind] and len(drawn) < number:
                drawn.append(_rarest(by_kind[kind], drawn, written))
    return drawn


def _rarest(places: list[int], drawn: Sequence[int], written: Sequence[tuple[str, Brief, Draft]]) -> int:
    """The next place whose trade and tier were drawn least so far; it is taken out of ``places``."""
    seen = [(written[place][0], written[place][1].tier.level) for place in drawn]
    chosen = min(places, key=lambda place: seen.count((written[place][0], written[place][1].tier.level)))
    places.remove(chosen)
    return chosen


def main() -> None:
    """Write a week of every book and print what was drawn."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--n", type=int, default=50)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--from", dest="start", type=date.fromisoformat, default=date(2026, 11, 23))
    options.add_argument("--book", action="append", choices=_weeks.ALL)
    given = options.parse_args()
    written = [
        (book, brief, draft)
        for book in given.book or _weeks.ALL
        for brief, draft in _weeks.write(_weeks.briefs_of(book, given.start, 7))
    ]
    for number, place in enumerate(draw(written, given.n, given.seed), 1):
        book, brief, draft = written[place]
        where = f"{brief.at:%m-%d %H:%M} {brief.tier.level} {brief.kind}"
        print(f"\n{number}. {book} · {where} · {brief.theme}\n{draft.text}")


if __name__ == "__main__":
    main()
