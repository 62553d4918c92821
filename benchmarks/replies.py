"""Replies: milliseconds beside 10,000 knowledge items, right sources and escalations over a file of cases, and with a model of known delay.

    .venv/bin/python benchmarks/replies.py [--items 10000] [--cases FILE.jsonl ...] [--operators 50 --seconds 60]

The extra items are the brand's own knowledge in other words about other things, so that terms are as common as in a real
corpus. Beside it, in the same run: a plain fuzzy scan over all questions, which is what a keyword box would do.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import random
import statistics
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aiohttp
from rapidfuzz import fuzz, process

from content_calendar import brands, workbook
from content_calendar.database import Database, migrate
from content_calendar.replies import corpus as reading
from content_calendar.workbook.shift import EXAMPLE
from generator.models import ChatModel, from_setting
from generator.replies import Question, ReplyDesk, asuggest, desk_for, stream, suggest
from generator.replies.preparing import prepare
from prompts.reply import Corpus, KnowledgeRecord
from tests.fakes.openai_server import OpenAIServer, streamed
from workers import settings
from workers.replies import Asking, ReplyRoom
from workers.runtime import start

Ask = Callable[[str], AsyncIterator[tuple[str, dict[str, Any]]]]
NOW = datetime.fromisoformat("2026-11-24T10:00+08:00")
CASES = Path(__file__).resolve().parent.parent / "tests/generator/replies/cases.jsonl"
BAR = 30.0  # ms at p95 with 10,000 items
FIRST_WORD = 1.3  # s at p95, with a model that takes one second
THINGS = [
    "保温杯",
    "台灯",
    "枕头",
    "雨伞",
    "背包",
    "键盘",
    "毛巾",
    "拖鞋",
    "行李箱",
    "电饭煲",
    "香薰",
    "相框",
    "绿植",
    "猫粮",
    "手机壳",
    "耳机",
    "书架",
    "窗帘",
    "水壶",
    "鱼缸",
]
PLACES = ["客厅", "办公室", "宿舍", "阳台", "厨房", "车里", "旅途中", "学校", "健身房", "露营时"]
ANSWER = "【回答】先看商品页的说明，按上面写的来就行。\n【安抚】不着急，先看清楚再定。\n【追问】你最在意的是哪一点？"


def brand_corpus() -> Corpus:
    """The reference brand's records."""
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/bench.db"
        migrate(url)
        database = Database(url)
        content = workbook.read(EXAMPLE).content
        assert content is not None
        with database.write() as session:
            workbook.apply(session, content, now=NOW, actor="system:bench")
        with database.read() as session:
            found = reading.load(session, brands.customers(session)[0])
        database.dispose()
    return found


def enlarged(base: Corpus, items: int) -> Corpus:
    """``base`` with knowledge about other things until there are ``items``."""
    dice = random.Random(7)
    extra = []
    for number in range(items - len(base.knowledge)):
        seed = dice.choice(base.knowledge)
        thing, place = dice.choice(THINGS), dice.choice(PLACES)
        extra.append(
            KnowledgeRecord(
                f"x{number}", 1000 + number, seed.topic, f"{place}的{thing}{number % 97}，{seed.question}",
                f"{thing}放在{place}时，{seed.answer}",
            )
        )  # fmt: skip
    return replace(base, knowledge=(*base.knowledge, *extra))


def cases(paths: Sequence[Path]) -> list[dict[str, Any]]:
    """The labelled lines."""
    return [
        json.loads(line) for path in paths for line in path.read_text("utf-8").splitlines() if line.strip()
    ]


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


@dataclass
class Load:
    """What fifty operators met: seconds to the first word and to the whole, replies each, what went wrong."""

    first: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)
    each: Counter[int] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    busy: float = 0.0  # seconds of work of this process

    def show(self, title: str, seconds: float, latency: float) -> None:
        """Print it beside the bar; the model's own time is told apart."""
        print(f"{title}: {len(self.each)} operators, {seconds:.0f} s, model delay {latency:.1f} s")
        print(f"  {len(self.whole)} replies, wrong: {dict(self.wrong) or 'none'}")
        if self.first:
            print(
                f"  first word p50 {at(self.first, 0.5):.2f} s, p95 {at(self.first, 0.95):.2f} s (bar {FIRST_WORD});"
                f" beyond the model p95 {(at(self.first, 0.95) - latency) * 1000:.0f} ms; whole p95 {at(self.whole, 0.95):.2f} s"
            )
            print(f"  work of this process: {self.busy / len(self.whole) * 1000:.1f} ms a reply")
            print(f"  replies per operator: least {min(self.each.values())}, most {max(self.each.values())}")


async def operate_all(ask: Ask, asked: Sequence[str], operators: int, seconds: float) -> Load:
    """``operators`` ask one after the other for ``seconds``."""
    load, end = Load(), time.perf_counter() + seconds

    async def operate(place: int) -> None:
        dice = random.Random(place)
        await asyncio.sleep(dice.random())  # people do not press in the same instant
        while time.perf_counter() < end:
            begun, word, author = time.perf_counter(), None, "offline"
            async for kind, data in ask(dice.choice(asked)):
                if word is None and kind in ("suggestion", "suggestion_delta"):
                    word = time.perf_counter() - begun
                if kind == "done":
                    author = data["author"]
                    load.wrong[data["fell_back"] or "nothing"] += 1
            if author == "offline" or word is None:
                load.wrong["without the model"] += 1
            load.first.append(word or 0.0)
            load.whole.append(time.perf_counter() - begun)
            load.each[place] += 1

    worked = time.process_time()
    await asyncio.gather(*(operate(place) for place in range(operators)))
    load.busy = time.process_time() - worked
    del load.wrong["nothing"]
    return load


