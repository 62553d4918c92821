"""The tables of the real lanes come to a database that already holds a brand, and go away again."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from alembic import command
from sqlalchemy import Integer, MetaData, Table, insert, inspect, select
from sqlalchemy.types import JSON, Boolean

from content_calendar.database import Database, migration_config
from content_calendar.tables import Brand

pytestmark = pytest.mark.databases


def _brand_of_before(database: Database) -> None:
    """A brand as the product wrote it before these tables existed: every column that must have a value."""
    table = Table("brand", MetaData(), autoload_with=database.engine)
    values: dict[str, object] = {}
    for column in table.columns:
        if column.nullable or column.name == "id":
            continue
        kind = column.type
        values[column.name] = (
            False if isinstance(kind, Boolean) else 15 if isinstance(kind, Integer) else [] if isinstance(kind, JSON) else "x"
        )  # fmt: skip
    with database.write() as session:
        session.execute(insert(table), values)


def test_a_brand_from_before_gets_the_defaults(
    database_url: str, make_database: Callable[[str], Database]
) -> None:
    config = migration_config(database_url)
    command.downgrade(config, "0003")
    before = make_database(database_url)
    assert "mass_task" not in inspect(before.engine).get_table_names()
    _brand_of_before(before)

    command.upgrade(config, "head")

    with make_database(database_url).read() as session:
        brand = session.scalars(select(Brand)).one()
        assert (brand.confirm_window_minutes, brand.mass_quota) == (60, "month_days")
    command.check(config)
