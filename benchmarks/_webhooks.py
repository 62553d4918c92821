"""What the webhook benchmarks share: a sink, a seeded brand whose groups are reached by webhook, and the count."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import insert

from benchmarks import release
from benchmarks._sink import CERTIFICATE
from content_calendar.database import Database
from content_calendar.tables import Brand, Group, Tier, User
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
    """A brand with ``posts`` approved posts due over ``spread`` seconds, each for its own groups; the brand's id."""
    stamp = f"{time.time_ns():x}"
    with database.write() as session:
        brand = Brand(uid=stamp, name=f"bench {stamp}", zone="UTC", quiet_from="00:00", quiet_to="00:00")
        user = User(name=f"u{stamp}", role="editor", created_at=now)
        session.add_all([brand, user])
        session.flush()
        each = deliveries // posts
        for number in range(posts):
            session.add(Tier(brand_id=brand.id, level=f"t{number}", daily_cap=1000))
            rows = [release.group_row(brand.id, number, n) for n in range(each)]
            session.execute(insert(Group), [{**row, "channel": "webhook", "address": url} for row in rows])
            due_at = first + timedelta(seconds=spread * number / posts)
            release.approve(session, brand, user, f"t{number}", due_at, now)
        return brand.id


def quantiles(late: list[float]) -> str:
    late = sorted(late)
    return (
        f"first {late[0]:6.3f} s  p50 {late[len(late) // 2]:6.3f} s  p99 {late[int(len(late) * 0.99)]:6.3f} s"
        f"  max {late[-1]:6.3f} s"
    )
