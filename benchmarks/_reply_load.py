"""Operators who ask for replies at once, and the four things they may ask: a bare client, the engine, the room, the desk over HTTP.

The model server and the desk run in processes of their own; this process is the load. What a bare client meets is what the
machine allows at that moment: each other figure stands beside it.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import multiprocessing
import os
import random
import socket
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import aiohttp

from benchmarks._reply_books import NOW
from content_calendar.database import Database
from content_calendar.tables import Brand
from desk.auth import tokens, users
from generator.models import ChatModel, from_setting
from generator.replies import Question, ReplyDesk, stream
from tests.fakes.openai_server import OpenAIServer, streamed
from workers.replies import Asking, ReplyRoom
from workers.runtime import Runtime

Told = tuple[str, dict[str, Any]]
Ask = Callable[[str, int], AsyncIterator[Told]]
Opening = AbstractAsyncContextManager[Ask]
WORDS = ("suggestion", "suggestion_delta")
ANSWER = "【回答】先看商品页的说明，按上面写的来就行。\n【安抚】不着急，先看清楚再定。\n【追问】你最在意的是哪一点？"
ENDLESS = 10**12  # tokens: three thousand calls a minute are not what the day's budget is for


@dataclass
class Load:
    """What operators met: seconds to the first word and to the whole, replies each, what went wrong."""

    first: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)
    each: Counter[int] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    busy: float | None = None  # seconds of work of the process that answers

    def show(self, title: str, latency: float, bar: float) -> None:
        """Two lines beside the bar; the model's own time is told apart."""
        least, most = (min(self.each.values()), max(self.each.values())) if self.each else (0, 0)
        print(
            f"{title}: {len(self.whole)} replies, {least}-{most} each, wrong: {dict(self.wrong) or 'none'}"
            f"; load {os.getloadavg()[0]:.1f}"
        )
        if self.first:
            work = f", work {self.busy / len(self.whole) * 1000:.1f} ms a reply" if self.busy else ""
            print(
                f"  first word p50 {at(self.first, 0.5):.2f} s, p95 {at(self.first, 0.95):.2f} s (bar {bar})"
                f", beyond the model p95 {(at(self.first, 0.95) - latency) * 1000:.0f} ms"
                f"; whole p95 {at(self.whole, 0.95):.2f} s{work}"
            )


async def together(
    opening: Opening, asked: Sequence[str], operators: int, seconds: float, busy: Callable[[], float]
) -> Load:
    """``operators`` ask one after the other for ``seconds``, after one reply that warms up; ``busy``: the answerer's work so far."""
    load = Load()

    async def operate(ask: Ask, place: int, end: float) -> None:
        dice = random.Random(place)
        await asyncio.sleep(dice.random())  # people do not press in the same instant
        while time.perf_counter() < end:
            await once(ask, dice.choice(asked), place, load)

    async with opening as ask:
        await once(ask, asked[0], 0, Load())
        begun, end = busy(), time.perf_counter() + seconds
        await asyncio.gather(*(operate(ask, place, end) for place in range(operators)))
        load.busy = busy() - begun
    return load


async def in_turn(opening: Opening, asked: Sequence[str], count: int) -> Load:
    """One operator asks ``count`` times: what it takes beyond the model's own time shows best alone."""
    load, dice = Load(), random.Random(3)
    async with opening as ask:
        for text in asked[:10]:
            await once(ask, text, 0, Load())
        for _ in range(count):
            await once(ask, dice.choice(asked), 0, load)
    return load


async def once(ask: Ask, text: str, place: int, load: Load) -> None:
    """One reply, noted in ``load``; what goes wrong is counted, never raised."""
    begun, word, author = time.perf_counter(), None, "offline"
    try:
        async for kind, data in ask(text, place):
            if word is None and kind in WORDS:
                word = time.perf_counter() - begun
            if kind == "done":
                author = data["author"]
                if data["fell_back"]:
                    load.wrong[data["fell_back"]] += 1
    except (aiohttp.ClientError, OSError, ValueError) as error:
        load.wrong[type(error).__name__] += 1
        return
    if author == "offline" or word is None:
        load.wrong["without the model"] += 1
    load.first.append(word or float("inf"))
    load.whole.append(time.perf_counter() - begun)
    load.each[place] += 1


@asynccontextmanager
async def a_bare_client(url: str) -> AsyncIterator[Ask]:
    """The same server asked by a client that does nothing else: what this machine allows at this moment."""
    body = {"model": "fake", "stream": True, "messages": []}
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def ask(_: str, _place: int) -> AsyncIterator[Told]:
            async with session.post(f"{url}/chat/completions", json=body) as answer:
                async for _piece in answer.content.iter_any():
                    yield "suggestion_delta", {}
            yield "done", {"author": "bare", "fell_back": ""}

        yield ask


