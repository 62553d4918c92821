"""Conflicts on a terminal: the same sentence once, however many posts it stands on, worst first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape

from desk.cli.context import Context

if TYPE_CHECKING:
    from content_calendar.plan.report import Conflict

_MARKS = {"error": "[red]✗[/red]", "warning": "[yellow]![/yellow]", "notice": "[dim]·[/dim]"}


def show(console: Console, context: Context, conflicts: Sequence[Conflict]) -> None:
    """Print the conflicts, or that there are none."""
    if not conflicts:
        console.print(context.say("没有冲突。", "No conflicts."))
        return
    console.print(context.say(f"要看一眼的 {len(conflicts)} 处：", f"{len(conflicts)} things to look at:"))
    told = Counter((item.level, item.text) for item in conflicts)
    for (level, text), _ in sorted(told.items(), key=lambda entry: list(_MARKS).index(entry[0][0])):
        console.print(f" {_MARKS[level]} {escape(text)}", soft_wrap=True)
