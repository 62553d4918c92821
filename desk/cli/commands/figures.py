"""`chongfen figures`: what a period brought; `chongfen figures import FILE` takes reads, clicks and orders in."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from desk.cli.context import Context, emit
from desk.cli.deciding import by, person

if TYPE_CHECKING:
    from desk.queries.figures import Figures

_day = click.DateTime(formats=["%Y-%m-%d"])


@click.group("figures", invoke_without_command=True, help="数据：内容、触达、准点、改动、模型花费、阅读。")
@click.option("--from", "first", type=_day, default=None, help="第一天，默认两周前")
@click.option("--to", "last", type=_day, default=None, help="最后一天，默认今天")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.pass_context
def command(
    click_context: click.Context, first: datetime | None, last: datetime | None, as_json: bool
) -> None:
    """The figures of a period, unless a subcommand is named."""
    if click_context.invoked_subcommand is not None:
        return
    from content_calendar import zones
    from desk.queries import figures
    from workers.runtime import only_brand

    context: Context = click_context.obj
    with context.runtime.database.read() as session:
        brand = only_brand(session, context.brand)
        end = last.date() if last else zones.local_day(context.runtime.clock.now(), zones.zone(brand.zone))
        begin = first.date() if first else end - timedelta(days=13)
        found = figures.load(session, brand, first=begin, last=end)
    if as_json:
        emit(figures.document(found))
        return
    _show(context, found)


@command.command("import", help="收下一张数据表（CSV 或 .xlsx）：阅读、点击、下单、回复、退群。")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@by
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.pass_obj
def import_(context: Context, file: Path, name: str, as_json: bool) -> None:
    """Take a table in: all rows or none; exit 1 with every fault named."""
    from content_calendar import figures
    from workers.runtime import only_brand

    sheet = figures.read(file)
    with context.runtime.database.write() as session:
        brand = only_brand(session, context.brand)
        user = person(session, name)
        taken = figures.take(
            session,
            brand,
            sheet,
            source=file.name,
            now=context.runtime.clock.now(),
            actor=f"user:{user.name}",
        )
    if as_json:
        faults = [
            {"row": item.row, "message": item.message, "english": item.english} for item in taken.faults
        ]
        emit({"numbers": taken.numbers, "posts": taken.posts, "faults": faults})
    else:
        for item in taken.faults:
            click.echo(
                context.say(f"第 {item.row} 行：{item.message}", f"row {item.row}: {item.english}"), err=True
            )
        kept = (
            f"收下 {taken.numbers} 个数，{taken.posts} 篇内容。",
            f"Kept {taken.numbers} numbers of {taken.posts} posts.",
        )
        click.echo(
            context.say("有错，一个数也没有收。", "There are faults; nothing was kept.")
            if taken.faults
            else context.say(*kept)
        )
    if taken.faults:
        raise SystemExit(1)


def _show(context: Context, found: Figures) -> None:
    from rich.console import Console
    from rich.table import Table

    from desk.queries import figures

    click.echo(context.say(f"{found.first} 到 {found.last}", f"{found.first} to {found.last}"))
    for name, (head, rows) in figures.tables(found).items():
        shown = [row for row in rows if any(cell for cell in row[1:])]
        if not shown:
            continue
        table = Table(*head, title=name, title_justify="left")
        for row in shown:
            table.add_row(*(_cell(cell) for cell in row))
        Console().print(table)


def _cell(value: object) -> str:
    return "" if value is None else f"{value:.2f}" if isinstance(value, float) else str(value)
