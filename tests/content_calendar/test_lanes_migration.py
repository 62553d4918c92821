"""The tables of the real lanes come to a database that already holds a brand, and go away again."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from alembic import command
from sqlalchemy import inspect, select

from content_calendar.database import Database, migration_config
from content_calendar.tables import Brand
from tests.release_world import World

pytestmark = pytest.mark.databases


def test_a_brand_from_before_gets_the_defaults(
    database_url: str, make_database: Callable[[str], Database]
) -> None:
    World(make_database(database_url)).build()
    config = migration_config(database_url)

    command.downgrade(config, "0003")
    assert "mass_task" not in inspect(make_database(database_url).engine).get_table_names()
    command.upgrade(config, "head")

    with make_database(database_url).read() as session:
        brand = session.scalars(select(Brand)).one()
        assert (brand.confirm_window_minutes, brand.mass_quota) == (60, "month_days")
    command.check(config)
