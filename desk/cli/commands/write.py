"""`chongfen write`: drafts for the posts of the coming days, or one post again."""

from __future__ import annotations

import sys
from datetime import date
from typing import TYPE_CHECKING

import click

from desk.cli.context import Context, emit
from desk.cli.window import first_day, window

if TYPE_CHECKING:
    from workers.batches.report import WriteReport


@click.command("write", help="把这些天还没有稿子的内容写出来；或重写一条（--post）。")
@window(7)
@click.option("--post", "post_id", type=int, default=None, help="只写这一条")
@click.option("--instruction", default="", help="对这一条的要求（与 --post 一起用）")
@click.option("--by", "user_name", default="lead", show_default=True, help="谁要求重写（与 --post 一起用）")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.pass_obj
def command(
    context: Context,
    start: date | None,
    days: int,
    post_id: int | None,
    instruction: str,
    user_name: str,
    as_json: bool,
) -> None:
    """Write, and say what came of it; exit code 1 when a post could not be written."""
    if instruction and post_id is None:
        raise click.UsageError("--instruction 要和 --post 一起用。")
    if post_id is not None:
        from workers.batches.rewrite import rewrite

        report = rewrite(context.runtime, post_id, instruction=instruction, user_name=user_name)
    else:
        report = write_window(context, start, days, quiet=as_json)
    if as_json:
        emit(report.document())
    else:
        click.echo(summary(context, report))
    sys.exit(1 if report.failures else 0)


def write_window(context: Context, start: date | None, days: int, *, quiet: bool) -> WriteReport:
    """Write what is unwritten in the window, with a bar where somebody can see it; Ctrl-C ends it tidily."""
    from datetime import time, timedelta

    from content_calendar.zones import place, zone
    from desk.cli.bar import bar, stop_on_signal
    from workers.batches.selection import Window
    from workers.batches.write import write_posts
    from workers.runtime import only_brand

    runtime = context.runtime
    with runtime.database.read() as session:
        brand = only_brand(session, context.brand)
    first = first_day(start, brand.zone, runtime.clock.now())
    where = zone(brand.zone)
    window = Window(
        place(first, time(0, 0), where).instant,
        place(first + timedelta(days=days), time(0, 0), where).instant,
    )
    with stop_on_signal() as stop, bar(context.say("撰写", "Writing"), quiet=quiet) as progress:
        return write_posts(runtime, window, brand_name=brand.name, progress=progress, stop=stop)


def summary(context: Context, report: WriteReport) -> str:
    """What came of it in one or a few lines."""
    lines = [
        context.say(
            f"写好 {report.written} 条，用时 {report.seconds:.1f} 秒；{report.blocked} 条有禁止发布的问题，"
            f"{report.warned} 条有提醒。",
            f"Wrote {report.written} in {report.seconds:.1f} s; {report.blocked} blocked, {report.warned} with warnings.",
        )
    ]
    if report.stopped:
        lines.append(context.say("中途停下了，再运行一次接着写。", "Stopped midway; run again to go on."))
    if report.skipped:
        lines.append(
            context.say(
                f"{report.skipped} 条正被别处撰写或已被人改动，没有动。",
                f"{report.skipped} belong to somebody else now.",
            )
        )
    lines += [f"{failure.post_id}: {failure.reason}" for failure in report.failures]
    if report.meter is not None:
        from workers.meter_words import told

        lines.append(context.say(*told(report.meter)))
    return "\n".join(lines)
