"""Writing: 168 posts against a model with fixed latency, beside the ideal; and the offline writer alone.

    .venv/bin/python -m benchmarks.writing [--latency 2] [--slots 16] [--posts 168] [--flat 10000]

The model is a local server that speaks the protocol and answers each request after the same time with a text of
its own. Ideal: posts / slots rounds of that latency. Bars: at most 1.1 of the ideal; offline at least 50 posts a
second on one core; memory flat. The peer is a bare loop that only posts the same requests.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import resource
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from content_calendar.database import migrate
from content_calendar.tables import Brand
from generator.models import Gate, from_setting
from generator.writing import WritingDesk, write_many
from prompts.brief import Brief
from prompts.evalset import briefs
from prompts.library import Library
from tests.fakes.openai_server import OpenAIServer, answer
from workers.runtime import start
from workers.settings import Settings
from workers.till import Till

_LINES = ("先看水温", "擦干再涂", "少做一步", "换个时间", "先试一次", "放在手边", "薄薄一层", "等半分钟")


def many(number: int) -> Iterator[Brief]:
    """As many know-how briefs as asked for, each a slot of its own."""
    fixed = [one for one in briefs() if one.kind in ("tip", "qa", "good_night", "showcase")]
    for count, one in zip(range(number), itertools.cycle(fixed), strict=False):
        yield one.model_copy(update={"post": f"bench:{count}"})


def echoing(latency: float) -> Any:
    """Answers every request after ``latency`` seconds with words nobody else gets."""
    count = itertools.count()

    async def behave(request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
        number = next(count)
        own = "".join(chr(0x4E00 + (number * 97 + place * 389) % 20_000) for place in range(60))
        text = {
            "first_line": own[:12],
            "body": f"{own[12:]}\n{_LINES[number % 8]}，早点睡，晚安。",
            "action": "",
            "picture": "",
            "fact_ids": [],
        }
        return await answer(text, latency=latency)(request, body)

    return behave


@contextmanager
def till() -> Iterator[Till]:
    """The product's own: every call reserved and settled in a database."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder), model_daily_tokens=100_000_000)
        migrate(settings.db_url)
        runtime = start(settings)
        with runtime.database.write() as session:
            brand = Brand(uid="b" * 32, name="沐禾", industry="护肤（化妆品）", fans="禾苗", demo=True)
            session.add(brand)
        made = Till(runtime, brand)
        yield made
        made.flush()
        runtime.database.dispose()


async def by_model(server: OpenAIServer, posts: int, slots: int, gate: Gate) -> tuple[float, float]:
    """Seconds for ``posts`` posts through the whole pipeline, and milliseconds of this process's CPU for each."""
    models = from_setting(f"{server.url}#m?concurrency={slots}&timeout=60")
    desk = WritingDesk(Library.load(), (models[0].under(gate),), repair_rounds=0)
    async for _ in write_many(many(slots), desk=desk):  # warm: imports, connections
        pass
    started, cpu = time.perf_counter(), time.process_time()
    count = 0
    async for _, draft in write_many(many(posts), desk=desk):
        count += 1
        assert draft.text
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    assert count == posts
    await models[0].aclose()
    return seconds, cpu * 1000 / posts


async def bare(server: OpenAIServer, posts: int, slots: int) -> float:
    """Seconds for a bare loop that posts as many requests and does nothing with the answers."""
    gate = asyncio.Semaphore(slots)
    async with aiohttp.ClientSession() as session:

        async def one() -> None:
            async with (
                gate,
                session.post(f"{server.url}/chat/completions", json={"messages": []}) as response,
            ):
                await response.read()

        started = time.perf_counter()
        await asyncio.gather(*(one() for _ in range(posts)))
        return time.perf_counter() - started


async def offline(posts: int) -> tuple[float, float, float]:
    """Posts a second (of CPU time) of the offline writer; megabytes of growth in the first half and in the second.

    The caches fill in the first half and are bounded; in the second nothing may grow.
    """
    desk, weeks = WritingDesk(Library.load()), _weeks()
    await _week(next(weeks), desk)
    grown, started, count = [_megabytes()], time.process_time(), 0
    for half in (posts / 2, posts):
        while count < half:
            count += await _week(next(weeks), desk)
        grown.append(_megabytes())
    return count / (time.process_time() - started), grown[1] - grown[0], grown[2] - grown[1]


def _weeks() -> Iterator[list[Brief]]:
    """Week after week of the two invented brands: the same timetable with other days, as a brand's would be."""
    for number in itertools.count():
        for brand in dict.fromkeys(one.voice.brand for one in briefs()):
            later = timedelta(days=7 * number)
            yield [
                one.model_copy(update={"post": f"{one.post}:{number}", "at": one.at + later})
                for one in briefs()
                if one.voice.brand == brand
            ]


async def _week(week: list[Brief], desk: WritingDesk) -> int:
    return len([draft async for _, draft in write_many(week, desk=desk)])


def _megabytes() -> float:
    """What this process holds in memory now."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * resource.getpagesize() / 1e6


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--latency", type=float, default=0.5)
    options.add_argument("--slots", type=int, default=16)
    options.add_argument("--posts", type=int, default=168)
    options.add_argument("--flat", type=int, default=500, help="posts of the offline run")
    given = options.parse_args()
    ideal = given.posts * given.latency / given.slots
    with OpenAIServer(echoing(given.latency)) as server:
        loop = asyncio.run(bare(server, given.posts, given.slots))
        with till() as gate:
            ours, cpu = asyncio.run(by_model(server, given.posts, given.slots, gate))
    print(f"{given.posts} posts, {given.latency:g} s latency, {given.slots} slots: ideal {ideal:.2f} s")
    print(f"  bare loop   {loop:7.2f} s   {loop / ideal:.3f} of ideal")
    print(
        f"  pipeline    {ours:7.2f} s   {ours / ideal:.3f} of ideal (bar 1.1)   {ours / loop:.3f} of the bare loop"
    )
    print(
        f"  {cpu:.1f} ms of CPU a post, the local server's own part included; every call through the day's budget"
    )
    rate, first, second = asyncio.run(offline(given.flat))
    print(
        f"offline: {rate:.0f} posts a second of CPU (bar 50), memory {first:+.1f} MB in the first half of"
        f" {given.flat} posts, {second:+.1f} MB in the second"
    )


if __name__ == "__main__":
    main()
