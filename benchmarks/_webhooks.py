"""What the webhook benchmarks share: a sink, a seeded brand whose groups are reached by webhook, and the count."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from benchmarks import release
from benchmarks._sink import CERTIFICATE
from content_calendar.database import Database
from workers.settings import Settings


@dataclass
class Seen:
    """The sink's address; after the block, what it saw: key → moments (epoch seconds)."""

    url: str
    moments: dict[str, list[float]] = field(default_factory=dict)

    @property
    def doubled(self) -> int:
        return sum(len(times) > 1 for times in self.moments.values())


@contextlib.contextmanager
def sink(faults: float = 0.0) -> Iterator[Seen]:
    """A fresh sink process."""
    command = [sys.executable, "-m", "benchmarks._sink", "--faults", str(faults)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stdin is not None
        seen = Seen(f"https://localhost:{int(process.stdout.readline())}/hook")
        try:
            yield seen
        finally:
            process.stdin.close()
            seen.moments = json.loads(process.stdout.readline() or "{}")


def settings(folder: Path, **more: object) -> Settings:
    return Settings(
        data_dir=folder, webhook_secret="s", allow_private="localhost", webhook_ca_file=CERTIFICATE, **more  # type: ignore[arg-type]
    )  # fmt: skip


def seed(
    database: Database,
    url: str,
    deliveries: int,
    *,
    posts: int,
    first: datetime,
    spread: float,
    now: datetime,
) -> int:
    """A brand whose approved posts reach their groups by webhook, see :func:`benchmarks.release.seed`; the brand's id."""
    with database.write() as session:
        return release.seed(session, deliveries, posts, first, spread, now, url=url)


def quantiles(late: list[float]) -> str:
    late = sorted(late)
    return (
        f"first {late[0]:6.3f} s  p50 {late[len(late) // 2]:6.3f} s  p99 {late[int(len(late) * 0.99)]:6.3f} s"
        f"  max {late[-1]:6.3f} s"
    )
