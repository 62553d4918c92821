"""`chongfen queue`: one line a post, with text, facts and findings."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

from desk.cli.context import Context, emit
from desk.cli.window import Day, first_day

if TYPE_CHECKING:
    from collections.abc import Sequence

    from content_calendar.queue import QueueLine

STATES = (
    "planned", "writing", "in_review", "approved", "releasing", "released", "changes_requested", "rejected",
    "held", "missed", "cancelled",
)  # fmt: skip


@click.command("queue", help="列出内容：时间、层级、状态、正文、事实和检查结果。")
@click.option("--from", "start", type=Day(), default=None, help="从哪天起；不写则不限")
@click.option("--days", type=click.IntRange(1, 366), default=None, help="共几天（不写 --from 时从今天起）")
@click.option("--state", "states", type=click.Choice(STATES), multiple=True, help="只列这些状态，可多次")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON，每条一行")
@click.pass_obj
def command(
    context: Context, start: date | None, days: int | None, states: tuple[str, ...], as_json: bool
) -> None:
    """List the queue."""
    from content_calendar import queue
    from workers.runtime import only_brand

    runtime = context.runtime
    with runtime.database.read() as session:
        brand = only_brand(session, context.brand)
        if days is not None:
            start = first_day(start, brand.zone, runtime.clock.now())
        lines = queue.entries(session, brand, start=start, days=days, states=states)
    if as_json:
        for line in lines:
            emit(line.document())
    else:
        _show(context, lines)


TIERS = {"high": "高", "mid": "中", "low": "低"}


def _show(context: Context, lines: Sequence[QueueLine]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from content_calendar.states import POST_NAMES, PostState

    table = Table(title=context.say(f"共 {len(lines)} 条", f"{len(lines)} posts"), expand=True)
    for title in ("编号", "时间", "层", "类型", "群", "状态", "检查"):
        table.add_column(title, no_wrap=True)
    table.add_column("正文", no_wrap=True, overflow="ellipsis", ratio=1)
    for line in lines:
        cells = (
            str(line.id), line.at[5:16].replace("T", " "), TIERS.get(line.tier, line.tier),
            line.kind_written or line.kind, str(line.groups), POST_NAMES[PostState(line.state)],
            _findings(line), line.text.split("\n", 1)[0],
        )  # fmt: skip
        table.add_row(*(Text(cell) for cell in cells))  # Text: a brand's square brackets are not markup
    Console().print(table)


def _findings(line: QueueLine) -> str:
    blocks = sum(finding["verdict"] == "block" for finding in line.findings)
    warns = len(line.findings) - blocks
    said = [f"禁 {blocks}"] * bool(blocks) + [f"提示 {warns}"] * bool(warns)
    return " ".join(said) or "—"
