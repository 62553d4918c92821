"""How a long-running process logs: one line an event on standard error, in the machine's time, no customer text.

Celery says two lines per task; with a tick every few seconds that would be the whole log, so only its warnings stay.
"""

from __future__ import annotations

import logging
import sys

FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"
QUIET = (
    "celery.app.trace",
    "celery.worker.strategy",
    "celery.beat",
    "celery.bootsteps",
    "kombu",
    "alembic",
    "httpx",
    "httpx2",
    "openai",
)


def set_up(level: str = "INFO") -> None:
    """Log to standard error from ``level`` on."""
    root = logging.getLogger()
    root.handlers[:] = [logging.StreamHandler(sys.stderr)]
    root.handlers[0].setFormatter(logging.Formatter(FORMAT))
    root.setLevel(level)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
