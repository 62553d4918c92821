"""What an import found and changed, for a person: errors first, then warnings, each by sheet; then what changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from desk.cli.context import Context

if TYPE_CHECKING:
    from rich.console import Console

    from content_calendar.workbook import Change, Changes, Issue, Reading
    from workers.checks.lint import Linted

_ROWS_SHOWN = 12  # changed rows listed per sheet and sort
_VALUE = 36


def show(
    context: Context, reading: Reading, changes: Changes | None, *, show_rows: bool, dry_run: bool
) -> None:
    """Print the whole report."""
    from rich.console import Console

    console = Console(highlight=False)
    if show_rows:
        _rows(console, reading)
    _issues(console, context, reading.errors, context.say("错误", "Errors"), "red")
    _issues(console, context, reading.warnings, context.say("提醒", "Warnings"), "yellow")
    if changes is None:
        count = len(reading.errors)
        console.print(
            context.say(
                f"有 {count} 处错误，什么也没有导入；改正后再导入一次。",
                f"{count} errors: nothing was imported; correct them and import again.",
            ),
            style="bold red",
        )
        return
    _changes(console, context, changes)
    _summary(console, context, changes, dry_run=dry_run)


def show_texts(context: Context, linted: Sequence[Linted]) -> None:
    """Scripts and past posts that could not go out as they stand; they are imported all the same."""
    if not linted:
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    heading = context.say(
        f"这些文字现在不能发（{len(linted)} 行，已照样导入，请改好）",
        f"Texts that may not go out ({len(linted)} rows, imported all the same; mend them)",
    )
    table = Table(title=Text(heading, style="bold yellow"), title_justify="left")
    for name in (context.say("表", "Sheet"), context.say("行", "Row"), context.say("问题", "Issue")):
        table.add_column(name, overflow="fold")
    for item in linted[:_ROWS_SHOWN]:
        first = item.findings[0]
        table.add_row(Text(item.sheet), str(item.row), Text(f"「{first.excerpt[:_VALUE]}」{first.reason}"))
    console = Console(highlight=False)
    console.print(table)
    if len(linted) > _ROWS_SHOWN:
        more = len(linted) - _ROWS_SHOWN
        console.print(context.say(f"…… 还有 {more} 行", f"… {more} more"))


def _issues(console: Console, context: Context, issues: Sequence[Issue], title: str, colour: str) -> None:
    from rich.table import Table
    from rich.text import Text

    for sheet in dict.fromkeys(issue.sheet for issue in issues):
        rows = [issue for issue in issues if issue.sheet == sheet]
        heading = f"{title} · {sheet or context.say('文件', 'File')} ({len(rows)})"
        table = Table(title=Text(heading, style=f"bold {colour}"), title_justify="left", show_lines=False)
        table.add_column(context.say("行", "Row"), justify="right")
        table.add_column(context.say("列", "Column"))
        table.add_column(context.say("问题", "Issue"), overflow="fold")
        for issue in rows:
            said = context.say(issue.message, issue.english)
            table.add_row(str(issue.row or ""), Text(issue.column), Text(said))
        console.print(table)


def _changes(console: Console, context: Context, changes: Changes) -> None:
    from rich.table import Table
    from rich.text import Text

    if changes.none or changes.new_brand:
        return
    words = {"added": context.say("新增", "new"), "changed": context.say("改动", "changed")}
    words["removed"] = context.say("不再列出", "no longer listed")
    for sheet, counts in changes.counts.items():
        table = Table(title=Text(sheet, style="bold"), title_justify="left")
        table.add_column("")
        table.add_column(context.say("是什么", "What"), overflow="fold")
        table.add_column(context.say("改了什么", "How"), overflow="fold")
        for what, word in words.items():
            rows = [change for change in changes.changes if change.sheet == sheet and change.what == what]
            for change in rows[:_ROWS_SHOWN]:
                table.add_row(word, Text(change.name), Text(_how(change)))
            if len(rows) > _ROWS_SHOWN:
                more = counts[change.what] - _ROWS_SHOWN
                table.add_row(word, context.say(f"…… 还有 {more} 行", f"… {more} more"), "")
        console.print(table)


def _how(change: Change) -> str:
    return "\n".join(
        f"{header}：{_short(before)} → {_short(after)}" for header, (before, after) in change.fields.items()
    )


def _short(value: Any) -> str:
    text = "空" if value in (None, "", []) else str(value)
    return text if len(text) <= _VALUE else text[: _VALUE - 1] + "…"


def _summary(console: Console, context: Context, changes: Changes, *, dry_run: bool) -> None:
    total = changes.as_json()
    counts = total["added"], total["changed"], total["removed"]
    if changes.none:
        said = context.say(f"「{changes.brand}」没有变化。", f"{changes.brand}: nothing changed.")
    elif dry_run:
        said = context.say(
            "「{}」会新增 {} 行，改动 {} 行，停用 {} 行（试跑，没有导入）。".format(changes.brand, *counts),
            "{}: {} new, {} changed, {} no longer listed (dry run: nothing imported).".format(
                changes.brand, *counts
            ),
        )
    else:
        said = context.say(
            "已导入「{}」：新增 {} 行，改动 {} 行，停用 {} 行。".format(changes.brand, *counts),
            "Imported {}: {} new, {} changed, {} no longer listed.".format(changes.brand, *counts),
        )
    console.print(said, style="bold green")


def _rows(console: Console, reading: Reading) -> None:
    from rich.table import Table
    from rich.text import Text

    for sheet, rows in reading.rows.items():
        headers = list(dict.fromkeys(header for row in rows for header in row))
        table = Table(title=Text(sheet, style="bold"), title_justify="left")
        for header in headers:
            table.add_column(header, overflow="fold")
        for row in rows:
            table.add_row(*(Text(_cell(row.get(header))) for header in headers))
        console.print(table)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return "、".join(_each(value))
    return _short(value)


def _each(values: Iterable[Any]) -> list[str]:
    return [str(value) for value in values]
