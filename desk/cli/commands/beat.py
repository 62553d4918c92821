"""`chongfen beat`: sends the ticks; two of them do no harm, none at all and the house falls asleep."""

from __future__ import annotations

import sys

import click

from desk.cli.context import Context


@click.command("beat", help="只启动 Celery beat：按拍子叫 worker。")
@click.pass_obj
def command(context: Context) -> None:
    """Run until SIGTERM or Ctrl-C."""
    from workers import serve, watchdog

    watchdog.follow_parent()
    sys.exit(serve.beat(context.runtime.settings))
