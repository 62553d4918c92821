"""The reference brand's records and a desk over them, made once."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from content_calendar import brands, workbook
from content_calendar.database import Database, migrate
from content_calendar.replies import corpus as reading
from content_calendar.workbook.shift import EXAMPLE
from generator.replies import ReplyDesk, desk_for
from prompts.reply import Corpus

NOW = datetime.fromisoformat("2026-11-24T10:00+08:00")


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """The example workbook as records."""
    url = f"sqlite:///{tmp_path_factory.mktemp('replies')}/brand.db"
    migrate(url)
    database = Database(url)
    content = workbook.read(EXAMPLE).content
    assert content is not None
    with database.write() as session:
        workbook.apply(session, content, now=NOW, actor="system:test")
    with database.read() as session:
        found = reading.load(session, brands.customers(session)[0], now=NOW)
    database.dispose()
    return found


@pytest.fixture(scope="session")
def desk(corpus: Corpus) -> ReplyDesk:
    """A desk without a model."""
    return desk_for(corpus)


@pytest.fixture
def now() -> datetime:
    """Two days before the launch."""
    return NOW


@pytest.fixture(scope="session")
def cases() -> list[dict[str, Any]]:
    """The labelled customer lines."""
    path = Path(__file__).parent / "cases.jsonl"
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]
