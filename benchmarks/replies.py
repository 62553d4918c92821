"""Replies: milliseconds beside 10,000 knowledge items, right sources and escalations over a file of cases, and with a model of known delay.

    .venv/bin/python benchmarks/replies.py [--items 10000] [--cases FILE.jsonl ...] [--operators 50 --seconds 60]

The extra items are the brand's own knowledge in other words about other things, so that terms are as common as in a real
corpus. Beside it, in the same run: a plain fuzzy scan over all questions, which is what a keyword box would do.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rapidfuzz import fuzz, process

from content_calendar import brands, workbook
from content_calendar.database import Database, migrate
from content_calendar.replies import corpus as reading
from content_calendar.workbook.shift import EXAMPLE
from generator.models import from_setting
from generator.replies import Question, ReplyDesk, asuggest, desk_for, stream, suggest
from prompts.reply import Corpus, KnowledgeRecord
from tests.fakes.openai_server import OpenAIServer, streamed

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


async def with_model(
    desk: ReplyDesk, asked: Sequence[str], operators: int, seconds: float, latency: float
) -> None:
    """``operators`` ask one after the other for ``seconds``; seconds to the first word and to the whole."""
    first: list[float] = []
    whole: list[float] = []
    each = [0] * operators
    end = time.perf_counter() + seconds

    async def operate(place: int) -> None:
        dice = random.Random(place)
        while time.perf_counter() < end:
            begun, word = time.perf_counter(), None
            async for event in stream(Question(dice.choice(asked), NOW), desk):
                if word is None and event.kind in ("suggestion", "suggestion_delta"):
                    word = time.perf_counter() - begun
            first.append(word or 0.0)
            whole.append(time.perf_counter() - begun)
            each[place] += 1

    await asyncio.gather(*(operate(place) for place in range(operators)))
    print(
        f"{operators} operators, {seconds:.0f} s, model delay {latency:.1f} s: {len(whole)} replies, no error"
    )
    print(
        f"  first word p50 {at(first, 0.5):.2f} s, p95 {at(first, 0.95):.2f} s (bar {FIRST_WORD}); whole p95 {at(whole, 0.95):.2f} s"
    )
    print(f"  replies per operator: least {min(each)}, most {max(each)}")


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
        with OpenAIServer(delayed(chosen.latency)) as server:
            models = from_setting(
                f"{server.url}#fake", key="k", timeout=20.0, concurrency=chosen.operators + 4
            )
            plain = [line["text"] for line in lines if not line["escalate"] and line["expect"]]
            small = replace(desk_for(base), models=models)
            asyncio.run(
                asuggest(Question(plain[0], NOW), small)
            )  # the model's library is loaded once per process
            asyncio.run(with_model(small, plain, chosen.operators, chosen.seconds, chosen.latency))
            for model in models:
                model.close()


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
