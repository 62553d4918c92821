"""`chongfen notices`: what the lead must know, newest first; --read marks one as seen."""

from __future__ import annotations

import click

from desk.cli import deciding
from desk.cli.context import Context, emit


@click.command("notices", help="给主管的提醒：错过、暂缓、结果未知、对账不符。")
@click.option("--all", "everything", is_flag=True, help="已读的也列出")
@click.option("--read", "notice_id", type=int, default=None, metavar="ID", help="把一条标为已读")
@click.option("--by", "name", default=None, metavar="USER", help="由谁读的（用户名）")
@deciding.as_json
@click.pass_obj
def command(
    context: Context, everything: bool, notice_id: int | None, name: str | None, as_json: bool
) -> None:
    """List notices, or mark one as read."""
    from content_calendar import notices
    from workers.runtime import only_brand

    runtime = context.runtime
    if notice_id is not None:
        if name is None:
            raise click.UsageError("请用 --by 写明由谁读的。")
        with runtime.database.write() as session:
            brand = only_brand(session, context.brand)
            user = deciding.person(session, name)
            notices.mark_read(session, brand.id, notice_id, by=user.name, now=runtime.clock.now())
        return
    with runtime.database.read() as session:
        brand = only_brand(session, context.brand)
        found = notices.unread(session, brand.id, everything=everything)
    for notice in found:
        if as_json:
            emit(
                {
                    "id": notice.id, "at": notice.at.isoformat(), "level": notice.level, "code": notice.code,
                    "subject": notice.subject, "text": notice.text, "read": notice.read_at is not None,
                }
            )  # fmt: skip
        else:
            click.echo(f"{notice.id}  {notice.level}  {notice.text}")
    if not found and not as_json:
        click.echo(context.say("没有新的提醒。", "No new notices."))
