"""The offline writer against its bars, on the reference brand and on trades nothing was written for.

    .venv/bin/python -m benchmarks.offline [--days 7] [--from 2026-11-23] [--book pets] [--show]

Bars (issue 3): every planned post written, no block, at least 95 % without a finding, every must-have there, no two
posts of a tier within seven days more alike than 0.55, no first line twice in 30 days, the tiers of a slot far apart.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import combinations

from rapidfuzz import fuzz

from benchmarks import _weeks
from generator.writing.look import TOO_CLOSE, normal
from prompts import demands
from prompts.brief import Brief
from prompts.kinds import all_kinds

CLEAN = 0.95
SAME_STANCE = 85.0  # two tiers' texts of a slot this alike say the same thing to different people
WEEK, MONTH = timedelta(days=7), timedelta(days=30)


@dataclass
class Bars:
    """What was counted over one book."""

    planned: int = 0
    written: int = 0
    blocked: int = 0
    clean: int = 0
    faults: list[str] = field(
        default_factory=list
    )  # must-haves, likeness, first lines, stance: one line each
    per_second: float = 0.0

    @property
    def kept(self) -> bool:
        """True when every bar is kept."""
        whole = self.written == self.planned and not self.blocked and not self.faults
        return whole and self.clean >= CLEAN * self.written


def measure(briefs: list[Brief]) -> tuple[Bars, _weeks.Written]:
    """Write ``briefs`` and count."""
    started = time.process_time()
    written = _weeks.write(briefs)
    seconds = time.process_time() - started
    bars = Bars(planned=len(briefs), written=len(written), per_second=len(written) / seconds)
    bars.blocked = sum(draft.blocked for _, draft in written)
    bars.clean = sum(not draft.findings for _, draft in written)
    bars.faults = [*_lacking(written), *_alike(written), *_stances(written)]
    return bars, written


def _lacking(written: _weeks.Written) -> Iterator[str]:
    for brief, draft in written:
        kind = all_kinds()[brief.kind]
        lacking = [must.key for must in demands.missing(kind, draft.text, brief)]
        lacking += [slip.ban.key for slip in demands.broken(kind, draft.text)]
        if lacking:
            yield f"{brief.at:%m-%d %H:%M} {brief.tier.level} {brief.kind}: {', '.join(lacking)}"


def _alike(written: _weeks.Written) -> Iterator[str]:
    tiers: dict[str, _weeks.Written] = defaultdict(list)
    for brief, draft in written:
        tiers[brief.tier.level].append((brief, draft))
    for pairs in tiers.values():
        for (one, first), (other, second) in combinations(pairs, 2):
            apart = abs(one.at - other.at)
            where = f"{one.at:%m-%d} / {other.at:%m-%d} {one.tier.level} {one.kind}"
            if apart < MONTH and normal(first.first_line) == normal(second.first_line):
                yield f"{where}: first line 「{first.first_line}」 twice"
            if apart < WEEK:
                likeness = fuzz.ratio(normal(first.text), normal(second.text), score_cutoff=TOO_CLOSE)
                if likeness >= TOO_CLOSE:
                    yield f"{where}: {likeness:.0f} % alike"


def _stances(written: _weeks.Written) -> Iterator[str]:
    slots: dict[tuple[object, ...], _weeks.Written] = defaultdict(list)
    for brief, draft in written:
        slots[brief.at, brief.theme, brief.kind].append((brief, draft))
    for pairs in slots.values():
        for (one, first), (other, second) in combinations(pairs, 2):
            likeness = fuzz.ratio(normal(first.text), normal(second.text))
            if likeness >= SAME_STANCE:
                tiers = f"{one.tier.level} and {other.tier.level}"
                yield f"{one.at:%m-%d %H:%M} {one.kind}: {tiers} {likeness:.0f} % alike"


def main() -> int:
    """Measure and print; 1 when a bar is missed."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--days", type=int, default=7)
    options.add_argument("--from", dest="start", type=date.fromisoformat, default=date(2026, 11, 23))
    options.add_argument("--book", action="append", choices=_weeks.ALL)
    options.add_argument("--show", action="store_true", help="print what missed a bar, and every finding")
    given = options.parse_args()
    missed = 0
    for book in given.book or _weeks.ALL:
        bars, written = measure(_weeks.briefs_of(book, given.start, given.days))
        missed += not bars.kept
        print(
            f"{book:<10} {bars.written}/{bars.planned} written, {bars.blocked} blocked, "
            f"{100 * bars.clean / max(1, bars.written):.1f} % clean (bar 95), {len(bars.faults)} faults, "
            f"{bars.per_second:.0f} a second of CPU with checks  {'ok' if bars.kept else 'MISSED'}"
        )
        if given.show:
            print(*(f"  {fault}" for fault in bars.faults), sep="\n")
            for brief, draft in written:
                for finding in draft.findings:
                    print(
                        f"  {brief.at:%m-%d} {brief.kind} {finding.rule}: {finding.excerpt or finding.reason}"
                    )
    return missed


if __name__ == "__main__":
    raise SystemExit(main())
