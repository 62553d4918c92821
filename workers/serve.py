"""Runs a Celery worker or beat in this process until it is told to end.

The pool is threads: our tasks wait for models, channels and the database, and one process then has one
database engine, one event loop for model calls and one dispatcher. SIGTERM sets the process's stop event, which every
long task heeds, so that a warm end takes moments and leaves no claim behind.
"""

from __future__ import annotations

import logging
import socket
import warnings
from collections.abc import Sequence
from typing import Any

from celery import Celery, signals
from celery.platforms import SecurityWarning

from workers import dispatching, logs, pulse, schedule
from workers.app import make_app
from workers.process import Process
from workers.settings import Settings

CONCURRENCY = 8  # threads of the pool; the dispatcher has its own
log = logging.getLogger("chongfen.serve")


def worker(
    settings: Settings, *, queues: Sequence[str] = schedule.QUEUES, concurrency: int = CONCURRENCY
) -> int:
    """Work off ``queues`` until SIGTERM or SIGINT; the process's exit code."""
    logs.set_up(form=settings.log_format, otel=settings.otel)
    # Celery warns against root because of pickled messages; ours are JSON, and containers run as root.
    warnings.filterwarnings("ignore", category=SecurityWarning)
    app = make_app(settings)
    process: Process = app.process

    def stopping(**_: Any) -> None:
        process.stop.set()

    signals.setup_logging.connect(_keep_logging, weak=False)
    signals.worker_shutting_down.connect(stopping, weak=False)
    heart = pulse.start(process, f"worker:{process.name}")
    sending = dispatching.start(process) if dispatching.QUEUE in queues else None
    log.info("worker starts, queues %s", ",".join(queues))
    running = app.Worker(
        hostname=f"chongfen-{process.name}@{socket.gethostname()}",
        pool="threads",
        concurrency=concurrency,
        queues=list(queues),
        without_gossip=True,
        without_mingle=True,
        quiet=True,
    )
    try:
        running.start()
    finally:
        process.stop.set()
    if sending is not None:
        sending.join()  # the calls in flight end by their own time limits; the rest is handed back
    heart.join(timeout=2)
    log.info("worker ends")
    return int(running.exitcode or 0)


def beat(settings: Settings) -> int:
    """Send ticks until SIGTERM or SIGINT; the process's exit code."""
    logs.set_up(form=settings.log_format, otel=settings.otel)
    app = make_app(settings)
    signals.setup_logging.connect(_keep_logging, weak=False)
    log.info("beat starts")
    _all_at_once(app)
    app.Beat(quiet=True).run()
    return 0


def _all_at_once(app: Celery) -> None:
    """Send every tick now: a restart must not wait a minute before the house is looked after."""
    for entry in app.conf.beat_schedule.values():
        try:
            app.send_task(entry["task"], **entry["options"])
        except app.connection_for_write().recoverable_connection_errors as error:
            log.warning("broker not reachable yet: %s", type(error).__name__)
            return


def _keep_logging(**_: Any) -> None:
    """Connected to Celery's setup_logging, so that Celery leaves ours alone."""
