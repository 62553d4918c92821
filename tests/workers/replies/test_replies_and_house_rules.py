"""A brand's own rules reach the reply lane: no suggestion says what the brand forbids, from the moment it is told."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from content_calendar import workbook
from content_calendar.clock import FixedClock
from content_calendar.database import Database
from content_calendar.rules import changing
from content_calendar.tables import Brand
from content_calendar.workbook.shift import EXAMPLE
from prompts.house_rules import OwnRule
from workers.replies import Asking, ReplyRoom
from workers.runtime import Runtime
from workers.settings import Settings

NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)


@pytest.fixture
def runtime(database: Database) -> Runtime:
    content = workbook.read(EXAMPLE).content
    assert content is not None
    with database.write() as session:
        workbook.apply(session, content, now=NOW, actor="system:test")
    return Runtime(Settings(), database, FixedClock(NOW))


def suggested(runtime: Runtime, text: str) -> list[str]:
    with runtime.database.read() as session:
        brand = session.scalars(select(Brand)).one()
    reply = ReplyRoom(runtime, brand).offline(Asking(text, NOW))
    return [one.text for one in reply.suggestions]


def test_a_forbidden_word_is_in_no_suggestion_from_the_moment_it_is_told(runtime: Runtime) -> None:
    question = "洗脸水温多少合适？"
    before = suggested(runtime, question)
    assert before
    word = before[0][:4]
    with runtime.database.write() as session:
        brand = session.scalars(select(Brand)).one()
        rule = OwnRule(words=(word,), reason="不这么开头", kinds=("reply",))
        changing.add(session, brand, rule, actor="user:lead", now=NOW)
    assert not any(word in text for text in suggested(runtime, question))
