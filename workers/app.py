"""The Celery app: made from settings, the same for one machine and for many.

Without a broker URL messages travel as files in the data folder (:mod:`workers.spool`); with one, Redis or
RabbitMQ carry them. Messages hold ids only and may be lost: the database says what there is to do, and beat asks again. Started by
`chongfen worker` and `chongfen beat`, or by `celery -A workers.app`.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from celery import Celery
from kombu.entity import Exchange, Queue

from workers import schedule, spool, trace
from workers.process import Process
from workers.settings import Settings, load

WRITE_LIMIT = 900  # seconds a write task may take (prefork only; a threads pool cannot enforce it)


def make_app(settings: Settings) -> Celery:
    """A Celery app on these settings; ``app.process`` is the state its tasks share."""
    trace.follow_tasks()
    app = Celery("chongfen", include=["workers.tasks"])
    app.conf.update(_common(settings))
    app.conf.update(_spool(settings) if settings.embedded else _server(settings))
    app.process = Process(settings)
    return app


def _common(settings: Settings) -> dict[str, Any]:
    # The nameless exchange delivers by queue name on every broker and needs no bindings kept anywhere.
    nameless = Exchange("")  # type: ignore[no-untyped-call]
    queues = [Queue(name, nameless, routing_key=name) for name in schedule.QUEUES]  # type: ignore[no-untyped-call]
    return {
        "task_queues": queues,
        "task_default_queue": "house",
        "task_create_missing_queues": False,
        "task_routes": schedule.routes(),
        "beat_schedule": schedule.beat_schedule(settings.pace),
        "beat_scheduler": "celery.beat:Scheduler",
        "task_serializer": "json",
        "accept_content": ["json"],
        "task_ignore_result": True,
        "task_acks_late": True,
        "task_retry_on_worker_lost": True,
        "task_soft_time_limit": WRITE_LIMIT,
        "task_time_limit": WRITE_LIMIT + 60,
        "task_publish_retry_policy": {"max_retries": 2, "interval_start": 0, "interval_step": 0.2},
        "worker_soft_shutdown_timeout": 10.0,
        "worker_hijack_root_logger": False,
        "worker_redirect_stdouts": False,
        "worker_cancel_long_running_tasks_on_connection_loss": False,
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        "timezone": "UTC",
    }


def _spool(settings: Settings) -> dict[str, Any]:
    return {
        "broker_url": f"{spool.SCHEME}://localhost/",
        "broker_transport_options": spool.options(settings.data_dir / "broker"),
        # With one message fetched at a time every message would wait for a poll of its own.
        "worker_prefetch_multiplier": 4,
        "worker_enable_remote_control": False,
    }


def _server(settings: Settings) -> dict[str, Any]:
    options: dict[str, Any] = {}
    if settings.broker_url.startswith(("redis", "valkey")):
        # Measured: without the last two a lost message comes back only after about a hundred seconds.
        options = {
            "visibility_timeout": 3600,
            "unacked_restore_interval": 5,
            "unacked_restore_throttle": 1,
            "socket_timeout": 30,
            "socket_connect_timeout": 5,
        }
    url = settings.broker_url
    return {
        "broker_url": f"redis{url.removeprefix('valkey')}" if url.startswith("valkey") else url,
        "broker_transport_options": options,
        "worker_prefetch_multiplier": 1,
    }


@cache
def _default() -> Celery:
    return make_app(load())


def __getattr__(name: str) -> Any:
    """``workers.app:app`` for the celery command, made when first asked for."""
    if name == "app":
        return _default()
    raise AttributeError(name)
