"""`chongfen rehearse`: what would go out, when, to whom, by which lane, and every conflict. Sends nothing, changes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING

import click

from desk.cli.context import Context, emit
from desk.cli.window import first_day, window

if TYPE_CHECKING:
    from rich.table import Table

    from content_calendar.plan.rehearsal import Line, Rehearsal


@click.command("rehearse", help="预演：会发什么、几点、给谁、走哪条通道，有哪些冲突。什么也不会真的发出。")
@window(1)
@click.option("--json", "as_json", is_flag=True, help="每条计划触达输出一行 JSON，冲突在最后")
@click.pass_obj
def command(context: Context, start: date | None, days: int, as_json: bool) -> None:
    """Rehearse on a reading session."""
    from content_calendar.plan import rehearsal
    from workers.channels import registry
    from workers.runtime import only_brand

    runtime = context.runtime
    now = runtime.clock.now()
    with runtime.database.read() as session:
        brand = only_brand(session, context.brand)
        begin = first_day(start, brand.zone, now)
        found = rehearsal.rehearse(
            session, brand, start=begin, days=days, now=now, installed=registry.known()
        )
    if as_json:
        _lines(found)
    else:
        _show(context, found)


def _lines(found: Rehearsal) -> None:
    for line in found.lines:
        emit(
            {
                "at": line.at.isoformat(), "post": line.post_id, "kind": line.kind, "tier": line.tier,
                "group": line.group, "group_name": line.group_name, "owner": line.owner, "channel": line.channel,
                "lane": line.lane, "state": line.state, "revision": line.revision, "will_send": line.will_send,
                "why_not": line.why_not,
            }
        )  # fmt: skip
    for item in found.conflicts:
        emit(
            {
                "conflict": item.kind, "level": item.level, "day": item.day, "tier": item.tier,
                "post": item.post_id, "text": item.text,
            }
        )  # fmt: skip


def _show(context: Context, found: Rehearsal) -> None:
    from rich.console import Console

    from desk.cli.conflicts import show

    console = Console()
    console.print(context.say("这是预演，什么也没有发出。", "This is a rehearsal; nothing was sent."))
    for day, lines in groupby(found.lines, key=lambda line: line.at.date()):
        console.print(_day(context, day, lines))
    going = sum(line.will_send for line in found.lines)
    console.print(
        context.say(
            f"共 {len(found.lines)} 次触达，按现在的情况会发出 {going} 次。",
            f"{len(found.lines)} deliveries planned, {going} would go out as things stand.",
        )
    )
    show(console, context, found.conflicts)


def _day(context: Context, day: date, lines: Iterable[Line]) -> Table:
    from rich.markup import escape
    from rich.table import Table

    from content_calendar.lanes import LANE_NAMES
    from content_calendar.plan.report import LEVEL_NAMES
    from prompts.kinds import all_kinds

    table = Table(title=day.isoformat())
    for chinese, english in (
        ("时间", "Time"),
        ("层级", "Tier"),
        ("类型", "Kind"),
        ("主题", "Theme"),
        ("通道", "Lane"),
        ("情况", "Status"),
    ):
        table.add_column(context.say(chinese, english))
    for _, group in groupby(lines, key=lambda line: line.post_id):
        mine = list(group)
        lanes = Counter(LANE_NAMES.get(line.lane, line.lane) for line in mine)
        stops = Counter(line.why_not for line in mine if line.why_not)
        kind = all_kinds().get(mine[0].kind)
        status = "、".join(f"{why}（{count} 群）" for why, count in stops.items()) or context.say(
            "会发出", "goes out"
        )
        table.add_row(
            f"{mine[0].at:%H:%M}", LEVEL_NAMES.get(mine[0].tier, mine[0].tier), kind.name if kind else mine[0].kind,
            escape(mine[0].theme), "、".join(f"{lane} {count}" for lane, count in lanes.items()), status,
        )  # fmt: skip
    return table
