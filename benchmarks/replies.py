"""Replies: milliseconds beside 10,000 knowledge items, right sources and escalations over a file of cases, and with a model of known delay.

    .venv/bin/python -m benchmarks.replies [--items 10000] [--cases FILE.jsonl ...] [--operators 50 --seconds 60]
        [--through bare engine room desk] [--alone 200] [--url postgresql://...] [--quick]

Beside the offline figures: a plain fuzzy scan over all questions, which is what a keyword box would do. Beside the others: a
bare client of the same model server.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rapidfuzz import fuzz, process

from benchmarks._reply_books import NOW, brand_corpus, cases, enlarged, seeded
from benchmarks._reply_load import (
    Opening,
    a_bare_client,
    at,
    in_turn,
    options,
    over_http,
    serving,
    the_desk,
    the_engine,
    the_room,
    together,
)
from generator.replies import Question, ReplyDesk, desk_for, suggest
from generator.replies.preparing import prepare
from prompts.reply import Corpus
from workers import settings
from workers.runtime import start

CASES = Path(__file__).resolve().parent.parent / "tests/generator/replies/cases.jsonl"
BAR = 30.0  # ms at p95 with 10,000 items
FIRST_WORD = 1.3  # s at p95, with a model that takes one second
ALONE = 0.2  # seconds the model takes where one operator is alone
THROUGH = ("bare", "engine", "room", "desk")


def timed(
    desk: ReplyDesk, asked: Sequence[str], clock: Callable[[], float] = time.perf_counter
) -> list[float]:
    """Milliseconds of each reply, after a warm-up."""
    for text in asked[:40]:
        suggest(Question(text, NOW), desk)
    taken = []
    for text in asked:
        begun = clock()
        suggest(Question(text, NOW), desk)
        taken.append((clock() - begun) * 1000)
    return taken


def share(values: Sequence[bool]) -> str:
    """A share as text."""
    return f"{sum(values)}/{len(values)} = {sum(values) / len(values):.1%}" if values else "—"


def accuracy(desk: ReplyDesk, lines: Sequence[dict[str, Any]]) -> None:
    """The table of right sources and escalations, by split."""
    for split in sorted({line.get("split", "all") for line in lines}):
        mine = [
            (line, suggest(Question(line["text"], NOW), desk))
            for line in lines
            if line.get("split", "all") == split
        ]
        placed = [
            (line["expect"], [source.place() for source in reply.sources])
            for line, reply in mine
            if line.get("expect")
        ]
        print(f"{split}: {len(mine)} lines")
        for count in (1, 3):
            print(
                f"  right source in the first {count}: {share([any(s in e for s in got[:count]) for e, got in placed])}"
            )
        print(
            f"  cases for a person escalated: {share([reply.escalate for line, reply in mine if line['escalate']])}"
        )
        print(
            f"  needless escalations: {share([reply.escalate for line, reply in mine if not line['escalate']])}"
        )
        barred = [
            finding
            for _, reply in mine
            for one in reply.suggestions
            for finding in one.findings
            if finding.verdict == "block"
        ]
        print(f"  block findings shown: {len(barred)}")


def beyond(base: Corpus, asked: Sequence[str], chosen: argparse.Namespace) -> None:
    """One operator alone, a model server that takes a fifth of a second: what is ours of the time to the first word and to the whole."""
    questions = answerable(enlarged(base, chosen.items), asked)
    with serving(ALONE) as url, TemporaryDirectory() as folder:
        given = options(url, Path(folder), chosen.url)
        loaded = settings.load(**given)
        with seeded(loaded.db_url, chosen.items) as (database, _), the_desk(database, given, 1) as served:
            bare = asyncio.run(in_turn(a_bare_client(url), [""], chosen.alone))
            desk = asyncio.run(in_turn(over_http(served), questions, chosen.alone))
    print(f"one operator over HTTP, {chosen.items} knowledge items, {loaded.db_url.partition(':')[0]}, beyond a bare client's p50; wrong: {dict(desk.wrong) or 'none'}; load {os.getloadavg()[0]:.1f}")  # fmt: skip
    for name in ("first", "whole"):
        own = statistics.median(getattr(bare, name))
        taken = [(one - own) * 1000 for one in getattr(desk, name)]
        print(f"  {name}: p50 {at(taken, 0.5):.1f} ms, p95 {at(taken, 0.95):.1f} ms (bar {BAR:.0f})")


def answerable(base: Corpus, asked: Sequence[str]) -> list[str]:
    """The questions a model is asked about."""
    desk = desk_for(base)
    return [text for text in asked if prepare(Question(text, NOW), desk).for_model]


def under_load(base: Corpus, asked: Sequence[str], chosen: argparse.Namespace) -> None:
    """A bare client, the engine, the room with its database and till, the desk over HTTP: all against one model server."""
    book = enlarged(base, chosen.items)
    questions = answerable(book, asked)
    print(f"{chosen.operators} operators at once for {chosen.seconds:.0f} s each, model delay {chosen.latency:.1f} s")  # fmt: skip

    def measured(title: str, opening: Opening, busy: Callable[[], float] = time.process_time) -> None:
        load = asyncio.run(together(opening, questions, chosen.operators, chosen.seconds, busy))
        load.show(title, chosen.latency, FIRST_WORD)

    with serving(chosen.latency) as url, TemporaryDirectory() as folder:
        given = options(url, Path(folder), chosen.url)
        runtime = start(settings.load(**given))
        with seeded(runtime.settings.db_url, chosen.items) as (database, brand):
            if "bare" in chosen.through:
                measured("a bare client, for comparison", a_bare_client(url))
            if "engine" in chosen.through:
                measured("the engine", the_engine(url, desk_for(book), chosen.operators + 4))
            if "room" in chosen.through:
                measured("the room, with its database", the_room(runtime, brand))
            if "desk" in chosen.through:
                with the_desk(database, given, chosen.operators) as served:
                    measured("the desk over HTTP", over_http(served), served.busy)
        runtime.database.dispose()


def main() -> None:
    """Print every figure."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--items", type=int, default=10_000)
    given.add_argument("--cases", type=Path, nargs="*", default=[CASES])
    given.add_argument("--operators", type=int, default=50)
    given.add_argument("--seconds", type=float, default=60.0, help="of each crowd; 0: none")
    given.add_argument("--latency", type=float, default=1.0)
    given.add_argument("--through", nargs="*", choices=THROUGH, default=THROUGH)
    given.add_argument("--alone", type=int, default=200, help="replies of one operator alone; 0: none")
    given.add_argument("--url", default="", help="another database, empty; default: a fresh SQLite file")
    given.add_argument("--quick", action="store_true", help="no accuracy, no offline figures")
    chosen = given.parse_args()
    lines = cases(chosen.cases)
    asked = [line["text"] for line in lines]
    base = brand_corpus()
    if not chosen.quick:
        accuracy(desk_for(base), lines)
        offline(base, asked, chosen.items)
    if chosen.alone > 0:
        beyond(base, asked, chosen)
    if chosen.seconds > 0:
        under_load(base, asked, chosen)


def offline(base: Corpus, asked: Sequence[str], items: int) -> None:
    """Milliseconds of a reply without a model, beside a fuzzy scan of the same questions."""
    begun = time.perf_counter()
    desk = desk_for(enlarged(base, items))
    print(f"index of {len(desk.index.documents)} sources built in {time.perf_counter() - begun:.1f} s")
    taken = timed(desk, asked)
    print(
        f"offline reply: p50 {statistics.median(taken):.1f} ms, p95 {at(taken, 0.95):.1f} ms (bar {BAR:.0f}); load {os.getloadavg()[0]:.1f}"
    )
    busy = timed(desk, asked, time.process_time)
    print(f"  of it work of this process: p50 {statistics.median(busy):.1f} ms, p95 {at(busy, 0.95):.1f} ms")
    questions = [record.question for record in desk.corpus.knowledge]
    begun = time.perf_counter()
    for text in asked[:100]:
        process.extract(text, questions, scorer=fuzz.partial_ratio, limit=3)
    print(f"a fuzzy scan over the same questions: {(time.perf_counter() - begun) * 10:.1f} ms each")


if __name__ == "__main__":
    main()
