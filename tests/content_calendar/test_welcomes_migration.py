"""The tables of welcomes come to a database that already holds posts and an account, and go away again."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from alembic import command
from sqlalchemy import inspect, select, text

from content_calendar.database import Database, migration_config
from content_calendar.tables import ChannelAccount, Post
from tests.release_world import NINE, World

pytestmark = pytest.mark.databases


def test_posts_from_before_go_to_groups_and_accounts_have_no_callback(
    database_url: str, make_database: Callable[[str], Database]
) -> None:
    config = migration_config(database_url)
    database = make_database(database_url)
    world = World(database).build()
    world.post()
    with database.write() as session:
        session.add(
            ChannelAccount(
                brand_id=world.brand_id, kind="wecom", corp_id="ww1", secret="env:X", updated_at=NINE
            )
        )
    database.dispose()
    command.downgrade(config, "0004")
    before = make_database(database_url)
    assert "platform_event" not in inspect(before.engine).get_table_names()
    with before.read() as session:  # the rows lived through it
        assert session.scalar(text("SELECT count(*) FROM post")) == 1
    before.dispose()

    command.upgrade(config, "head")

    with make_database(database_url).read() as session:
        assert session.scalars(select(Post)).one().occasion == ""
        row = session.scalars(select(ChannelAccount)).one()
        assert (row.callback, row.token, row.aes_key) == ("", "", "")
    command.check(config)
