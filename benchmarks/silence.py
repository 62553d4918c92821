"""How soon does a pause silence a fan-out, and how soon is a dead worker's work taken over?

    .venv/bin/python -m benchmarks.silence [--url postgresql://...] [--only pause|death]

Pause: 4,000 webhooks are under way into a loopback sink; a person pauses the brand; the last message to arrive counts. Death: two
dispatchers in processes of their own; one is killed with -9 while it holds claims for a moment a few seconds ahead; the other is
started then and carries them out.
"""

from __future__ import annotations

import argparse
import contextlib
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select

from benchmarks import release
from benchmarks._machines import signs, until
from benchmarks._webhooks import seed, settings, sink
from content_calendar import review
from content_calendar.clock import SystemClock
from content_calendar.database import Database
from content_calendar.tables import Brand, Delivery, User
from workers import dispatching
from workers.dispatcher import Dispatcher
from workers.runtime import Runtime


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--url", default="", help="another database; default: a fresh SQLite file")
    parser.add_argument("--only", choices=["pause", "death"])
    parser.add_argument("--child", nargs=3, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.child:
        child(*chosen.child)
        return
    if chosen.only != "death":
        pause(chosen.url)
    if chosen.only != "pause":
        death(chosen.url)


def pause(url: str) -> None:
    """From a person's asking for it to the last message at the sink."""
    with tempfile.TemporaryDirectory() as folder, sink() as seen:
        database, clock = release.open_fresh(url, Path(folder)), SystemClock()
        first = clock.now() + timedelta(seconds=8)
        brand_id = seed(database, seen.url, 4000, posts=4, first=first, spread=0, now=clock.now())
        dispatching.warm_up()
        stop = threading.Event()
        working = Dispatcher(Runtime(settings(Path(folder)), database, clock), "bench")
        thread = threading.Thread(target=working.run_until, args=(None, stop))
        thread.start()
        until(lambda: _count(database, brand_id, "sent") > 200, 120)
        asked = time.time()
        with database.write() as session:
            brand, user = session.get_one(Brand, brand_id), session.scalars(select(User)).first()
            assert user is not None
            review.pause_brand(session, brand, user=user, reason="bench", now=clock.now())
        paused = time.time()
        time.sleep(6)
        stop.set()
        thread.join()
        left = _count(database, brand_id, "planned")
        database.dispose()
    last = max(times[0] for times in seen.moments.values())
    after = sum(times[0] > paused for times in seen.moments.values())
    print(
        f"from pause to silence   {max(0.0, last - asked):.2f} s (of which {paused - asked:.2f} s until the pause stood),"
        f" {after} messages after it stood; {left} of 4000 did not leave"
    )


def death(url: str) -> None:
    """From kill -9 to the moment another dispatcher has sent what the dead one had claimed."""
    with tempfile.TemporaryDirectory() as folder, sink() as seen, contextlib.ExitStack() as stack:
        database, clock = release.open_fresh(url, Path(folder)), SystemClock()
        stack.callback(database.dispose)
        doomed = stack.enter_context(dispatcher(database, folder, "doomed"))
        first = clock.now() + timedelta(seconds=15)
        brand_id = seed(database, seen.url, 200, posts=1, first=first, spread=0, now=clock.now())
        until(lambda: _count(database, brand_id, "claimed") == 200, 60)
        stack.enter_context(_killed(doomed))
        killed = time.time()
        stack.enter_context(dispatcher(database, folder, "heir"))
        started = time.time()
        until(lambda: _count(database, brand_id, "sent") == 200, 180)
    begun = min(times[0] for times in seen.moments.values())
    print(
        f"from kill -9 to its claims being sent by another   {begun - killed:.1f} s (the other ran {started - killed:.1f} s"
        f" after the kill; {max(0.0, begun - first.timestamp()):.1f} s after the moment); doubled {seen.doubled}"
    )


@contextlib.contextmanager
def dispatcher(database: Database, folder: str, name: str) -> Iterator[subprocess.Popen[bytes]]:
    """A dispatcher in a process of its own that has given its sign of life; it ends with the block."""
    command = [sys.executable, "-m", "benchmarks.silence", "--child", database.url, folder, name]
    process = subprocess.Popen(command)
    try:
        until(lambda: f"dispatcher:{name}" in signs(database, "dispatcher:"), 120)
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait(60)


@contextlib.contextmanager
def _killed(process: subprocess.Popen[bytes]) -> Iterator[None]:
    process.send_signal(signal.SIGKILL)
    process.wait()
    yield


def child(url: str, folder: str, name: str) -> None:
    """A dispatcher in a process of its own, until SIGTERM."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    dispatching.warm_up()
    Dispatcher(Runtime(settings(Path(folder)), Database(url), SystemClock()), name).run_until(None, stop)


def _count(database: Database, brand_id: int, state: str) -> int:
    query = select(func.count()).where(Delivery.brand_id == brand_id, Delivery.state == state)
    with database.read() as session:
        return session.scalar(query) or 0


if __name__ == "__main__":
    main()