def under_load(base: Corpus, asked: Sequence[str], chosen: argparse.Namespace) -> None:
    """The bare engine, then the room with its database and till, against a model server in a process of its own."""
    with serving(chosen.latency) as url:
        asyncio.run(bare(url, chosen)).show("a bare client, for comparison", chosen.seconds, chosen.latency)
        chain = from_setting(f"{url}#fake", key="k", timeout=20.0, concurrency=chosen.operators + 4)
        models = tuple(ChatModel(one.spec, crowd=True) for one in chain)
        desk = replace(desk_for(base), models=models)
        questions = [text for text in asked if prepare(Question(text, NOW), desk).for_model]

        async def engine(text: str) -> AsyncIterator[tuple[str, dict[str, Any]]]:
            async for event in stream(Question(text, NOW), desk):
                yield event.kind, event.data

        asyncio.run(
            asuggest(Question(questions[0], NOW), desk)
        )  # the model's library is loaded once per process
        load = asyncio.run(operate_all(engine, questions, chosen.operators, chosen.seconds))
        load.show("the engine", chosen.seconds, chosen.latency)
        for model in models:
            model.close()
        in_the_room(url, questions, chosen)


async def bare(url: str, chosen: argparse.Namespace) -> Load:
    """The same server asked by a client that does nothing else: what this machine allows at this moment."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def ask(_: str) -> AsyncIterator[tuple[str, dict[str, Any]]]:
            body = {"model": "fake", "stream": True, "messages": []}
            async with session.post(f"{url}/chat/completions", json=body) as answer:
                async for _piece in answer.content.iter_any():
                    yield "suggestion_delta", {}
            yield "done", {"author": "bare", "fell_back": ""}

        return await operate_all(ask, [""], chosen.operators, chosen.seconds)


def in_the_room(url: str, questions: Sequence[str], chosen: argparse.Namespace) -> None:
    """The same with everything a request does: the index by brand, the till, the record in the database."""
    with TemporaryDirectory() as folder:
        runtime = start(
            settings.load(data_dir=folder, models=f"{url}#fake", model_key="k", clock=f"{NOW.isoformat()}")
        )
        migrate(runtime.settings.db_url)
        content = workbook.read(EXAMPLE).content
        assert content is not None
        with runtime.database.write() as session:
            workbook.apply(session, content, now=NOW, actor="system:bench")
        with runtime.database.read() as session:
            brand = brands.customers(session)[0]
            session.expunge(brand)

        async def room(text: str) -> AsyncIterator[tuple[str, dict[str, Any]]]:
            mine = await asyncio.to_thread(ReplyRoom, runtime, brand)
            async for event in mine.events(Asking(text, NOW)):
                yield event["event"], event["data"]

        async def once() -> None:
            async for _ in room(questions[0]):
                pass

        asyncio.run(once())
        load = asyncio.run(operate_all(room, questions, chosen.operators, chosen.seconds))
        load.show("the room, with its database", chosen.seconds, chosen.latency)
        runtime.database.dispose()


@contextmanager
def serving(latency: float) -> Iterator[str]:
    """The address of a model server in its own process, so that it takes no time from ours."""
    spawn = multiprocessing.get_context("spawn")
    here, there = spawn.Pipe()
    process = spawn.Process(target=_serve, args=(latency, there), daemon=True)
    process.start()
    try:
        yield here.recv()
    finally:
        here.send("stop")
        process.join(10)


def _serve(latency: float, pipe: Any) -> None:
    with OpenAIServer(delayed(latency)) as server:
        pipe.send(server.url)
        pipe.recv()


def at(values: Sequence[float], share_of: float) -> float:
    """A quantile."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share_of))]


def main() -> None:
    """Print every figure."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--items", type=int, default=10_000)
    options.add_argument("--cases", type=Path, nargs="*", default=[CASES])
    options.add_argument("--operators", type=int, default=50)
    options.add_argument("--seconds", type=float, default=60.0)
    options.add_argument("--latency", type=float, default=1.0)
    chosen = options.parse_args()
    lines = cases(chosen.cases)
    asked = [line["text"] for line in lines]
    base = brand_corpus()
    accuracy(desk_for(base), lines)
    begun = time.perf_counter()
    desk = desk_for(enlarged(base, chosen.items))
    print(f"index of {len(desk.index.documents)} sources built in {time.perf_counter() - begun:.1f} s")
    taken = timed(desk, asked)
    print(
        f"offline reply: p50 {statistics.median(taken):.1f} ms, p95 {at(taken, 0.95):.1f} ms (bar {BAR:.0f})"
    )
    busy = timed(desk, asked, time.process_time)
    print(f"  of it work of this process: p50 {statistics.median(busy):.1f} ms, p95 {at(busy, 0.95):.1f} ms")
    questions = [record.question for record in desk.corpus.knowledge]
    begun = time.perf_counter()
    for text in asked[:100]:
        process.extract(text, questions, scorer=fuzz.partial_ratio, limit=3)
    print(f"a fuzzy scan over the same questions: {(time.perf_counter() - begun) * 10:.1f} ms each")
    if chosen.seconds > 0:
        under_load(base, asked, chosen)


def delayed(latency: float) -> Any:
    """A streaming answer whose first piece takes ``latency`` seconds."""
    pieces = [ANSWER[start : start + 6] for start in range(0, len(ANSWER), 6)]
    speak = streamed(pieces)

    async def behave(request: Any, body: dict[str, Any]) -> Any:
        await asyncio.sleep(latency)
        return await speak(request, body)

    return behave


if __name__ == "__main__":
    main()
