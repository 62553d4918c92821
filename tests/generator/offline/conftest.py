"""Weeks written offline: the reference workbook through import and plan, and the evaluation set's two brands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from content_calendar.database import Database, migrate
from content_calendar.plan import briefs as calendar_briefs
from content_calendar.plan import planner
from content_calendar.tables import Brand, Post
from content_calendar.workbook.applying import apply
from content_calendar.workbook.reading import read
from generator import offline
from prompts import evalset
from prompts.brief import Brief
from prompts.draft import Draft

MONDAY = date(2026, 11, 23)
Written = list[tuple[Brief, Draft]]


def write_in_turn(briefs: Sequence[Brief], *, seed: int = 7) -> Written:
    """Each brief written with what its tier has just been given as ``taken``."""
    taken: dict[tuple[str, str], list[str]] = defaultdict(list)
    written: Written = []
    for brief in sorted(briefs, key=lambda item: (item.at, item.post)):
        told = taken[brief.voice.brand, brief.tier.level]
        draft = offline.write(brief, seed=seed, taken=tuple(told))
        told.append(draft.text)
        written.append((brief, draft))
    return written


@pytest.fixture(scope="session")
def reference_briefs(tmp_path_factory: pytest.TempPathFactory) -> list[Brief]:
    """The real briefs of one week of the reference workbook."""
    workbook = Path(__file__).resolve().parents[3] / "examples" / "沐禾.xlsx"
    url = f"sqlite:///{tmp_path_factory.mktemp('week') / 'week.db'}"
    migrate(url)
    database = Database(url)
    now = datetime(2026, 11, 22, 8, tzinfo=ZoneInfo("Asia/Shanghai"))
    content = read(workbook, today=MONDAY).content
    assert content is not None
    with database.write() as session:
        apply(session, content, now=now, actor="test")
        planner.plan(session, session.scalars(select(Brand)).one(), start=MONDAY, days=7, now=now)
    with database.read() as session:
        posts = list(session.scalars(select(Post).where(Post.day < MONDAY + timedelta(days=7))))
        return calendar_briefs.build_many(session, posts, now=now)


@pytest.fixture(scope="session")
def week(reference_briefs: list[Brief]) -> Written:
    """The reference week, written."""
    return write_in_turn(reference_briefs)


@pytest.fixture(scope="session")
def two_brands() -> Written:
    """The evaluation set (a skin-care brand and a bakery, all kinds and tiers), written."""
    return write_in_turn(evalset.briefs())
