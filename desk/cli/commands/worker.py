"""`chongfen worker`: works off the queues; start as many as there is work for."""

from __future__ import annotations

import sys

import click

from desk.cli.context import Context


@click.command("worker", help="只启动 Celery worker：写稿、发送、家务。")
@click.option("--queues", default="dispatch,house,write", show_default=True, help="干哪些队列的活，逗号隔开")
@click.option("--concurrency", type=click.IntRange(2, 64), default=8, show_default=True, help="线程数")
@click.pass_obj
def command(context: Context, queues: str, concurrency: int) -> None:
    """Run until SIGTERM or Ctrl-C."""
    from workers import schedule, serve, watchdog
    from workers.errors import WorkerError

    named = [name.strip() for name in queues.split(",") if name.strip()]
    if not named or not set(named) <= set(schedule.QUEUES):
        raise WorkerError(
            f"没有队列「{queues}」，可用 {'、'.join(schedule.QUEUES)}。",
            code="worker.queue",
            english=f"Unknown queue in {queues!r}; use {', '.join(schedule.QUEUES)}.",
        )
    watchdog.follow_parent()
    sys.exit(serve.worker(context.runtime.settings, queues=named, concurrency=concurrency))
