"""What the reply benchmarks ask about: the reference brand, as records and in a database, with as much knowledge as is wished.

The extra items are the brand's own knowledge in other words about other things, so that terms are as common as in a real
corpus.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import insert

from content_calendar import brands, workbook
from content_calendar.database import Database, migrate
from content_calendar.replies import corpus as reading
from content_calendar.tables import Brand, KnowledgeItem
from content_calendar.workbook.shift import EXAMPLE
from prompts.reply import Corpus, KnowledgeRecord

NOW = datetime.fromisoformat("2026-11-24T10:00+08:00")
THINGS = ("保温杯", "台灯", "枕头", "雨伞", "背包", "键盘", "毛巾", "拖鞋", "行李箱", "电饭煲", "香薰", "相框", "绿植", "猫粮", "手机壳", "耳机", "书架", "窗帘", "水壶", "鱼缸")  # fmt: skip
PLACES = ("客厅", "办公室", "宿舍", "阳台", "厨房", "车里", "旅途中", "学校", "健身房", "露营时")


def cases(paths: Sequence[Path]) -> list[dict[str, Any]]:
    """The labelled lines."""
    return [
        json.loads(line) for path in paths for line in path.read_text("utf-8").splitlines() if line.strip()
    ]


def brand_corpus() -> Corpus:
    """The reference brand's records."""
    with (
        TemporaryDirectory() as folder,
        seeded(f"sqlite:///{folder}/bench.db") as (database, brand),
        database.read() as session,
    ):
        return reading.load(session, brand, now=NOW)


def enlarged(base: Corpus, items: int) -> Corpus:
    """``base`` with knowledge about other things until there are ``items``."""
    return replace(base, knowledge=(*base.knowledge, *_more(base.knowledge, items)))


@contextmanager
def seeded(url: str, items: int = 0) -> Iterator[tuple[Database, Brand]]:
    """A migrated database with the reference brand and at least ``items`` knowledge items."""
    migrate(url)
    database = Database(url)
    content = workbook.read(EXAMPLE).content
    assert content is not None
    with database.write() as session:
        workbook.apply(session, content, now=NOW, actor="system:bench")
    with database.write() as session:
        brand = brands.customers(session)[0]
        have = reading.load(session, brand, now=NOW).knowledge
        rows = [_row(brand.id, record) for record in _more(have, items)]
        if rows:
            session.execute(insert(KnowledgeItem), rows)
        session.expunge(brand)
    try:
        yield database, brand
    finally:
        database.dispose()


def _more(base: Sequence[KnowledgeRecord], items: int) -> Iterable[KnowledgeRecord]:
    dice = random.Random(7)
    for number in range(items - len(base)):
        seed, thing, place = dice.choice(base), dice.choice(THINGS), dice.choice(PLACES)
        question = f"{place}的{thing}{number % 97}，{seed.question}"
        answer = f"{thing}放在{place}时，{seed.answer}"
        yield KnowledgeRecord(f"x{number}", 1000 + number, seed.topic, question, answer)


def _row(brand_id: int, record: KnowledgeRecord) -> dict[str, Any]:
    return {
        "brand_id": brand_id, "key": record.key, "row": record.row, "topic": record.topic, "question": record.question,
        "answer": record.answer, "products": [], "source": "", "active": True, "origin": "workbook",
    }  # fmt: skip