@asynccontextmanager
async def the_engine(url: str, desk: ReplyDesk, slots: int) -> AsyncIterator[Ask]:
    """The generator alone: no database, no till."""
    chain = from_setting(f"{url}#fake", key="k", timeout=20.0, concurrency=slots)
    models = tuple(ChatModel(one.spec, crowd=True) for one in chain)
    ready = replace(desk, models=models)

    async def ask(text: str, _place: int) -> AsyncIterator[Told]:
        async for event in stream(Question(text, NOW), ready):
            yield event.kind, event.data

    yield ask
    for model in models:
        await model.aclose()


@asynccontextmanager
async def the_room(runtime: Runtime, brand: Brand) -> AsyncIterator[Ask]:
    """With everything a request does but the wire: the index by brand, the till, the record in the database."""

    async def ask(text: str, _place: int) -> AsyncIterator[Told]:
        mine = await asyncio.to_thread(ReplyRoom, runtime, brand)
        async for event in mine.events(Asking(text, NOW)):
            yield event["event"], event["data"]

    yield ask


@asynccontextmanager
async def over_http(desk: Served) -> AsyncIterator[Ask]:
    """As operators' browsers and programs ask: server-sent events, each operator with a token."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def ask(text: str, place: int) -> AsyncIterator[Told]:
            secret = desk.secrets[place % len(desk.secrets)]
            headers = {"Authorization": f"Bearer {secret}", "Accept": "text/event-stream"}
            async with session.post(desk.address, json={"text": text}, headers=headers) as answer:
                answer.raise_for_status()
                kind = ""
                async for line in answer.content:
                    if line.startswith(b"event: "):
                        kind = line[7:].strip().decode()
                    elif line.startswith(b"data: "):
                        yield kind, json.loads(line[6:])

        yield ask


def options(url: str, folder: Path, database: str = "") -> dict[str, Any]:
    """The settings of a desk whose model is at ``url``."""
    return {
        "data_dir": folder, "database_url": database, "models": f"{url}#fake", "model_key": "k",
        "model_daily_tokens": ENDLESS, "clock": NOW.isoformat(),
    }  # fmt: skip


@dataclass(frozen=True)
class Served:
    """A desk in a process of its own: where suggestions are asked for, by whom, which process it is."""

    address: str
    secrets: tuple[str, ...]
    pid: int

    def busy(self) -> float:
        """Seconds of work it has done."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def the_desk(database: Database, given: dict[str, Any], operators: int) -> Iterator[Served]:
    """`chongfen web` over a seeded database; every operator is a user with a token."""
    secrets = tuple(_token(database, f"op{number}") for number in range(operators))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {f"CHONGFEN_{name.upper()}": str(value) for name, value in given.items() if value != ""}
    command = [sys.executable, "-m", "desk.cli", "web", "--port", str(port)]
    with (
        (Path(given["data_dir"]) / "desk.log").open("wb") as log,
        subprocess.Popen(command, env=os.environ | environment, stdout=log, stderr=log) as process,
    ):
        try:
            _wait(f"http://127.0.0.1:{port}/healthz")
            served = Served(f"http://127.0.0.1:{port}/api/suggestions", secrets, process.pid)
            _settle(served)
            yield served
        finally:
            process.terminate()


def _token(database: Database, name: str) -> str:
    with database.write() as session:
        user = users.create(session, name=name, role="operator", now=NOW, actor="system:bench")
        return tokens.create(session, user, "bench", now=NOW, actor="system:bench").secret


def _wait(address: str) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=2):
            return
        time.sleep(0.1)
    raise TimeoutError("the desk did not start")


def _settle(served: Served) -> None:
    """What is made ready at the start is not what is measured."""
    before, end = -1.0, time.monotonic() + 60
    while served.busy() - before > 0.1 and time.monotonic() < end:
        before = served.busy()
        time.sleep(1.0)


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


def delayed(latency: float) -> Any:
    """A streaming answer whose first piece takes ``latency`` seconds."""
    pieces = [ANSWER[start : start + 6] for start in range(0, len(ANSWER), 6)]
    speak = streamed(pieces)

    async def behave(request: Any, body: dict[str, Any]) -> Any:
        await asyncio.sleep(latency)
        return await speak(request, body)

    return behave


def at(values: Sequence[float], share_of: float) -> float:
    """A quantile."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share_of))]
