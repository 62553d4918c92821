"""The supervisor: children are kept, restarted with a back-off, ended together, and never orphaned."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from workers.supervisor import Child, Supervisor

SLEEPER = "import os, sys, time; print('here', os.getpid(), flush=True); time.sleep(60)"
STUBBORN = (
    "import os, signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('here', os.getpid(), flush=True)\n"
    "time.sleep(60)"
)
FOLLOWER = (
    "import os, time; from workers.watchdog import follow_parent; follow_parent();"
    "print('here', os.getpid(), flush=True); time.sleep(60)"
)
SUPERVISED = """
    import sys
    from pathlib import Path
    from workers.supervisor import Child, Supervisor
    folder = Path(sys.argv[1])
    code = sys.argv[2]
    Supervisor([Child(n, [sys.executable, "-c", code]) for n in ("one", "two")], folder, print).run()
"""


def _child(name: str, code: str) -> Child:
    return Child(name, [sys.executable, "-c", code])


def _pids(folder: Path) -> list[int]:
    lines = [line for log in folder.glob("*.log") for line in log.read_text().splitlines()]
    return [int(line.split()[1]) for line in lines if line.startswith("here ")]


def _gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rsplit(")", 1)[1].split()[0] == "Z"


def _until(what: Callable[[], bool], seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "it did not come to pass in time"
        time.sleep(0.02)


@pytest.fixture(autouse=True)
def _own_signals() -> object:
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


def test_stopping_ends_every_child(tmp_path: Path) -> None:
    supervisor = Supervisor([_child("a", SLEEPER), _child("b", SLEEPER)], tmp_path, print)

    def each() -> None:
        if len(_pids(tmp_path)) == 2:
            supervisor.stop()

    supervisor.run(each)
    assert len(_pids(tmp_path)) == 2
    assert all(_gone(pid) for pid in _pids(tmp_path))


def test_a_child_that_ignores_the_request_is_ended_after_the_grace(tmp_path: Path) -> None:
    supervisor = Supervisor([_child("a", STUBBORN)], tmp_path, print, grace=0.3)

    def each() -> None:
        if _pids(tmp_path):
            supervisor.stop()

    supervisor.run(each)
    assert all(_gone(pid) for pid in _pids(tmp_path))


def test_a_crashed_child_is_started_again_and_told_of(tmp_path: Path) -> None:
    said: list[str] = []
    supervisor = Supervisor(
        [_child("web", "print('here', 1, flush=True); raise SystemExit(3)")], tmp_path, said.append
    )

    def each() -> None:
        if len(_pids(tmp_path)) == 3:
            supervisor.stop()

    supervisor.run(each)
    assert "web 意外退出（代码 3）" in said[0]
    assert str(tmp_path / "web.log") in said[0]


def test_the_wait_between_restarts_grows(tmp_path: Path) -> None:
    said: list[str] = []
    supervisor = Supervisor([_child("web", "raise SystemExit(1)")], tmp_path, said.append)
    began = time.monotonic()
    supervisor.run(lambda: supervisor.stop() if len(said) == 3 else None)
    assert time.monotonic() - began > 0.5 + 1.0


@pytest.mark.faults
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_whole_family(tmp_path: Path, number: signal.Signals) -> None:
    parent = subprocess.Popen([sys.executable, "-c", textwrap.dedent(SUPERVISED), str(tmp_path), SLEEPER])
    _until(lambda: len(_pids(tmp_path)) == 2)
    parent.send_signal(number)
    assert parent.wait(timeout=12) == 0
    assert all(_gone(pid) for pid in _pids(tmp_path))


@pytest.mark.faults
def test_killing_the_supervisor_leaves_no_orphan(tmp_path: Path) -> None:
    parent = subprocess.Popen([sys.executable, "-c", textwrap.dedent(SUPERVISED), str(tmp_path), FOLLOWER])
    _until(lambda: len(_pids(tmp_path)) == 2)
    parent.kill()
    parent.wait()
    _until(lambda: all(_gone(pid) for pid in _pids(tmp_path)))


def test_a_log_that_grew_too_long_is_rolled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workers.supervisor.LOG_LIMIT", 1000)
    (tmp_path / "a.log").write_text("x" * 1001)
    supervisor = Supervisor([_child("a", SLEEPER)], tmp_path, print)
    supervisor.run(lambda: supervisor.stop() if _pids(tmp_path) else None)
    assert (tmp_path / "a.log.1").read_text() == "x" * 1001
    assert (tmp_path / "a.log").stat().st_size < 100
