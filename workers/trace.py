"""Trace ids: what happened because of one request or one tick carries one id through logs, web and workers.

An id travels in the header of a Celery message. Where OpenTelemetry is switched on (CHONGFEN_OTEL) our requests and tasks
are its spans and its trace id is ours; which collector they go to is OpenTelemetry's own setting. Without it nothing of it is imported.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from typing import Any

HEADER = "chongfen_trace"
_ID = re.compile(r"[0-9a-f]{16,32}")
_current: ContextVar[str] = ContextVar("chongfen_trace", default="")
_otel: Any = None  # the module opentelemetry.trace, once switched on
_tasks: dict[str, ExitStack] = {}


def current() -> str:
    """The id of what is going on in this thread or coroutine; empty when nothing is traced."""
    if _otel is not None:
        span = _otel.get_current_span().get_span_context()
        if span.is_valid:
            return f"{span.trace_id:032x}"
    return _current.get()


@contextmanager
def traced(name: str, given: str = "") -> Iterator[str]:
    """Everything inside belongs to one id: the ``given`` one when it is well formed, else a new one."""
    token = _current.set(given if _ID.fullmatch(given) else secrets.token_hex(8))
    try:
        if _otel is None:
            yield _current.get()
        else:
            with _otel.get_tracer("chongfen").start_as_current_span(name):
                yield current()
    finally:
        _current.reset(token)


def use_otel() -> bool:
    """Switch spans on; False when the package is not installed."""
    global _otel
    try:
        from opentelemetry import trace
    except ImportError:
        return False
    _otel = trace
    return True


def follow_tasks() -> None:
    """Hand the id over with every message and take it up in every task; may be called again."""
    from celery import signals

    signals.before_task_publish.connect(_publish, weak=False, dispatch_uid=HEADER)
    signals.task_prerun.connect(_begin, weak=False, dispatch_uid=HEADER)
    signals.task_postrun.connect(_end, weak=False, dispatch_uid=HEADER)


def _publish(headers: dict[str, Any] | None = None, **_: Any) -> None:
    if headers is not None and (found := current()):
        headers[HEADER] = found


def _begin(task_id: str, task: Any, **_: Any) -> None:
    stack = ExitStack()
    stack.enter_context(traced(task.name, str(getattr(task.request, HEADER, "") or "")))
    _tasks[task_id] = stack


def _end(task_id: str, **_: Any) -> None:
    if (stack := _tasks.pop(task_id, None)) is not None:
        stack.close()
