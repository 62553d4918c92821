"""A simulated day of 10,000 and of 50,000 demo deliveries: is the cost per delivery the same, does memory stay flat?

    .venv/bin/python -m benchmarks.long_day [--deliveries 50000] [--url postgresql://...]

A standing clock leaps from one due moment to the next (96 posts a day, a quarter of an hour apart), so that a day takes
as long as its work. Statements are counted at the database driver; memory is the process's own, sampled while it works.
"""

from __future__ import annotations

import argparse
import tempfile
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, event, func, insert, select

from benchmarks import release
from content_calendar import ledger
from content_calendar.clock import FixedClock
from content_calendar.database import Database
from content_calendar.tables import Attempt, Brand, DemoMessage, Group, Tier, User
from workers import dispatching
from workers.dispatcher import Dispatcher
from workers.runtime import Runtime
from workers.settings import Settings

POSTS = 96
MORNING = datetime(2026, 11, 23, tzinfo=UTC)


@dataclass(frozen=True)
class Day:
    """``memory``: MB after a fifth of the day, and at its end."""

    deliveries: int
    seconds: float
    cpu: float
    statements: int
    memory: tuple[float, float]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--deliveries", type=int, default=50_000)
    parser.add_argument("--url", default="", help="another database; default: a fresh SQLite file")
    chosen = parser.parse_args()
    dispatching.warm_up()
    small, large = run(chosen.url, chosen.deliveries // 5), run(chosen.url, chosen.deliveries)
    for day in (small, large):
        print(
            f"{day.deliveries:6d} deliveries  {day.seconds:6.1f} s  {day.deliveries / day.seconds:6.0f}/s"
            f"  {day.cpu / day.deliveries * 1e3:.3f} ms of CPU and {day.statements / day.deliveries:.3f} statements each"
            f"  memory {day.memory[0]:.0f} MB after a fifth, {day.memory[1]:.0f} MB at the end"
        )
    ratio = (large.cpu / large.deliveries) / (small.cpu / small.deliveries)
    print(f"five times the deliveries cost {ratio:.2f} times as much each")


def run(url: str, deliveries: int) -> Day:
    """One day: seeded, then dispatched from midnight to midnight."""
    with tempfile.TemporaryDirectory() as folder:
        database = release.open_fresh(url, Path(folder))
        brand_id = _seed(database, deliveries // POSTS)
        runtime = Runtime(
            Settings(data_dir=Path(folder)), database, FixedClock(MORNING - timedelta(minutes=1))
        )
        with _Watch(runtime.clock.now) as watch:
            begun, cpu = time.perf_counter(), time.process_time()
            Dispatcher(runtime, "bench").run_until(MORNING + timedelta(days=1))
            lasted, cpu = time.perf_counter() - begun, time.process_time() - cpu
        with database.read() as session:
            found = ledger.day_sum(session, session.get_one(Brand, brand_id), MORNING.date())
            attempts = session.scalar(select(func.count()).select_from(Attempt))
            messages = session.scalar(select(func.count()).select_from(DemoMessage))
        sent = found.by_state.get("sent", 0)
        assert found.holds and sent == found.planned, found
        assert url or sent == attempts == messages
        database.dispose()
    return Day(sent, lasted, cpu, watch.statements, (watch.early, watch.late))


def _seed(database: Database, groups: int) -> int:
    before, stamp = MORNING - timedelta(hours=2), f"{time.time_ns():x}"
    with database.write() as session:
        brand = Brand(uid=stamp, name=stamp, demo=True, zone="UTC", quiet_from="00:00", quiet_to="00:00")
        user = User(name=f"u{stamp}", role="editor", created_at=before)
        session.add_all([brand, user])
        session.flush()
        for number in range(POSTS):
            session.add(Tier(brand_id=brand.id, level=f"t{number}", daily_cap=1000))
            session.execute(insert(Group), [release.group_row(brand.id, number, n) for n in range(groups)])
            due_at = MORNING + timedelta(minutes=15 * number)
            release.approve(session, brand, user, f"t{number}", due_at, before)
        return brand.id


class _Watch:
    """Counts statements at the driver and looks at the process's memory twenty times a second."""

    def __init__(self, now: object) -> None:
        self._now, self._stop = now, threading.Event()
        self.statements, self.early, self.late = 0, 0.0, 0.0

    def __enter__(self) -> _Watch:
        event.listen(Engine, "before_cursor_execute", self._count)
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        event.remove(Engine, "before_cursor_execute", self._count)
        self._stop.set()
        self._thread.join()

    def _count(self, *_: object) -> None:
        self.statements += 1

    def _look(self) -> None:
        while not self._stop.wait(0.05):
            self.late = _megabytes()
            if self._now() < MORNING + timedelta(hours=5):  # type: ignore[operator]
                self.early = self.late


def _megabytes() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1e6


if __name__ == "__main__":
    main()
