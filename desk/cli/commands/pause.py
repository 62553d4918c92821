"""`chongfen pause`: the panic button; nothing of the brand goes out until it is resumed."""

from __future__ import annotations

import click

from desk.cli import deciding
from desk.cli.context import Context, emit


@click.command("pause", help="暂停品牌的一切发送，立刻生效。")
@deciding.reason
@deciding.by
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.pass_obj
def command(context: Context, reason: str, name: str, as_json: bool) -> None:
    """Pause the brand."""
    from content_calendar import review
    from workers.runtime import only_brand

    runtime = context.runtime
    with runtime.database.write() as session:
        brand = only_brand(session, context.brand)
        user = deciding.person(session, name)
        review.pause_brand(session, brand, user=user, reason=reason, now=runtime.clock.now())
        paused_at = brand.paused_at
    assert paused_at is not None
    if as_json:
        emit({"brand": brand.name, "paused_at": paused_at.isoformat(), "by": name, "reason": reason})
    else:
        click.echo(context.say(f"{brand.name} 已暂停，不再发送。", f"{brand.name} is paused."))
