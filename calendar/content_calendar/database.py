"""Engines and sessions for SQLite and PostgreSQL, and the migrations that make their tables.

Reading and writing sessions are two doors: on SQLite a writing one takes the write lock at its start
(BEGIN IMMEDIATE), so that two processes queue up instead of failing half-way.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.orm import Session

if TYPE_CHECKING:
    from alembic.config import Config

KEPT = 40  # connections of one SQLite engine
BUSY_MS = 30_000  # how long a SQLite writer queues for the lock


class Database:
    """One engine with two doors: ``read()`` and ``write()``. Make one per process."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = _engine(url)
        self._writer = self.engine.execution_options(chongfen_write=True)

    @property
    def sqlite(self) -> bool:
        """True on SQLite."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session for looking; rolled back at its end."""
        with Session(self.engine, expire_on_commit=False, autoflush=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session that commits once at its end, or rolls back whole on any exception."""
        with Session(self._writer, expire_on_commit=False) as session, session.begin():
            yield session

    def dispose(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def _engine(url: str) -> Engine:
    if url.startswith("postgresql://"):
        url = "postgresql+psycopg://" + url.removeprefix("postgresql://")
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True, pool_size=10, max_overflow=20)
    # As many connections as the desk has threads are kept: opening one costs more than most of what it is opened for.
    room = (
        {} if make_url(url).database in (None, "", ":memory:") else {"pool_size": KEPT, "max_overflow": KEPT}
    )
    engine = create_engine(url, connect_args={"timeout": BUSY_MS / 1000, "check_same_thread": False}, **room)
    event.listen(engine, "connect", _sqlite_connect)
    event.listen(engine, "begin", _sqlite_begin)
    return engine


def _sqlite_connect(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, see _sqlite_begin
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", f"busy_timeout={BUSY_MS}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _sqlite_begin(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("chongfen_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


def newest_schema() -> str:
    """The newest migration's revision id: migrations are named ``NNNN_what.py``."""
    versions = Path(__file__).parent / "migrations" / "versions"
    return max(path.name.partition("_")[0] for path in versions.glob("[0-9]*_*.py"))


def schema_of(database: Database) -> str | None:
    """The revision id the database stands at, or None when it has never been migrated."""
    try:
        with database.read() as session:
            version: str | None = session.scalar(text("SELECT version_num FROM alembic_version"))
            return version
    except (OperationalError, ProgrammingError):
        return None


def migration_config(url: str) -> Config:
    """Alembic's configuration for our migrations on this database."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["url"] = url
    return config


def migrate(url: str) -> None:
    """Bring the database at ``url`` to the newest schema; safe to run again and from two processes.

    Alembic is imported only when there is something to do: every command passes through here.
    """
    database = Database(url)
    try:
        current = schema_of(database)
    finally:
        database.dispose()
    if current != newest_schema():
        from alembic import command

        command.upgrade(migration_config(url), "head")
