"""`chongfen up`: three processes, one address, one link; ended together, and nothing left behind."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from content_calendar.database import Database
from content_calendar.tables import Heartbeat

UP = [sys.executable, "-P", "-m", "desk.cli", "up", "--json"]


def _family(folder: Path) -> dict[int, str]:
    """Living processes of our installation in ``folder``: pid → command."""
    mark = f"CHONGFEN_DATA_DIR={folder}".encode()
    found = {}
    for place in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (place / "environ").read_bytes().split(b"\0"):
                found[int(place.name)] = (place / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
    return found


def _one(folder: Path, part: str) -> int:
    """The pid of this part, 0 while there is none."""
    return next((pid for pid, command in _family(folder).items() if command.split()[-1] == part), 0)


def _until(what: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "it did not come to pass in time"
        time.sleep(0.05)


class Up:
    """A running `chongfen up` and what it said when it was ready."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.folder = folder
        self.process = subprocess.Popen(
            [*UP, "--data", str(folder), "--port", str(self.port), *arguments],
            stdout=subprocess.PIPE,
            text=True,
        )
        self.said = self._ready()

    def _ready(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            said: dict[str, Any] = json.loads(line)
            if said["event"] == "ready":
                return said
        raise AssertionError("it ended before it was ready")

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()


@pytest.fixture
def up(tmp_path: Path, sqlite_url: str) -> Iterator[Callable[..., Up]]:
    started: list[Up] = []

    def start(*arguments: str) -> Up:
        started.append(Up(tmp_path, *arguments))
        return started[-1]

    assert sqlite_url.endswith(str(tmp_path / "chongfen.db"))
    yield start
    for one in started:
        one.end()
    _until(lambda: not _family(tmp_path), 60)


@pytest.mark.faults
def test_it_serves_and_ends_cleanly(up: Callable[..., Up], make_database: Callable[[str], Database]) -> None:
    running = up("--clock", "2026-11-23T08:55", "--speed", "60")
    assert running.said["address"] == f"http://127.0.0.1:{running.port}"
    with urllib.request.urlopen(running.said["link"], timeout=30) as answer:
        assert answer.status == 200
    assert {command.split()[-1] for command in _family(running.folder).values()} == {"web", "worker", "beat"}

    worker = _one(running.folder, "worker")
    os.kill(worker, signal.SIGKILL)
    _until(lambda: _one(running.folder, "worker") not in (0, worker), 60)

    again = subprocess.run([*UP, "--data", str(running.folder)], capture_output=True, text=True, timeout=120)
    refusal = json.loads(again.stdout)["error"]
    assert (again.returncode, refusal["code"]) == (1, "up.running")
    assert running.said["address"] in refusal["message"]

    began = datetime(2026, 11, 23, 0, 55, tzinfo=UTC)  # 08:55 in Shanghai
    database = make_database(f"sqlite:///{running.folder / 'chongfen.db'}")

    def all_on_the_simulated_clock() -> bool:
        with database.read() as session:
            stamps = dict(session.execute(select(Heartbeat.name, Heartbeat.at)).tuples().all())
        kinds = {name.partition(":")[0] for name in stamps}
        return {"beat", "worker", "dispatcher"} <= kinds and all(
            began <= at < began + timedelta(hours=12) for at in stamps.values()
        )

    _until(all_on_the_simulated_clock, 90)
    running.process.send_signal(signal.SIGTERM)
    assert running.process.wait(timeout=60) == 0
    assert _family(running.folder) == {}


@pytest.mark.faults
def test_a_killed_supervisor_leaves_no_orphan(up: Callable[..., Up]) -> None:
    running = up()
    assert len(_family(running.folder)) == 3
    os.kill(running.process.pid, signal.SIGKILL)
    running.process.wait()
    _until(lambda: not _family(running.folder), 60)
