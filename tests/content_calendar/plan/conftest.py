"""The reference workbook, imported; its rows are named by their Excel row (SOP r32, campaign c2, knowledge k18)."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import String, cast, event, select, update
from sqlalchemy.orm import Session

from content_calendar import tables, workbook
from content_calendar.database import Database
from content_calendar.plan import planner

BEFORE = datetime.fromisoformat("2026-11-22T12:00+08:00")


def _workbook() -> Path:
    return Path(__file__).resolve().parents[3] / "examples" / "沐禾.xlsx"


def _load(session: Session) -> None:
    content = workbook.read(_workbook()).content
    assert content is not None
    workbook.apply(session, content, now=BEFORE, actor="user:li")
    session.flush()
    for model, name, letter in (
        (tables.SopRow, "key", "r"), (tables.Campaign, "code", "c"), (tables.KnowledgeItem, "key", "k"), (tables.Script, "key", "s"),
    ):  # fmt: skip
        session.execute(update(model).values({name: letter + cast(model.row, String)}))


@pytest.fixture(scope="session")
def _reference_file(_migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("reference") / "reference.db"
    shutil.copyfile(_migrated_file, path)
    database = Database(f"sqlite:///{path}")
    with database.write() as session:
        _load(session)
    database.dispose()
    return path


@pytest.fixture(scope="session")
def _planned_file(_reference_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("planned") / "planned.db"
    shutil.copyfile(_reference_file, path)
    database = Database(f"sqlite:///{path}")
    with database.write() as session:
        brand = session.scalars(select(tables.Brand)).one()
        planner.plan(session, brand, start=date(2026, 11, 23), days=21, now=BEFORE)
    database.dispose()
    return path


@pytest.fixture
def sqlite_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A fresh SQLite database that holds the reference workbook, and its plan where a test asks for `planned`."""
    template = "_planned_file" if "planned" in request.fixturenames else "_reference_file"
    path = tmp_path / "chongfen.db"
    shutil.copyfile(request.getfixturevalue(template), path)
    return f"sqlite:///{path}"


@pytest.fixture
def brand_id(database: Database) -> int:
    """The reference brand in a fresh database."""
    with database.write() as session:
        if session.scalar(select(tables.Brand.id)) is None:
            _load(session)
        return session.scalars(select(tables.Brand.id)).one()


@pytest.fixture
def planned(brand_id: int) -> int:
    """The reference brand with three weeks planned from Monday 2026-11-23, as of the Sunday before."""
    return brand_id


class Statements:
    """Counts what a database is asked."""

    def __init__(self, database: Database) -> None:
        self.count = 0
        event.listen(database.engine, "before_cursor_execute", self._one)

    def _one(self, *_: Any) -> None:
        self.count += 1

    def of(self, work: Callable[[], Any]) -> int:
        """How many statements ``work`` takes."""
        before = self.count
        work()
        return self.count - before


@pytest.fixture
def statements(database: Database) -> Statements:
    """What the database of this test is asked."""
    return Statements(database)
