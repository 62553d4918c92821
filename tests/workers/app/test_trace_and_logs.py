"""One id through logs, messages and tasks; log lines a collector can read, without a text in them."""

from __future__ import annotations

import io
import json
import logging
import threading
from collections.abc import Iterator

import pytest
from celery import Celery
from celery.contrib.testing.worker import start_worker

from workers import logs, trace

ID = "0123456789abcdef"


@pytest.fixture
def json_lines() -> Iterator[io.StringIO]:
    root, said = logging.getLogger(), io.StringIO()
    before, level = list(root.handlers), root.level
    logs.set_up(form="json")
    (handler,) = root.handlers
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(said)
    yield said
    root.handlers[:] = before
    root.setLevel(level)


def test_a_line_is_one_json_object_with_its_trace(json_lines: io.StringIO) -> None:
    with trace.traced("request", ID):
        logging.getLogger("chongfen.x").info("第一行\n第二行 %d", 7)
    logging.getLogger("chongfen.x").info("later")

    first, later = map(json.loads, json_lines.getvalue().splitlines())
    assert (first["message"], first["trace"], first["level"]) == ("第一行\n第二行 7", ID, "INFO")
    assert "trace" not in later


def test_an_exception_is_told_by_kind_and_place_never_by_its_message(
    json_lines: io.StringIO,
) -> None:
    try:
        raise ValueError("张女士 13800000000")
    except ValueError:
        logging.getLogger("chongfen.x").exception("it failed")

    line = json_lines.getvalue()
    said = json.loads(line)
    assert said["error"] == "ValueError" and __file__ in said["where"]
    assert "13800000000" not in said["error"] + said["message"]


@pytest.mark.parametrize("given", ["", "x" * 16, "0" * 33, "0123\n89abcdef0123", "ABCDEF0123456789"])
def test_an_id_that_is_none_of_ours_is_replaced(given: str) -> None:
    with trace.traced("request", given) as found:
        assert found != given and len(found) == 16 and trace.current() == found
    assert trace.current() == ""


def test_a_task_carries_the_id_of_the_request_that_asked_for_it() -> None:
    trace.follow_tasks()
    app = Celery("traced", broker="memory://")
    app.conf.update(task_ignore_result=True, worker_hijack_root_logger=False)
    seen: list[str] = []
    done = threading.Event()

    @app.task(name="note")
    def note() -> None:
        seen.append(trace.current())
        if len(seen) == 2:
            done.set()

    with start_worker(app, pool="solo", perform_ping_check=False):
        with trace.traced("request", ID):
            note.delay()
        note.delay()
        assert done.wait(20)
    assert seen[0] == ID and seen[1] not in {ID, ""}


def test_with_opentelemetry_on_its_trace_is_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    from opentelemetry import context
    from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags, set_span_in_context

    monkeypatch.setattr(trace, "_otel", None)
    assert trace.use_otel()
    span = NonRecordingSpan(SpanContext(0xABC, 0xDEF, is_remote=True, trace_flags=TraceFlags(1)))
    token = context.attach(set_span_in_context(span))
    try:
        with trace.traced("request") as found:
            assert found == trace.current() == f"{0xABC:032x}"
    finally:
        context.detach(token)
