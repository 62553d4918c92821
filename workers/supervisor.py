"""Keeps a few child processes alive and ends them together: the whole of `chongfen up`.

A child that dies is started again, at once the first time and ever later when it keeps dying. Children run in sessions of their own,
so that Ctrl-C reaches the supervisor alone, which then asks each to end and ends by force what has not
ended within the grace. If the supervisor itself is killed the children end by :mod:`workers.watchdog`.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from workers.watchdog import SWITCH

GRACE = 9.0  # seconds between asking the children to end and ending them
STEADY = 60.0  # a child that lived so long starts with a clean record
LONGEST_WAIT = 30.0  # between two starts of a child that keeps dying
LOG_LIMIT = 5_000_000  # bytes; then the log becomes .1 and starts anew
POLL = 0.1


@dataclass(frozen=True)
class Child:
    """One process to keep: its name (also its log's) and its command."""

    name: str
    command: Sequence[str]


@dataclass
class _Kept:
    child: Child
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    next_start: float = 0.0
    falls: int = 0


@dataclass
class Supervisor:
    """Runs ``children`` until :meth:`stop`. ``say`` gets Chinese sentences for the person at the terminal."""

    children: Sequence[Child]
    logs: Path
    say: Callable[[str], None]
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    grace: float = GRACE
    _stopping: bool = False
    _signals: int = 0

    def __post_init__(self) -> None:
        self._kept = [_Kept(child) for child in self.children]

    def run(self, each: Callable[[], None] = lambda: None) -> None:
        """Start every child and keep them until stopped; ``each`` is called about ten times a second."""
        self.logs.mkdir(parents=True, exist_ok=True)
        self.listen()
        try:
            for kept in self._kept:
                self._start(kept)
            while not self._stopping:
                self._look()
                each()
                time.sleep(POLL)
        finally:
            self._end()

    def listen(self) -> None:
        """Turn SIGINT, SIGTERM and SIGHUP into an orderly end; a second one ends by force."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._signalled)

    def stop(self) -> None:
        """End soon: the loop sees it within a tenth of a second."""
        self._stopping = True

    def alive(self, name: str) -> bool:
        """True when the child of this name runs."""
        return any(
            kept.child.name == name and kept.process is not None and kept.process.poll() is None
            for kept in self._kept
        )

    def log_of(self, name: str) -> Path:
        """Where the child of this name writes."""
        return self.logs / f"{name}.log"

    def _signalled(self, _number: int, _frame: FrameType | None) -> None:
        self._signals += 1
        self._stopping = True

    def _start(self, kept: _Kept) -> None:
        log = self.log_of(kept.child.name)
        _roll(log)
        with log.open("ab") as out:
            kept.process = subprocess.Popen(  # noqa: S603 our own command line
                list(kept.child.command),
                stdin=subprocess.PIPE,  # never written to: see watchdog
                stdout=out,
                stderr=subprocess.STDOUT,
                env={**self.environment, SWITCH: "1", "PYTHONUNBUFFERED": "1"},
                start_new_session=True,
            )
        kept.started = time.monotonic()

    def _look(self) -> None:
        now = time.monotonic()
        for kept in self._kept:
            if kept.process is None:
                if now >= kept.next_start:
                    self._start(kept)
            elif (code := kept.process.poll()) is not None:
                self._fallen(kept, code, now)
            else:
                _roll(self.log_of(kept.child.name))

    def _fallen(self, kept: _Kept, code: int, now: float) -> None:
        kept.falls = 0 if now - kept.started > STEADY else kept.falls + 1
        wait = min(LONGEST_WAIT, 0.5 * 2 ** max(0, kept.falls - 1))
        kept.next_start = now + wait
        _close(kept)
        log = self.log_of(kept.child.name)
        self.say(f"{kept.child.name} 意外退出（代码 {code}），{wait:.0f} 秒后重启；原因见 {log}")

    def _end(self) -> None:
        """Ask all to end, wait for them together, end by force what is left."""
        running = [kept for kept in self._kept if kept.process is not None]
        for kept in running:
            _signal(kept, signal.SIGTERM)
        asked = self._signals
        deadline = time.monotonic() + self.grace
        while time.monotonic() < deadline and self._signals <= max(asked, 1):
            if all(kept.process is None or kept.process.poll() is not None for kept in running):
                break
            time.sleep(POLL / 2)
        for kept in running:
            _signal(kept, signal.SIGKILL)
            _close(kept)


def _signal(kept: _Kept, number: signal.Signals) -> None:
    """Signal the child's whole session, so that nothing it started stays either."""
    if kept.process is not None and kept.process.poll() is None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(kept.process.pid, number)


def _close(kept: _Kept) -> None:
    if kept.process is not None:
        kept.process.wait()
        if kept.process.stdin is not None:
            with suppress(OSError):
                kept.process.stdin.close()
        kept.process = None


def _roll(log: Path) -> None:
    """Keep at most two lots of :data:`LOG_LIMIT` bytes; the child appends, so truncating under it is safe."""
    with suppress(FileNotFoundError):
        if log.stat().st_size > LOG_LIMIT:
            shutil.copyfile(log, log.with_suffix(".log.1"))
            os.truncate(log, 0)
