"""5,000 signed webhooks into a loopback https sink: ours beside a bare aiohttp loop that only posts, in turns.

    .venv/bin/python -m benchmarks.webhooks [--deliveries 5000] [--spread 60] [--faults 0.01] [--rounds 3] [--two]

Sink, bare loop and ours are processes of their own on the same cores; the bare loop posts the same bytes over the same TLS with the
same event loop and the same number of connections: no approval, no claim, no attempt, no ledger. Ours is one dispatcher on SQLite;
``--two``: two real workers on PostgreSQL and Valkey. ``--faults``: that share of first tries goes wrong at the sink; what was lost
or doubled is counted there. The ratio is that of the middle round; CPU a message is told too, for a machine that has other work.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select

from benchmarks import release
from benchmarks._machines import machines, servers, until
from benchmarks._webhooks import quantiles, seed, settings, sink
from content_calendar import ledger
from content_calendar.clock import SystemClock
from content_calendar.database import Database
from content_calendar.tables import Brand, Delivery
from workers import dispatching
from workers.channels.webhook.channel import CONCURRENCY
from workers.dispatcher import Dispatcher
from workers.runtime import Runtime

LEAD = 10.0  # seconds between the seeding and the first moment
OPEN = ("planned", "claimed", "sending", "retry_wait")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--deliveries", type=int, default=5000)
    parser.add_argument("--spread", type=float, default=0.0, help="seconds over which they fall due")
    parser.add_argument("--faults", type=float, default=0.0, help="share of first tries that go wrong")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--two", action="store_true", help="PostgreSQL, Valkey, two workers")
    chosen = parser.parse_args()
    beside = not chosen.spread and not chosen.faults
    ratios = []
    for _ in range(chosen.rounds if beside else 1):
        rate = ours(chosen)
        if beside:
            ratios.append(rate / bare(chosen.deliveries))
    if ratios:
        shown = ", ".join(f"{ratio:.0%}" for ratio in ratios)
        print(f"ours is {statistics.median(ratios):.0%} of the bare loop (rounds: {shown})")


def ours(chosen: argparse.Namespace) -> float:
    """Messages a second from the first due moment to the last arrival."""
    with tempfile.TemporaryDirectory() as name, sink(chosen.faults) as seen, contextlib.ExitStack() as stack:
        folder, clock = Path(name), SystemClock()
        url, broker = stack.enter_context(servers()) if chosen.two else ("", "")
        database = release.open_fresh(url, folder)
        dispatch = stack.enter_context(
            _two_workers(database, folder, broker) if chosen.two else _one_dispatcher(database, folder)
        )
        first = clock.now() + timedelta(seconds=LEAD)
        posts = 50 if chosen.spread else 5
        brand_id = seed(
            database, seen.url, chosen.deliveries, posts=posts, first=first, spread=chosen.spread, now=clock.now()
        )  # fmt: skip
        dispatch.begin()
        dispatch.wait(lambda: _all_ended(database, brand_id, chosen.deliveries))
        found = _rows(database, brand_id)
        faults = _faults(database, brand_id, first)
        cpu = dispatch.cpu()
        database.dispose()
    return _told(chosen, found, seen.moments, first, faults, cpu)


class _Dispatch:
    """Something that carries out deliveries beside us."""

    def __init__(self, pids: list[int]) -> None:
        self._pids, self._before = pids, 0.0

    def begin(self) -> None:
        """Count its CPU from now on."""
        self._before = sum(map(_cpu_of, self._pids))

    def wait(self, what: object) -> None:
        until(what, 3600)  # type: ignore[arg-type]

    def cpu(self) -> float:
        return sum(map(_cpu_of, self._pids)) - self._before


@contextlib.contextmanager
def _one_dispatcher(database: Database, folder: Path) -> Iterator[_Dispatch]:
    dispatching.warm_up()  # as a worker does when it starts
    stop = threading.Event()
    dispatcher = Dispatcher(Runtime(settings(folder), database, SystemClock()), "bench")
    thread = threading.Thread(target=dispatcher.run_until, args=(None, stop))
    found = _Dispatch([os.getpid()])
    thread.start()
    try:
        yield found
    finally:
        stop.set()
        thread.join()


@contextlib.contextmanager
def _two_workers(database: Database, folder: Path, broker: str) -> Iterator[_Dispatch]:
    with machines(folder, database.url, broker) as installation:
        installation.start_all(database, 2)
        yield _Dispatch([process.pid for process in installation.running[:2]])


def _cpu_of(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _rows(database: Database, brand_id: int) -> dict[str, tuple[datetime, str]]:
    query = select(Delivery.id, Delivery.due_at, Delivery.state).where(Delivery.brand_id == brand_id)
    with database.read() as session:
        return {key: (due, state) for key, due, state in session.execute(query)}


def _all_ended(database: Database, brand_id: int, count: int) -> bool:
    time.sleep(1.0)  # a look a second: it must not be what is measured
    query = select(func.count()).where(Delivery.brand_id == brand_id)
    with database.read() as session:
        ended = session.scalar(query.where(Delivery.state.not_in(OPEN)))
    return ended == count


def _faults(database: Database, brand_id: int, first: datetime) -> int:
    with database.read() as session:
        brand = session.get_one(Brand, brand_id)
        return len(ledger.day_sum(session, brand, first.date(), now=SystemClock().now()).faults)


def _told(
    chosen: argparse.Namespace, rows: dict[str, tuple[datetime, str]], moments: dict[str, list[float]],
    first: datetime, faults: int, cpu: float,
) -> float:  # fmt: skip
    late = [times[0] - rows[key][0].timestamp() for key, times in moments.items()]
    lost = sum(key not in moments for key, (_, state) in rows.items() if state == "sent")
    refused = sum(state not in {"sent", "unknown"} for _, state in rows.values())
    unknown = sum(state == "unknown" for _, state in rows.values())
    doubled = sum(len(times) > 1 for times in moments.values())
    rate = len(late) / (max(times[0] for times in moments.values()) - first.timestamp())
    when = f"over {chosen.spread:.0f} s" if chosen.spread else "at one instant"
    who = "ours, two workers" if chosen.two else "ours"
    load = os.getloadavg()[0]
    print(f"{who}, {when}   {len(rows)} deliveries  {quantiles(late)}  {rate:7.0f}/s  load {load:.1f}")
    print(
        f"  lost {lost}  doubled {doubled}  unknown {unknown}  ended otherwise {refused}  ledger faults {faults}"
        f"  {cpu / len(rows) * 1e3:.2f} ms of CPU a delivery",
        flush=True,
    )
    if chosen.faults:
        million = 1e6 / len(rows)
        print(
            f"  a million: lost {lost * million:.0f}, doubled {doubled * million:.0f}, unknown {unknown * million:.0f}"
        )
    return rate


def bare(deliveries: int) -> float:
    """Messages a second of a loop that only signs and posts."""
    with sink() as seen:
        command = [sys.executable, "-m", "benchmarks._bare", seen.url, str(deliveries), str(CONCURRENCY)]
        found = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    print(
        f"bare aiohttp loop, posting only      {found['rate']:7.0f}/s  {found['cpu'] * 1e3:.2f} ms of CPU a message",
        flush=True,
    )
    return float(found["rate"])


if __name__ == "__main__":
    main()
