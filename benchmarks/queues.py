"""The same 5,000 webhooks as delayed jobs of two well-known queues: Celery ETA tasks, and procrastinate on PostgreSQL.

    .venv/bin/python -m benchmarks.queues [--deliveries 5000] [--only celery|procrastinate] [--kill]

Every job is to run at one instant. Celery: one worker, 64 threads, each with its connection, late acknowledgement, on a Valkey of
its own. Procrastinate: one worker, 128 jobs at once, aiohttp, a look every half second, on a PostgreSQL of its own. ``--kill``: three
seconds after the moment the worker dies by kill -9 and another is started; both queues are left as they are without further
settings. What has not arrived within a minute, or arrived twice, is counted at the sink.
"""

from __future__ import annotations

import argparse
import asyncio
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing import Process

from benchmarks._machines import postgres_server, valkey_server
from benchmarks._webhooks import Seen, quantiles, sink

PATIENCE = 60.0  # seconds an heir has to bring what the dead one had taken


@dataclass(frozen=True)
class Peer:
    """A queue to compare with: how jobs are filed, what command works them off, how long it needs to start."""

    name: str
    file: Callable[[str, str, int, datetime], None]
    module: str
    filing: float  # jobs a second it can file, roughly: the moment must be later than that


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--deliveries", type=int, default=5000)
    parser.add_argument("--only", choices=["celery", "procrastinate"])
    parser.add_argument("--kill", action="store_true", help="kill -9 the worker in the middle")
    chosen = parser.parse_args()
    if chosen.only != "procrastinate":
        with valkey_server() as broker:
            run(Peer("Celery ETA tasks", file_celery, "benchmarks._eta", 60), broker, chosen)
    if chosen.only != "celery":
        with postgres_server() as url:
            run(Peer("procrastinate", file_procrastinate, "benchmarks._queue", 300), url, chosen)


def run(peer: Peer, where: str, chosen: argparse.Namespace) -> None:
    with sink() as seen:
        at = datetime.now(UTC) + timedelta(seconds=20 + chosen.deliveries / peer.filing)
        begun = time.time()
        filer = Process(target=peer.file, args=(where, seen.url, chosen.deliveries, at))
        filer.start()
        filer.join()
        filed = time.time() - begun
        workers = [start(peer, where, seen)]
        wait_until(at.timestamp())
        if chosen.kill:
            time.sleep(3)
            workers[0].kill()
            workers[0].wait()
            workers.append(start(peer, where, seen))
        time.sleep(PATIENCE)
        workers[-1].terminate()
        workers[-1].wait()
    told(peer, chosen, seen, at, filed)


def start(peer: Peer, where: str, seen: Seen) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", peer.module, where, seen.url],
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )


def wait_until(moment: float) -> None:
    time.sleep(max(0.0, moment - time.time()))


def told(peer: Peer, chosen: argparse.Namespace, seen: Seen, at: datetime, filed: float) -> None:
    if not seen.moments:
        print(f"{peer.name}   none of {chosen.deliveries} arrived within {PATIENCE:.0f} s", flush=True)
        return
    late = [times[0] - at.timestamp() for times in seen.moments.values()]
    rate = len(late) / max(1e-6, max(late))
    killed = ", killed once" if chosen.kill else ""
    print(
        f"{peer.name}{killed}   {len(late)} of {chosen.deliveries} arrived  {quantiles(late)}  {rate:7.0f}/s"
    )
    print(
        f"  never arrived {chosen.deliveries - len(late)}  doubled {seen.doubled}  before their moment"
        f" {sum(x < 0 for x in late)}  filing took {filed:.1f} s",
        flush=True,
    )


def file_celery(broker: str, url: str, deliveries: int, at: datetime) -> None:
    from benchmarks._eta import make_app

    app = make_app(broker, url)
    with app.connection_for_write() as connection:
        for number in range(deliveries):
            app.send_task("post", args=(number,), eta=at, connection=connection)


def file_procrastinate(database: str, url: str, deliveries: int, at: datetime) -> None:
    from benchmarks._queue import make_app

    async def file() -> None:
        async with make_app(database, url).open_async() as app:
            await app.schema_manager.apply_schema_async()
            job = app.configure_task("post", schedule_at=at)
            for first in range(0, deliveries, 1000):
                some = range(first, min(first + 1000, deliveries))
                await job.batch_defer_async(*({"number": number} for number in some))

    asyncio.run(file())


if __name__ == "__main__":
    main()
