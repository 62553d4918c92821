"""Weeks of real briefs for the benchmarks of writing: a workbook imported, planned and briefed as the product does it.

The reference brand, and the books of other trades under ``tests/books``, which nothing was written for.
"""

from __future__ import annotations

import asyncio
import tempfile
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import select

from content_calendar.database import Database, migrate
from content_calendar.plan import briefs as calendar_briefs
from content_calendar.plan import planner
from content_calendar.tables import Brand, Post
from content_calendar.workbook.applying import apply
from content_calendar.workbook.reading import read
from generator.writing import WritingDesk, write_many
from prompts.brief import Brief
from prompts.draft import Draft
from prompts.library import Library
from tests.books.making import BOOKS, make

REFERENCE = "reference"
EXAMPLE = Path(__file__).resolve().parents[1] / "examples" / "沐禾.xlsx"
ALL = (REFERENCE, *BOOKS)
Written = list[tuple[Brief, Draft]]


def briefs_of(book: str, start: date, days: int) -> list[Brief]:
    """The briefs of ``days`` days of a book (``reference`` or the name of one under ``tests/books``)."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = EXAMPLE if book == REFERENCE else make(book, folder)
        url = f"sqlite:///{folder / 'weeks.db'}"
        migrate(url)
        database = Database(url)
        now = datetime.combine(start - timedelta(days=1), time(8), ZoneInfo("Asia/Shanghai"))
        reading = read(path, today=start)
        if reading.content is None:
            raise SystemExit(f"{book}: {reading.errors[:3]}")
        with database.write() as session:
            apply(session, reading.content, now=now, actor="system:benchmark")
            planner.plan(session, session.scalars(select(Brand)).one(), start=start, days=days, now=now)
        with database.read() as session:
            posts = session.scalars(select(Post).where(Post.day < start + timedelta(days=days)))
            found = calendar_briefs.build_many(session, list(posts), now=now)
        database.dispose()
    return sorted(found, key=lambda brief: (brief.at, brief.post))


def write(briefs: list[Brief]) -> Written:
    """All of them by the offline writer, through the pipeline with its checks."""

    async def whole() -> Written:
        desk = WritingDesk(Library.load())
        return [pair async for pair in write_many(briefs, desk=desk)]

    return asyncio.run(whole())
