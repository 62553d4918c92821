"""`chongfen import`: read a workbook, tell everything that is wrong at once, and bring the brand to what it says.

Exit code 0 when it was imported (warnings are no hindrance), 1 when there was an error and nothing was imported.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from desk.cli.context import Context, emit

if TYPE_CHECKING:
    from content_calendar.workbook import Changes, Reading
    from workers.checks.lint import Linted


@click.command("import", help="导入品牌工作簿（.xlsx）；有一处错误就什么也不导入。")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="只检查、只看会改什么，不导入")
@click.option("--show-rows", is_flag=True, help="列出每一行读成了什么")
@click.option("--demo", is_flag=True, default=False, help="这个品牌的每个群都走演示通道")
@click.option("--by", "by", default="", help="记在谁名下（默认 system:import）")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.pass_obj
def command(
    context: Context, file: Path, dry_run: bool, show_rows: bool, demo: bool, by: str, as_json: bool
) -> int:
    """Read, check, and apply unless something is wrong."""
    with _spinner(context, file, as_json):
        reading, changes, linted = _import(context, file, dry_run=dry_run, demo=demo, by=by)
    if as_json:
        document = _document(context, reading, changes, show_rows=show_rows, dry_run=dry_run)
        emit(document | {"texts": [_linted(item) for item in linted]})
    else:
        from desk.cli.workbook_report import show, show_texts

        show(context, reading, changes, show_rows=show_rows, dry_run=dry_run)
        show_texts(context, linted)
    return 1 if reading.errors else 0


def _import(
    context: Context, file: Path, *, dry_run: bool, demo: bool, by: str
) -> tuple[Reading, Changes | None, list[Linted]]:
    from content_calendar import workbook
    from generator.checks.brand import catalogue
    from workers.checks import lint, recheck

    reading = workbook.read(file, today=_today(context), rules=catalogue())
    if reading.content is None:
        return reading, None, []
    runtime = context.runtime
    with runtime.database.read() as session:
        linted = lint.texts(session, reading.content)
        if dry_run:
            return reading, workbook.changes(session, reading.content), linted
    with runtime.database.write() as session:
        changes = workbook.apply(
            session,
            reading.content,
            now=runtime.clock.now(),
            actor=f"user:{by}" if by else "system:import",
            demo=True if demo else None,
            source=reading.source,
            sha256=reading.sha256,
            seal=runtime.settings.secrets.seal,
        )
    recheck.after_import(runtime, changes.brand)
    return reading, changes, linted


def _linted(item: Linted) -> dict[str, Any]:
    """A row whose text may not be said again, as programs read it."""
    return {"sheet": item.sheet, "row": item.row, "findings": [one.model_dump() for one in item.findings]}


def _today(context: Context) -> date:
    """Today on this machine's calendar: it only helps to tell the year of dates written without one."""
    today: date = context.runtime.clock.now().astimezone().date()
    return today


def _spinner(context: Context, file: Path, as_json: bool) -> AbstractContextManager[Any]:
    if as_json:
        return nullcontext()
    from rich.console import Console

    return Console(stderr=True).status(context.say(f"正在读 {file.name} …", f"Reading {file.name} …"))


def _document(
    context: Context, reading: Reading, changes: Changes | None, *, show_rows: bool, dry_run: bool
) -> dict[str, Any]:
    """The one JSON document that programs read."""
    document: dict[str, Any] = {
        "brand": reading.brand or None,
        "counts": dict(reading.counts),
        "issues": [issue.as_json() for issue in reading.issues],
        "changes": changes.as_json() if changes is not None else {},
        "imported": changes is not None and not dry_run,
    }
    if context.lang == "en":
        for issue, entry in zip(reading.issues, document["issues"], strict=True):
            entry["message"] = issue.english
    return document | ({"rows": dict(reading.rows)} if show_rows else {})
