"""The room keeps one index per workbook, records what was proposed, and keeps customers' data out of the record."""

from __future__ import annotations

import asyncio
import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from content_calendar import workbook
from content_calendar.clock import FixedClock
from content_calendar.database import Database
from content_calendar.tables import KnowledgeGap, ModelCall, Suggestion
from content_calendar.workbook.shift import EXAMPLE
from tests.fakes.openai_server import OpenAIServer, streamed
from workers.replies import Asking, ReplyRoom
from workers.runtime import Runtime, only_brand
from workers.settings import Settings

NOW = datetime.fromisoformat("2026-11-24T10:00+08:00")


def imported(database: Database, now: datetime) -> None:
    content = workbook.read(EXAMPLE).content
    assert content is not None
    with database.write() as session:
        workbook.apply(session, content, now=now, actor="system:test")


@pytest.fixture
def runtime(database: Database, tmp_path: Path) -> Runtime:
    imported(database, NOW)
    return Runtime(Settings(data_dir=tmp_path, _env_file=None), database, FixedClock(NOW))  # type: ignore[call-arg]


def room(runtime: Runtime) -> ReplyRoom:
    with runtime.database.read() as session:
        return ReplyRoom(runtime, only_brand(session))


def test_the_index_is_shared_until_the_workbook_changes(runtime: Runtime) -> None:
    first, second = room(runtime), room(runtime)
    assert first.desk.index is second.desk.index
    imported(runtime.database, NOW + timedelta(hours=1))
    assert room(runtime).desk.index is not first.desk.index


def test_a_reply_is_recorded_masked(runtime: Runtime) -> None:
    text = "我叫李小美，电话13800138000，支持花呗分期吗"
    answered = room(runtime).answer_now(Asking(text, NOW, tier="mid"))
    with runtime.database.read() as session:
        kept = session.get_one(Suggestion, answered.id)
        gap = session.scalars(select(KnowledgeGap)).one()
    assert kept.gap and kept.tier == "mid" and kept.author == "offline" and kept.fell_back == "no_model"
    assert not re.search("李小美|13800138000", f"{kept.asked} {gap.question} {kept.suggestions}")


def test_a_stream_ends_with_the_recorded_id(runtime: Runtime) -> None:
    async def events() -> list[dict[str, object]]:
        return [event async for event in room(runtime).events(Asking("面膜一周几次", NOW))]

    last = asyncio.run(events())[-1]
    assert last["event"] == "done"
    with runtime.database.read() as session:
        assert session.get_one(Suggestion, last["data"]["id"]).sources  # type: ignore[index]


def test_with_a_model_the_call_is_in_the_book(database: Database, tmp_path: Path) -> None:
    imported(database, NOW)
    with OpenAIServer(streamed(["【回答】一周一次就够。", "\n【安抚】不难，红的时候先停。"])) as server:
        settings = Settings(data_dir=tmp_path, models=f"{server.url}#fake", model_key="k", _env_file=None)  # type: ignore[call-arg,arg-type]
        runtime = Runtime(settings, database, FixedClock(NOW))
        answered = room(runtime).answer_now(Asking("泥膜几天做一次，要等干透吗", NOW))
    with database.read() as session:
        call = session.scalars(select(ModelCall)).one()
        kept = session.get_one(Suggestion, answered.id)
    assert (call.purpose, call.outcome) == ("reply", "ok")
    assert kept.author == "custom:fake" and len(kept.prompt_version) == 64
