"""`chongfen resume`: go on after a pause, with a choice for everything that fell due; or lift holds of posts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from desk.cli import deciding
from desk.cli.context import Context, emit

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from content_calendar.review import Choice, Overdue
    from content_calendar.tables import Post, User


@click.command(
    "resume", help="恢复品牌的发送；给出编号则恢复暂缓的内容。暂停期间到点的，没有选择的一律暂缓。"
)
@click.argument("ids", nargs=-1, type=int, metavar="[ID…]")
@click.option("--send", multiple=True, type=int, metavar="ID", help="补发（按节奏，不会一拥而上）")
@click.option("--drop", multiple=True, type=int, metavar="ID", help="不再发")
@click.option("--hold", multiple=True, type=int, metavar="ID", help="暂缓，另定时间")
@click.option("--preview", is_flag=True, help="只看暂停期间有哪些到点，什么也不做")
@click.option("--by", "name", default=None, metavar="USER", help="由谁决定（用户名）")
@deciding.as_json
@click.pass_obj
def command(
    context: Context, ids: tuple[int, ...], send: tuple[int, ...], drop: tuple[int, ...],
    hold: tuple[int, ...], preview: bool, name: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Resume posts, or the brand."""
    choices: dict[int, Choice] = {
        **dict.fromkeys(send, "send"), **dict.fromkeys(drop, "drop"), **dict.fromkeys(hold, "hold")
    }  # fmt: skip
    if len(choices) != len(send) + len(drop) + len(hold):
        raise click.UsageError("同一条内容只能选一种处理。")
    if ids and (choices or preview):
        raise click.UsageError("恢复单条内容时不要带 --send、--drop、--hold、--preview。")
    if preview:
        _preview(context, as_json=as_json)
        return
    if name is None:
        raise click.UsageError("请用 --by 写明由谁决定。")
    if ids:
        _posts(context, ids, name, as_json=as_json)
    else:
        _brand(context, choices, name, as_json=as_json)


def _posts(context: Context, ids: Sequence[int], name: str, *, as_json: bool) -> None:
    from content_calendar import review

    now = context.runtime.clock.now()

    def act(session: Session, post: Post, user: User) -> None:
        review.resume_post(session, post, user=user, now=now)

    answers = deciding.decide(context, ids, name, act)
    deciding.finish(context, answers, as_json=as_json, done="已恢复", english="Resumed")


def _brand(context: Context, choices: Mapping[int, Choice], name: str, *, as_json: bool) -> None:
    from content_calendar import review
    from workers.runtime import only_brand

    runtime = context.runtime
    with runtime.database.write() as session:
        brand = only_brand(session, context.brand)
        user = deciding.person(session, name)
        done = review.resume_brand(session, brand, user=user, choices=choices, now=runtime.clock.now())
    if as_json:
        for post_id, choice in done.items():
            emit({"id": post_id, "choice": choice})
        return
    names = {"send": "补发", "drop": "不再发", "hold": "暂缓"}
    for post_id, choice in done.items():
        click.echo(f"{post_id}：{names[choice]}")
    click.echo(context.say(f"{brand.name} 已恢复发送。", f"{brand.name} goes on."))


def _preview(context: Context, *, as_json: bool) -> None:
    from content_calendar import review
    from workers.runtime import only_brand

    runtime = context.runtime
    with runtime.database.read() as session:
        brand = only_brand(session, context.brand)
        overdue = review.resume_preview(session, brand, runtime.clock.now())
    for item in overdue:
        if as_json:
            emit(asdict(item) | {"due_at": item.due_at.isoformat()})
        else:
            click.echo(_sentence(item))
    if not as_json:
        click.echo(
            context.say(f"共 {len(overdue)} 条到点未发。", f"{len(overdue)} fell due and are not sent.")
        )


def _sentence(item: Overdue) -> str:
    ways = "可补发、不再发或暂缓" if item.sendable else "已过补发时限，只能不再发或暂缓改期"
    return f"{item.post_id}：{item.due_at:%m-%d %H:%M} UTC {item.tier} {item.kind} {item.theme}（{ways}）"
