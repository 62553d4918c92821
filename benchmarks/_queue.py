"""The second comparison's worker: procrastinate, a queue in PostgreSQL, its one task posting one signed message with aiohttp.

Run by benchmarks.queues: ``python -m benchmarks._queue DATABASE SINK``.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import sys

import aiohttp
from procrastinate import App, PsycopgConnector

from benchmarks._bare import message
from benchmarks._sink import CERTIFICATE

AT_ONCE = 128  # jobs at once, as many as our webhook channel has connections
POLL = 0.5  # seconds between two looks for what has fallen due, as our dispatcher's; the default is 5


def make_app(database: str, url: str) -> App:
    """The app both sides use."""
    app = App(connector=PsycopgConnector(conninfo=database, min_size=4, max_size=20))
    session: list[aiohttp.ClientSession] = []

    @app.task(name="post")
    async def post(number: int) -> None:
        if not session:
            trust = ssl.create_default_context()
            trust.load_verify_locations(CERTIFICATE)
            session.append(aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=AT_ONCE, ssl=trust)))
        body, headers = message(number)
        async with session[0].post(url, data=body, headers=headers) as answer:
            await answer.read()

    return app


async def work(database: str, url: str) -> None:
    async with make_app(database, url).open_async() as app:
        with contextlib.suppress(asyncio.CancelledError):
            await app.run_worker_async(concurrency=AT_ONCE, fetch_job_polling_interval=POLL)


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1], sys.argv[2]))
