"""`chongfen up`: desk, worker and beat on this machine until Ctrl-C, with one address and one sign-in link."""

from __future__ import annotations

import os
from datetime import datetime

import click

from desk.cli.context import Context


def _instant(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    if value is not None:
        try:
            datetime.fromisoformat(value.partition("@")[0])
        except ValueError as error:
            raise click.BadParameter(f"「{value}」读不懂，请写成 2026-11-23T08:55。") from error
    return value


@click.command("up", help="启动内容台、worker 和 beat，Ctrl-C 一起停下。")
@click.option("--port", type=click.IntRange(1, 65535), default=None, help="端口（默认 8765，被占用就顺延）")
@click.option(
    "--clock", default=None, callback=_instant, help="模拟时钟从何时开始，如 2026-11-23T08:55；只走演示通道"
)
@click.option("--speed", type=click.FloatRange(0.1, 3600), default=None, help="模拟时钟快多少倍")
@click.option("--verbose", is_flag=True, help="把各进程的日志也显示在这里")
@click.option("--json", "as_json", is_flag=True, help="每件事一行 JSON")
@click.pass_obj
def command(
    context: Context, port: int | None, clock: str | None, speed: float | None, verbose: bool, as_json: bool
) -> None:
    """Run until SIGINT or SIGTERM."""
    from desk.cli import serving

    if clock is not None:
        # Through the environment, so that this process and its children read the same text.
        os.environ["CHONGFEN_CLOCK"] = serving.anchored(clock)
    if speed is not None:
        os.environ["CHONGFEN_SPEED"] = str(speed)
    serve(context, port=port, verbose=verbose, as_json=as_json)


def serve(context: Context, *, port: int | None, verbose: bool, as_json: bool) -> None:
    """Start the three processes and keep them; returns when all have ended."""
    from desk.cli import serving
    from desk.cli.announce import Announcer
    from workers import spool
    from workers.supervisor import Supervisor

    runtime = context.runtime
    settings = runtime.settings
    chosen = port is not None or "CHONGFEN_PORT" in os.environ
    at = serving.free_port(settings.host, port or settings.port, chosen=chosen)
    base = serving.address(settings, at)
    with serving.claim_folder(settings.data_dir, base):
        if settings.embedded:
            spool.clear(settings.data_dir / "broker")
        link = serving.sign_in_link(runtime, base)
        announcer = Announcer(context, base=base, link=link, as_json=as_json, verbose=verbose)
        supervisor = Supervisor(
            children=serving.children(),
            logs=settings.data_dir / "logs",
            say=announcer.trouble,
            environment=serving.environment(settings, port=at),
        )
        announcer.watch(supervisor, host=settings.host, port=at)
        supervisor.run(announcer.look)
        announcer.ended()
