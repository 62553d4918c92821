"""`chongfen demo`: what `make run` calls. From an empty folder to a desk with a week of drafts, and on from there.

Every step only does what is not done yet, so a second run goes on where the first was.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from desk.cli.context import Context

ZONE = "Asia/Shanghai"  # where the example's brand is


@click.command("demo", help="示例品牌：导入、排七天、写好草稿，然后启动。")
@click.option("--port", type=click.IntRange(1, 65535), default=None, help="端口（默认 8765，被占用就顺延）")
@click.option("--serve/--no-serve", default=True, help="写完后启动内容台")
@click.option("--verbose", is_flag=True, help="把各进程的日志也显示在这里")
@click.pass_obj
def command(context: Context, port: int | None, serve: bool, verbose: bool) -> None:
    """Import, plan, write, serve."""
    from desk.cli.commands import up

    _import(context)
    _plan(context)
    if _write(context) and serve:
        up.serve(context, port=port, verbose=verbose, as_json=False)


def _import(context: Context) -> None:
    """The example workbook with its dates moved to today, unless there is a brand already."""
    from content_calendar import brands, workbook
    from content_calendar.errors import CalendarError
    from content_calendar.workbook.shift import EXAMPLE, shifted
    from content_calendar.zones import local_day, zone
    from generator.checks.brand import catalogue

    runtime = context.runtime
    with runtime.database.read() as session:
        known = [brand.name for brand in brands.customers(session)]
    if known:
        click.echo(context.say(f"接着用品牌「{'、'.join(known)}」。", f"Going on with {', '.join(known)}."))
        return
    now = runtime.clock.now()
    today = local_day(now, zone(ZONE))
    with tempfile.TemporaryDirectory() as folder:
        moved = Path(folder) / EXAMPLE.name
        weeks = shifted(EXAMPLE, moved, today=today)
        reading = workbook.read(moved, today=today, rules=catalogue())
    if reading.content is None:
        raise CalendarError(
            f"示例工作簿有错：{reading.errors[0].message}",
            code="demo.workbook",
            english=f"The example workbook has an error: {reading.errors[0].english}",
        )
    with runtime.database.write() as session:
        workbook.apply(
            session, reading.content, now=now, actor="system:demo", demo=True, source=EXAMPLE.name,
            sha256=reading.sha256, seal=runtime.settings.secrets.seal,
        )  # fmt: skip
    rows = sum(len(rows) for rows in reading.rows.values())
    click.echo(
        context.say(
            f"已导入示例工作簿 {EXAMPLE.name}：{rows} 行，日期移动 {weeks} 周。",
            f"Imported {EXAMPLE.name}: {rows} rows, dates moved by {weeks} weeks.",
        )
    )


def _plan(context: Context) -> None:
    from workers.batches.plan_ahead import plan_ahead

    for name, report in plan_ahead(context.runtime, always=True).items():
        click.echo(
            context.say(
                f"{name}：七天共 {report.posts} 条内容，新排 {report.created} 条，冲突 {len(report.conflicts)} 处。",
                f"{name}: {report.posts} posts in seven days, {report.created} new, {len(report.conflicts)} conflicts.",
            )
        )


def _write(context: Context) -> bool:
    """Every draft that is missing; False when somebody stopped it."""
    from desk.cli.commands.write import summary, write_window

    report = write_window(context, None, 7, quiet=False)
    click.echo(summary(context, report))
    return not report.stopped
