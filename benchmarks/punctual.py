"""Punctuality over a real hour: 1,000 webhooks a minute, real workers and beat, a receiver that notes when each one came.

    .venv/bin/python -m benchmarks.punctual [--minutes 60] [--rate 1000] [--posts 10] [--faults 0.01] [--two]

Default: SQLite and the queue in files, one worker. ``--two``: PostgreSQL, Valkey and two workers. ``--posts`` fall due evenly within
a minute, each for its share of the groups. Lateness is the receiver's clock minus the planned moment. Beside it the lateness of a
bare timer in this process: what the machine itself was late by, whatever else it had to do. One line a minute while it runs.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import tempfile
import threading
import time
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import insert, select

from benchmarks import release
from benchmarks._machines import machines, servers
from benchmarks._webhooks import quantiles, sink
from content_calendar import ledger
from content_calendar.clock import SystemClock
from content_calendar.database import Database
from content_calendar.tables import Brand, Delivery, Group, Post, Tier, User

TICK = 0.05  # seconds between two wake-ups of the bare timer


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=int, default=60)
    parser.add_argument("--rate", type=int, default=1000, help="deliveries a minute")
    parser.add_argument("--posts", type=int, default=10, help="posts a minute")
    parser.add_argument("--faults", type=float, default=0.0, help="share of first tries that go wrong")
    parser.add_argument("--two", action="store_true", help="PostgreSQL, Valkey, two workers")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        url, broker = stack.enter_context(servers()) if chosen.two else ("", "")
        database = release.open_fresh(url, Path(folder))
        run(database, Path(folder), broker, chosen)
        database.dispose()


def run(database: Database, folder: Path, broker: str, chosen: argparse.Namespace) -> None:
    clock = SystemClock()
    with sink(chosen.faults) as seen, machines(folder, database.url, broker) as installation:
        posts = chosen.minutes * chosen.posts
        first = clock.now() + timedelta(seconds=60 + posts / 10)
        brand_id = seed(database, seen.url, chosen, first, clock.now())
        installation.start_all(database, 2 if chosen.two else 1)
        print(f"{posts} posts approved; the first falls due at {first:%H:%M:%S}", flush=True)
        with Timer() as timer:
            for minute in range(chosen.minutes):
                time.sleep(max(0.0, (first + timedelta(minutes=minute + 1) - clock.now()).total_seconds()))
                print(_minute(database, brand_id, first + timedelta(minutes=minute)), flush=True)
        time.sleep(45)  # what was refused is tried again
    report(database, brand_id, seen.moments, first, timer)


def seed(database: Database, url: str, chosen: argparse.Namespace, first: datetime, now: datetime) -> int:
    """``posts`` tiers with their groups; every minute each tier has a post."""
    stamp, each = f"{time.time_ns():x}", chosen.rate // chosen.posts
    with database.write() as session:
        brand = Brand(uid=stamp, name=f"bench {stamp}", zone="UTC", quiet_from="00:00", quiet_to="00:00")
        user = User(name=f"u{stamp}", role="editor", created_at=now)
        session.add_all([brand, user])
        session.flush()
        for number in range(chosen.posts):
            session.add(Tier(brand_id=brand.id, level=f"t{number}", daily_cap=100_000))
            rows = [release.group_row(brand.id, number, n) for n in range(each)]
            session.execute(insert(Group), [{**row, "channel": "webhook", "address": url} for row in rows])
    for minute in range(chosen.minutes):
        with database.write() as session:
            brand, user = session.get_one(Brand, brand.id), session.get_one(User, user.id)
            for number in range(chosen.posts):
                due_at = first + timedelta(minutes=minute, seconds=60 * number / chosen.posts)
                release.approve(session, brand, user, f"t{number}", due_at, now, key=f"{minute}:{number}")
    return brand.id


def _minute(database: Database, brand_id: int, begin: datetime) -> str:
    query = select(Delivery.state, Delivery.late_ms).where(
        Delivery.brand_id == brand_id,
        Delivery.due_at >= begin,
        Delivery.due_at < begin + timedelta(minutes=1),
    )
    with database.read() as session:
        rows = session.execute(query).all()
    late = sorted(row.late_ms for row in rows if row.late_ms is not None)
    shown = f"p50 {late[len(late) // 2]} ms  max {late[-1]} ms" if late else ""
    return f"{begin:%H:%M}  {len(late)} of {len(rows)} sent  {shown}  load {os.getloadavg()[0]:.1f}"


def report(
    database: Database, brand_id: int, moments: dict[str, list[float]], first: datetime, timer: Timer
) -> None:
    with database.read() as session:
        query = select(Delivery.id, Delivery.due_at, Delivery.state, Delivery.late_ms)
        found = session.execute(query.where(Delivery.brand_id == brand_id)).all()
        rows = {key: (due.timestamp(), state) for key, due, state, _ in found}
        brand = session.get_one(Brand, brand_id)
        days = set(session.scalars(select(Post.day).where(Post.brand_id == brand_id)))
        faults = sum(len(ledger.day_sum(session, brand, day, now=SystemClock().now()).faults) for day in days)
    late = [times[0] - rows[key][0] for key, times in moments.items()]
    unknown = sum(state == "unknown" for _, state in rows.values())
    lost = sum(key not in moments and state == "sent" for key, (_, state) in rows.items())
    states = ", ".join(f"{state} {count}" for state, count in Counter(s for _, s in rows.values()).items())
    doubled = sum(len(times) > 1 for times in moments.values())
    started = [row.late_ms / 1000 for row in found if row.late_ms is not None]
    print(f"{len(rows)} deliveries: {states}")
    print(f"  call begun                   {quantiles(started)}")
    print(f"  at the receiver              {quantiles(late)}")
    print(
        f"  more than 1 s late {sum(x > 1 for x in late)}  lost {lost}  doubled {doubled}  unknown {unknown}  ledger faults {faults}"
    )
    million = 1e6 / len(rows)
    print(
        f"  a million: lost {lost * million:.1f}  doubled {doubled * million:.1f}  unknown {unknown * million:.0f}"
    )
    print(f"  a bare timer meanwhile       {quantiles(timer.late)}  load {timer.load:.1f} on average")


class Timer:
    """How late a thread that only sleeps wakes up."""

    def __init__(self) -> None:
        self.late: list[float] = []
        self._loads: list[float] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._tick, daemon=True)

    @property
    def load(self) -> float:
        return sum(self._loads) / max(1, len(self._loads))

    def __enter__(self) -> Timer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _tick(self) -> None:
        while not self._stop.is_set():
            wanted = time.monotonic() + TICK
            time.sleep(TICK)
            self.late.append(time.monotonic() - wanted)
            if len(self.late) % 200 == 1:
                self._loads.append(os.getloadavg()[0])


if __name__ == "__main__":
    main()
