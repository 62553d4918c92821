"""`chongfen example`: the example workbook, its dates moved with today, to try things with."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import click

from content_calendar.workbook.shift import EXAMPLE as EXAMPLE
from desk.cli.context import Context, emit


@click.command("example", help="写出示例工作簿，活动日期随今天移动。")
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), default=None, help="按哪一天算（默认今天）")
@click.option("--force", is_flag=True, help="文件已存在也覆盖")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.pass_obj
def command(context: Context, out: Path, today: datetime | None, force: bool, as_json: bool) -> None:
    """Write the moved example, and say by how much it moved."""
    from content_calendar.workbook import shift
    from desk.cli.output_file import new_file

    day = today.date() if today else date.today()  # noqa: DTZ011 -- the user's own calendar day
    target = new_file(out, force=force)
    weeks = shift.shifted(EXAMPLE, target, today=day)
    if as_json:
        emit({"file": str(target), "weeks": weeks, "today": day.isoformat()})
    else:
        click.echo(
            context.say(
                f"已写到 {target}（日期移动 {weeks} 周）。", f"Wrote {target} (dates moved by {weeks} weeks)."
            )
        )
