"""`chongfen alive PART`: does this machine's worker, dispatcher or beat show life; for a container's health check."""

from __future__ import annotations

import sys

import click

from desk.cli.context import Context


@click.command("alive", help="这台机器上的 worker / dispatcher / beat 还活着吗：活着退出码 0，否则 1。")
@click.argument("part", type=click.Choice(["worker", "dispatcher", "beat"]))
@click.pass_obj
def command(context: Context, part: str) -> None:
    """Say when it showed life last."""
    from workers import health

    runtime = context.runtime
    with runtime.database.read() as session:
        sign = health.here(session, part, runtime.clock.now(), pace=runtime.settings.pace)
    click.echo(context.say(sign.sentence, sign.english))
    sys.exit(0 if sign.ok else 1)
