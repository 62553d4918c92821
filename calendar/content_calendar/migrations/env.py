"""Alembic's entry: runs our migrations on the engine of ``Config.attributes['url']``.

On PostgreSQL an advisory lock lets two processes start at once; SQLite's own write lock does the same.
"""

from __future__ import annotations

from alembic import context
from sqlalchemy import text

from content_calendar.database import Database
from content_calendar.tables import Base

LOCK = 0x43464D47  # "CFMG"

url = context.config.attributes["url"]
database = Database(url)
try:
    with database.engine.execution_options(chongfen_write=True).connect() as connection, connection.begin():
        if not database.sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            compare_type=True,
            transaction_per_migration=False,
            user_module_prefix="base.",
        )
        with context.begin_transaction():
            context.run_migrations()
finally:
    database.dispose()
