"""What the ledger's work costs without any network: freeze, claim, open, settle, and the sum of a day. CPU, not wall time.

.venv/bin/python -m benchmarks.bookkeeping [--deliveries 20000] [--batch 128]
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from benchmarks import release
from benchmarks._webhooks import seed, settings
from content_calendar import ledger
from content_calendar.clock import SystemClock
from content_calendar.ledger import Claim, Result
from content_calendar.tables import Brand
from workers import dispatching
from workers.channels import registry
from workers.checks.door import DoorCheck
from workers.dispatcher.durable import durable
from workers.dispatcher.house import House
from workers.dispatcher.rhythm import rhythm_of


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--deliveries", type=int, default=20_000)
    parser.add_argument("--batch", type=int, default=128)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        database, clock = release.open_fresh("", Path(folder)), SystemClock()
        at = clock.now() + timedelta(seconds=2)
        brand_id = seed(
            database, "https://localhost:1/x", chosen.deliveries, posts=5, first=at, spread=0, now=clock.now()
        )
        dispatching.warm_up()
        rhythm = rhythm_of(settings(Path(folder)), clock)
        written = durable(database.url)
        house = House(written, "bench", rhythm, {}, registry.known(), DoorCheck())
        begun = time.thread_time()
        claims = _claims(house, at, chosen.deliveries)
        show("freeze and claim", time.thread_time() - begun, chosen.deliveries)
        carried_out(house, claims, at, chosen.batch)
        begun = time.thread_time()
        with database.read() as session:
            found = ledger.day_sum(session, session.get_one(Brand, brand_id), at.date(), now=at)
        show("the sum of the day", time.thread_time() - begun, chosen.deliveries)
        assert found.holds and found.by_state == {"sent": chosen.deliveries}, found
        for each in (written, database):
            each.dispose()


def _claims(house: House, at: datetime, count: int) -> list[Claim]:
    claims: list[Claim] = []
    while len(claims) < count:
        claims += house.round(now=at, until=None, room=count).claims
    return claims


def carried_out(house: House, claims: Sequence[Claim], at: datetime, batch: int) -> None:
    opening = settling = 0.0
    for first in range(0, len(claims), batch):
        begun = time.thread_time()
        calls = house.open(claims[first : first + batch], now=at, max_bytes=20_000).calls
        opening += time.thread_time() - begun
        results = [
            Result(call.delivery_id, call.fence, call.number, "sent", at, at, code="http.200")
            for call in calls
        ]
        begun = time.thread_time()
        house.settle(results, now=at)
        settling += time.thread_time() - begun
    show(f"open, {batch} at a time", opening, len(claims))
    show(f"settle, {batch} at a time", settling, len(claims))


def show(what: str, seconds: float, count: int) -> None:
    print(f"{what:24s} {seconds:6.2f} s of CPU for {count}  {seconds / count * 1e3:.3f} ms each", flush=True)


if __name__ == "__main__":
    main()
