"""The comparison's worker: a Celery app whose one task posts one signed message. Run by benchmarks.queues."""

from __future__ import annotations

import http.client
import ssl
import sys
import threading
from urllib.parse import urlsplit

from celery import Celery

from benchmarks._sink import CERTIFICATE

_own = threading.local()


def make_app(broker: str, url: str) -> Celery:
    """The app both sides use."""
    app = Celery("eta", broker=broker)
    app.conf.update(
        task_ignore_result=True,
        worker_prefetch_multiplier=0,
        broker_connection_retry_on_startup=True,
        task_acks_late=True,
        task_reject_on_worker_lost=True,  # else whatever a dead worker had taken is gone
    )

    @app.task(name="post")  # type: ignore[untyped-decorator]
    def post(number: int) -> None:
        from benchmarks._bare import message

        body, headers = message(number)
        connection = _connection(url)
        connection.request("POST", urlsplit(url).path, body, headers)
        connection.getresponse().read()

    return app


def _connection(url: str) -> http.client.HTTPSConnection:
    if not hasattr(_own, "connection"):
        trust = ssl.create_default_context()
        trust.load_verify_locations(CERTIFICATE)
        where = urlsplit(url)
        _own.connection = http.client.HTTPSConnection(where.hostname or "", where.port, context=trust)
    found: http.client.HTTPSConnection = _own.connection
    return found


if __name__ == "__main__":
    make_app(sys.argv[1], sys.argv[2]).Worker(
        pool="threads", concurrency=64, quiet=True, loglevel="ERROR"
    ).start()
