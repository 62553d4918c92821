"""`chongfen live`: the counts that status posts fill in at send time; list them or tell new ones."""

from __future__ import annotations

import click

from desk.cli.context import Context, emit


@click.command(
    "live", help="活数据：列出余量，或用 KEY=数 报上新数，如 stock:MH105=86、campaign_stock:活动名称=120。"
)
@click.argument("counts", nargs=-1, metavar="[KEY=数]…")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON，每条一行")
@click.pass_obj
def command(context: Context, counts: tuple[str, ...], as_json: bool) -> None:
    """Tell the given counts as seen now, all or none; then list what is known."""
    from content_calendar.facts import counting
    from workers.runtime import only_brand

    runtime = context.runtime
    pairs = [count.rpartition("=") for count in counts]
    if any(not sign for _, sign, _ in pairs):
        raise click.UsageError("请写成 KEY=数，例如 stock:MH105=86。")
    if pairs:
        with runtime.database.write() as session:
            brand = only_brand(session, context.brand)
            for key, _, value in pairs:
                counting.tell(session, brand, key, value, now=runtime.clock.now(), actor="system:cli")
    with runtime.database.read() as session:
        rows = counting.told(session, only_brand(session, context.brand))
    for row in rows:
        if as_json:
            emit(
                {
                    "key": row.key,
                    "value": row.value,
                    "measured_at": row.measured_at.isoformat(),
                    "source": row.source,
                }
            )
        else:
            click.echo(f"{row.key}\t{row.value}\t{row.measured_at:%m-%d %H:%M} UTC\t{row.source}")
