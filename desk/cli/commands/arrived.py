"""`chongfen arrived`: deliveries whose outcome nobody knows, and a person's answer to "did it arrive?"."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from desk.cli import deciding
from desk.cli.context import Context, emit

if TYPE_CHECKING:
    from collections.abc import Sequence


@click.command("arrived", help="结果未知的触达：不带编号时列出；看过群后用 --yes 或 --no 回答是否已送达。")
@click.argument("ids", nargs=-1, metavar="[ID…]")
@click.option("--yes/--no", "arrived", default=None, help="已送达 / 没有送达（时限内会重发）")
@click.option("--by", "name", default=None, metavar="USER", help="由谁回答（用户名）")
@deciding.as_json
@click.pass_obj
def command(
    context: Context, ids: tuple[str, ...], arrived: bool | None, name: str | None, as_json: bool
) -> None:
    """List unknown deliveries, or answer for some."""
    if not ids:
        _list(context, as_json=as_json)
        return
    if arrived is None or name is None:
        raise click.UsageError("回答时请写 --yes 或 --no，并用 --by 写明由谁回答。")
    if not _answer(context, ids, arrived, name, as_json=as_json):
        click.get_current_context().exit(1)


def _answer(context: Context, ids: Sequence[str], arrived: bool, name: str, *, as_json: bool) -> bool:
    from content_calendar import ledger
    from content_calendar.errors import CalendarError

    runtime = context.runtime
    good = True
    for delivery_id in dict.fromkeys(ids):
        try:
            with runtime.database.write() as session:
                user = deciding.person(session, name)
                state = ledger.answer_unknown(
                    session, delivery_id, arrived=arrived, user=user, now=runtime.clock.now()
                )
            _say({"id": delivery_id, "ok": True, "state": state.value}, as_json)
        except CalendarError as error:
            good = False
            message = context.say(str(error), error.english)
            _say({"id": delivery_id, "ok": False, "code": error.code, "message": message}, as_json)
    return good


def _say(answer: dict[str, object], as_json: bool) -> None:
    if as_json:
        emit(answer)
    else:
        click.echo(
            f"{'✓' if answer['ok'] else '✗'} {answer['id']}：{answer.get('message') or answer['state']}"
        )


def _list(context: Context, *, as_json: bool) -> None:
    from content_calendar import ledger
    from workers.runtime import only_brand

    with context.runtime.database.read() as session:
        rows = ledger.unanswered(session, only_brand(session, context.brand).id)
    for row in rows:
        if as_json:
            emit(
                {
                    "id": row.delivery_id, "post": row.post_id, "group": row.group_code,
                    "name": row.group_name, "due_at": row.due_at.isoformat(), "reason": row.reason,
                }
            )  # fmt: skip
        else:
            click.echo(f"{row.delivery_id}  内容 {row.post_id}  {row.group_name}  {row.reason}")
    if not rows and not as_json:
        click.echo(context.say("没有结果未知的触达。", "No unknown deliveries."))
