"""A real worker and a real beat on the broker of one machine: ticks arrive, the house is looked after, a canary lives."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from content_calendar.brands import customers
from content_calendar.database import Database
from content_calendar.tables import AuditEvent, Delivery, Heartbeat, Post
from workers import health


def _start(part: str, folder: Path, **more: str) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "CHONGFEN_DATA_DIR": str(folder), **more}
    log = (folder / f"{part}.log").open("ab")
    command = [sys.executable, "-P", "-m", "desk.cli", part]
    return subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT)


@pytest.fixture
def machine(tmp_path: Path, sqlite_url: str, make_database: Callable[[str], Database]) -> Iterator[Database]:
    """A worker and two beats at work on one folder: two beats must do no harm."""
    parts = [_start("worker", tmp_path), _start("beat", tmp_path), _start("beat", tmp_path)]
    yield make_database(sqlite_url)
    for part in parts:
        part.send_signal(signal.SIGTERM)
    codes = [part.wait(timeout=60) for part in parts]
    assert codes == [0, 0, 0], (tmp_path / "worker.log").read_text()[-3000:]


def _until(what: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "it did not come to pass in time"
        time.sleep(0.1)


@pytest.mark.faults
def test_within_moments_every_vital_sign_shows_and_a_canary_has_arrived(machine: Database) -> None:
    def ready() -> bool:
        with machine.read() as session:
            return health.readiness(session, datetime.now(UTC)).ok

    _until(ready, 150)
    with machine.read() as session:
        assert list(customers(session)) == []  # the canary's brand is nobody's customer
        sent = session.scalars(select(Delivery.state)).all()
        assert sent == ["sent"]
        assert len(session.scalars(select(Post.id)).all()) == 1
        events = session.scalars(
            select(AuditEvent.after).where(AuditEvent.subject == "delivery").order_by(AuditEvent.id)
        ).all()
        assert events == ["claimed", "sending", "sent"]
        turns = [name for name in session.scalars(select(Heartbeat.name)) if name.startswith("turn:")]
        assert turns == ["turn:canary"]
