"""`chongfen plan`: the SOP rows of the coming days become posts, and every conflict is named before anyone writes."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import click

from desk.cli.context import Context, emit
from desk.cli.window import first_day, window

if TYPE_CHECKING:
    from content_calendar.plan.report import PlanReport


@click.command("plan", help="按 SOP 和活动排出这些天的内容；再排一次只补缺，不动人改过的。")
@window(7)
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.pass_obj
def command(context: Context, start: date | None, days: int, as_json: bool) -> None:
    """Plan, and say what was done and what stands in the way."""
    from content_calendar.plan import planner
    from workers.channels import registry
    from workers.runtime import only_brand

    runtime = context.runtime
    now = runtime.clock.now()
    with runtime.database.write() as session:
        brand = only_brand(session, context.brand)
        begin = first_day(start, brand.zone, now)
        report = planner.plan(session, brand, start=begin, days=days, now=now, installed=registry.known())
        name = brand.name
    if as_json:
        emit(_document(name, begin, days, report))
    else:
        _show(context, name, begin, days, report)


def _document(name: str, begin: date, days: int, report: PlanReport) -> dict[str, Any]:
    return {
        "brand": name, "from": begin.isoformat(), "days": days, "created": report.created, "kept": report.kept,
        "updated": report.updated, "cancelled": report.cancelled, "past": report.past, "posts": report.posts,
        "by_day": {day.isoformat(): count for day, count in report.by_day.items()}, "by_tier": report.by_tier,
        "conflicts": [
            {"kind": item.kind, "level": item.level, "day": item.day, "tier": item.tier, "post": item.post_id, "text": item.text}
            for item in report.conflicts
        ],
    }  # fmt: skip


def _show(context: Context, name: str, begin: date, days: int, report: PlanReport) -> None:
    from rich.console import Console
    from rich.table import Table

    from desk.cli.conflicts import show

    console = Console()
    table = Table(title=context.say(f"{name}：{begin} 起 {days} 天", f"{name}: {days} days from {begin}"))
    table.add_column(context.say("日期", "Day"))
    table.add_column(context.say("内容", "Posts"), justify="right")
    for day, count in report.by_day.items():
        table.add_row(day.isoformat(), str(count))
    console.print(table)
    console.print(
        context.say(
            f"新排 {report.created} 条，照旧 {report.kept} 条，更新 {report.updated} 条，取消 {report.cancelled} 条。",
            f"{report.created} new, {report.kept} kept, {report.updated} updated, {report.cancelled} cancelled.",
        )
    )
    show(console, context, report.conflicts)
