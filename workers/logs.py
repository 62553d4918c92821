"""How a long-running process logs: one line an event on standard error, no customer text; words, or JSON for a collector.

Celery says two lines per task; with a tick every few seconds that would be the whole log, so only its warnings stay.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from typing import Literal

from workers import trace

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


class JsonLines(logging.Formatter):
    """One JSON object an event. Of an exception its kind and its place, never its message: that may hold a text."""

    def format(self, record: logging.LogRecord) -> str:
        said: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if found := trace.current():
            said["trace"] = found
        if record.exc_info and record.exc_info[0] is not None:
            said["error"] = record.exc_info[0].__name__
            said["where"] = "".join(traceback.format_tb(record.exc_info[2]))
        return json.dumps(said, ensure_ascii=False)


def set_up(level: str = "INFO", *, form: Literal["text", "json"] = "text", otel: bool = False) -> None:
    """Log to standard error from ``level`` on; ``otel``: take part in OpenTelemetry's traces."""
    root = logging.getLogger()
    root.handlers[:] = [logging.StreamHandler(sys.stderr)]
    root.handlers[0].setFormatter(JsonLines() if form == "json" else logging.Formatter(FORMAT))
    root.setLevel(level)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    if otel and not trace.use_otel():
        logging.getLogger("chongfen.logs").warning(
            "CHONGFEN_OTEL is set but opentelemetry-api is not installed"
        )
