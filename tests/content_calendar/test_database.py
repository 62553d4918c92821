"""Migrations make exactly the tables the models describe; the two doors behave on SQLite."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import select
from sqlalchemy.exc import StatementError

from content_calendar.database import Database, migrate, migration_config, newest_schema, schema_of
from content_calendar.tables import Brand, Heartbeat, Product


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'x.db'}"


def test_the_migrations_end_in_the_models_schema(url: str) -> None:
    migrate(url)

    command.check(migration_config(url))
    assert schema_of(Database(url)) == newest_schema()


def test_migrating_twice_and_from_two_processes_does_no_harm(url: str) -> None:
    code = f"from content_calendar.database import migrate; migrate({url!r})"
    both = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(2)]
    assert [process.wait(60) for process in both] == [0, 0]
    migrate(url)

    assert schema_of(Database(url)) == newest_schema()


def test_an_unmigrated_database_has_no_schema(url: str) -> None:
    assert schema_of(Database(url)) is None


def test_instants_come_back_aware_and_money_exact(url: str) -> None:
    migrate(url)
    database = Database(url)
    moment = datetime(2026, 11, 26, 12, 0, 0, 123456, tzinfo=UTC)
    with database.write() as session:
        brand = Brand(uid="u", name="沐禾", paused_at=moment)
        session.add(brand)
        session.flush()
        session.add(Product(brand_id=brand.id, code="P", name="霜", price=Decimal("49.90")))
    with database.read() as session:
        assert session.scalars(select(Brand.paused_at)).one() == moment
        assert session.scalars(select(Product.price)).one() == Decimal("49.90")


def test_a_naive_instant_is_refused_at_the_door(url: str) -> None:
    migrate(url)
    with pytest.raises(StatementError, match="naive"), Database(url).write() as session:
        session.add(Heartbeat(name="x", at=datetime(2026, 1, 1)))  # noqa: DTZ001


def test_a_failed_write_leaves_nothing_behind(url: str) -> None:
    migrate(url)
    database = Database(url)
    with pytest.raises(RuntimeError), database.write() as session:
        session.add(Brand(uid="u", name="沐禾"))
        session.flush()
        raise RuntimeError
    with database.read() as session:
        assert session.scalars(select(Brand)).all() == []
