"""A desk that has warmed up can answer at once, and has asked nobody for it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from content_calendar import brands, workbook
from content_calendar.clock import FixedClock
from content_calendar.database import Database
from content_calendar.workbook.shift import EXAMPLE
from generator.models import from_setting
from generator.models.line import End
from generator.models.loop import at_the_end, lasting, lasting_here
from generator.replies import desk_for
from tests.fakes.openai_server import OpenAIServer, streamed
from workers.replies import Asking, ReplyRoom
from workers.runtime import Runtime
from workers.settings import Settings
from workers.warming import answering, warm_up

NOW = datetime.fromisoformat("2026-11-24T10:00+08:00")


@pytest.fixture
def runtime(database: Database, tmp_path: Path, request: pytest.FixtureRequest) -> Runtime:
    content = workbook.read(EXAMPLE).content
    assert content is not None
    with database.write() as session:
        workbook.apply(session, content, now=NOW, actor="system:test")
    server: OpenAIServer = request.getfixturevalue("server")
    settings = Settings(data_dir=tmp_path, models=f"{server.url}#fake", model_key="k", _env_file=None)  # type: ignore[call-arg,arg-type]
    return Runtime(settings, database, FixedClock(NOW))


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with OpenAIServer(streamed(["【回答】一周一次就够，", "混合皮只抹T区。"])) as running:
        yield running


def test_warming_up_makes_the_client_and_the_index_and_asks_nobody(runtime: Runtime, server: OpenAIServer) -> None:  # fmt: skip
    async def served() -> dict[str, object]:
        async with answering(runtime, warmed=True):
            loop = lasting()
            assert loop is asyncio.get_running_loop()
            assert await asyncio.to_thread(warm_up, runtime, loop) == 1
            assert server.journal == []
            with runtime.database.read() as session:
                brand = brands.customers(session)[0]
            room = await asyncio.to_thread(ReplyRoom, runtime, brand)
            events = [event async for event in room.events(Asking("泥膜几天做一次，要等干透吗", NOW))]
        return dict(events[-1]["data"])

    done = asyncio.run(served())
    assert str(done["author"]).endswith("fake") and len(server.journal) == 1
    assert lasting() is None


def test_warming_up_ends_when_its_time_is_over(runtime: Runtime) -> None:
    ticks = iter((0.0, 99.0, 100.0))
    assert warm_up(runtime, clock=lambda: next(ticks)) == 0


def test_many_who_ask_after_an_import_wait_for_one_index(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    made: list[int] = []

    def counted(*given: object) -> object:
        made.append(1)
        return desk_for(*given)  # type: ignore[arg-type]

    monkeypatch.setattr("workers.replies.desk_for", counted)
    with runtime.database.read() as session:
        brand = brands.customers(session)[0]
    askers = [threading.Thread(target=ReplyRoom, args=(runtime, brand)) for _ in range(6)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join(60)
    assert made == [1]


def test_replies_really_go_through_aiohttp() -> None:
    chat = End(from_setting("http://127.0.0.1:1/v1#x")[0].spec, crowd=True).ready()
    assert "aiohttp" in type(chat.root_async_client._client._transport).__module__


def test_what_was_opened_on_a_lasting_loop_is_closed_with_it() -> None:
    closed: list[str] = []

    async def close() -> None:
        closed.append("yes")

    async def live() -> None:
        async with lasting_here() as loop:
            at_the_end(loop, close)
            assert closed == []

    asyncio.run(live())
    assert closed == ["yes"] and lasting() is None
