"""`chongfen web`: the desk and the API alone, for machines where worker and beat run elsewhere."""

from __future__ import annotations

import click

from desk.cli.context import Context


@click.command("web", help="只启动内容台和 API。")
@click.option("--host", default=None, help="监听地址（默认 CHONGFEN_HOST 或 127.0.0.1）")
@click.option(
    "--port", type=click.IntRange(1, 65535), default=None, help="端口（默认 CHONGFEN_PORT 或 8765）"
)
@click.pass_obj
def command(context: Context, host: str | None, port: int | None) -> None:
    """Serve until SIGTERM or Ctrl-C."""
    import uvicorn

    from desk.cli import serving
    from desk.web.app import create_app
    from desk.web.settling import settle
    from workers import logs, watchdog

    watchdog.follow_parent()
    runtime = context.runtime
    logs.set_up(form=runtime.settings.log_format, otel=runtime.settings.otel)
    server = serving.listen(host or runtime.settings.host, port or runtime.settings.port)
    config = uvicorn.Config(
        create_app(runtime, warmed=True),
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=True,
        timeout_graceful_shutdown=3,  # an open event stream must not hold up the end
    )
    settle()
    uvicorn.Server(config).run(sockets=[server])
