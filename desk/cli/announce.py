"""What `chongfen up` tells the person at the terminal: that it is up and where, and what went wrong."""

from __future__ import annotations

import http.client
import time
from dataclasses import dataclass, field
from pathlib import Path

import click

from desk.cli.context import Context, emit
from workers.supervisor import Supervisor

PATIENCE = 45.0  # seconds until a desk that does not answer is worth a sentence


@dataclass
class Announcer:
    """Looks at the children about ten times a second and says each thing once."""

    context: Context
    base: str
    link: str
    as_json: bool
    verbose: bool
    _supervisor: Supervisor | None = None
    _target: tuple[str, int] = ("", 0)
    _told: bool = False
    _worried: bool = False
    _next_try: float = 0.0
    _started: float = field(default_factory=time.monotonic)
    _read: dict[Path, int] = field(default_factory=dict)

    def watch(self, supervisor: Supervisor, *, host: str, port: int) -> None:
        """Whom to look at."""
        self._supervisor = supervisor
        self._target = ({"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host), port)  # noqa: S104
        if self.verbose:
            self._read = {log: _size(log) for log in map(supervisor.log_of, _names(supervisor))}

    def look(self) -> None:
        """One look: is the desk up, is there anything new in the logs."""
        now = time.monotonic()
        if not self._told and now >= self._next_try:
            self._next_try = now + 0.25
            if _answers(*self._target):
                self._ready()
            elif not self._worried and now - self._started > PATIENCE:
                self._worried = True
                self.trouble(f"内容台 {PATIENCE:.0f} 秒还没有应答，请看 {self._log('web')}")
        for log in self._read:
            self._echo(log)

    def trouble(self, sentence: str) -> None:
        """Something went wrong that a person may want to know."""
        if self.as_json:
            emit({"event": "trouble", "message": sentence})
        else:
            click.echo(sentence, err=True)

    def ended(self) -> None:
        """All processes have ended."""
        if self.as_json:
            emit({"event": "ended"})
        else:
            click.echo(self.context.say("已全部停下。", "All stopped."))

    def _ready(self) -> None:
        self._told = True
        if self.as_json:
            emit({"event": "ready", "address": self.base, "link": self.link})
            return
        say = self.context.say
        click.echo(say(f"\n宠粉已启动：{self.base}/", f"\nChongfen is up: {self.base}/"))
        click.echo(say(f"一次性登录链接：{self.link}", f"One-time sign-in link: {self.link}"))
        logs = self._log("web").parent
        click.echo(say(f"日志在 {logs}，按 Ctrl-C 停下。", f"Logs in {logs}; Ctrl-C stops it."))

    def _log(self, name: str) -> Path:
        assert self._supervisor is not None
        return self._supervisor.log_of(name)

    def _echo(self, log: Path) -> None:
        size = _size(log)
        start = self._read[log] if self._read[log] <= size else 0  # the log was rolled
        if size > start:
            with log.open("rb") as file:
                file.seek(start)
                for line in file.read(size - start).decode("utf-8", "replace").splitlines():
                    click.echo(f"{log.stem:>6} │ {line}", err=True)
        self._read[log] = size


def _names(supervisor: Supervisor) -> list[str]:
    return [child.name for child in supervisor.children]


def _size(log: Path) -> int:
    try:
        return log.stat().st_size
    except FileNotFoundError:
        return 0


def _answers(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=1)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
