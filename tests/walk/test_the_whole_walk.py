"""The main job once through, as on a real installation: PostgreSQL, a Redis-protocol broker, three separate processes.

From the example workbook to messages in simulated groups, by the command line alone, under a simulated clock.
"""

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
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
DAY = "2026-11-23"
START, FAST = f"{DAY}T08:57", "30"  # the day's first posts are due at 09:00: six real seconds later
PARTS = ("web", "worker", "beat")


@dataclass
class Installation:
    """Runs commands on one installation."""

    environment: dict[str, str]

    def run(self, *arguments: str) -> list[dict[str, Any]]:
        """The JSON lines a command prints."""
        done = subprocess.run(
            [sys.executable, "-P", "-m", "desk.cli", *arguments, "--json"],
            env=self.environment, capture_output=True, text=True, timeout=300, cwd=self.environment["CHONGFEN_DATA_DIR"],
        )  # fmt: skip
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
        return [json.loads(line) for line in done.stdout.splitlines()]

    def posts(self, *states: str) -> list[dict[str, Any]]:
        wanted = [word for state in states for word in ("--state", state)]
        return self.run("queue", "--from", DAY, "--days", "1", *wanted)

    def start(self, part: str) -> subprocess.Popen[bytes]:
        log = (Path(self.environment["CHONGFEN_DATA_DIR"]) / f"{part}.log").open("ab")
        command = [sys.executable, "-P", "-m", "desk.cli", part]
        return subprocess.Popen(command, env=self.environment, stdout=log, stderr=subprocess.STDOUT)


@pytest.fixture
def installation(tmp_path: Path, postgres_url: str, valkey_url: str) -> Installation:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    told = {
        "CHONGFEN_DATA_DIR": str(tmp_path),
        "CHONGFEN_DATABASE_URL": postgres_url,
        "CHONGFEN_BROKER_URL": valkey_url,
        "CHONGFEN_PORT": str(port),
        # Until the servers start, time passes as usual: preparing takes some real seconds.
        "CHONGFEN_CLOCK": f"{DAY}T08:40@{time.time()}",
    }
    return Installation({**os.environ, **told})


@pytest.fixture
def prepared(installation: Installation) -> Installation:
    """Imported, planned, written; everything of the morning approved but one post."""
    imported = installation.run("import", str(ROOT / "examples" / "沐禾.xlsx"), "--demo")
    assert imported[0]["brand"]
    assert not [issue for issue in imported[0]["issues"] if issue["level"] == "error"]
    installation.run("users", "add", "小编", "--role", "editor")
    planned = installation.run("plan", "--from", DAY, "--days", "1")[0]
    assert planned["created"] > 3
    written = installation.run("write", "--from", DAY, "--days", "1")[0]
    assert (written["written"], written["failures"]) == (planned["created"], [])
    nine = [post["id"] for post in installation.posts("in_review") if "T09:00" in post["at"]]
    assert len(nine) >= 2
    installation.run("approve", *map(str, nine[1:]), "--by", "小编")
    return installation


@pytest.fixture
def running(prepared: Installation) -> Iterator[Installation]:
    """Web, worker and beat as separate processes, from three minutes before nine, thirty times as fast."""
    prepared.environment |= {"CHONGFEN_CLOCK": f"{START}@{time.time()}", "CHONGFEN_SPEED": FAST}
    parts = {part: prepared.start(part) for part in PARTS}
    yield prepared
    for process in parts.values():
        process.send_signal(signal.SIGTERM)
    for part, process in parts.items():
        code = process.wait(timeout=60)
        log = (Path(prepared.environment["CHONGFEN_DATA_DIR"]) / f"{part}.log").read_text()
        assert code in (0, -signal.SIGTERM), f"{part} ended with {code}:\n{log[-3000:]}"


def _until(what: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "it did not come to pass in time"
        time.sleep(0.5)


def _healthy(port: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=10) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


@pytest.mark.servers
def test_from_workbook_to_groups_on_real_servers(running: Installation) -> None:
    approved = {post["id"]: post for post in running.posts("approved", "releasing", "released")}
    assert approved
    _until(lambda: _healthy(running.environment["CHONGFEN_PORT"]), 150)

    _until(lambda: {post["id"] for post in running.posts("released")} >= set(approved), 180)

    ledger = running.run("ledger", "--day", DAY)[0]
    assert ledger["holds"] is True
    assert ledger["sent"] == ledger["planned"] == sum(post["groups"] for post in approved.values())
    missed = [post for post in running.posts("missed") if "T09:00" in post["at"]]
    assert len(missed) == 1
    assert missed[0]["id"] not in approved
    told = [notice for notice in running.run("notices") if notice["code"] == "post.missed"]
    assert any(str(missed[0]["id"]) in notice["text"] for notice in told)
