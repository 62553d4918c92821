"""`chongfen welcome`: the welcome texts and what became of them; add one, make a lost template again."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import click

from desk.cli.context import Context, emit


@click.group("welcome", help="欢迎语：新好友、入群模板，用批准过的话。")
def command() -> None:
    """The group."""


@command.command("show", help="有哪些欢迎语，最近的新好友怎样了；有没结果的，退出码 1。")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.pass_obj
def show(context: Context, as_json: bool) -> int:
    """Texts, templates and the last events."""
    from content_calendar import friends, group_templates, occasions
    from content_calendar.states import POST_NAMES, PostState
    from desk.queries import welcoming
    from workers.runtime import only_brand

    runtime = context.runtime
    with runtime.database.read() as session:
        found = welcoming.load(session, only_brand(session, context.brand), now=runtime.clock.now())
    texts = [text for several in found.texts.values() for text in several]
    lost = [
        text for text in texts if text.template is not None and text.template.state in {"unknown", "refused"}
    ]
    if as_json:
        emit(
            {
                "texts": [
                    {
                        "post": text.post.id, "occasion": text.post.occasion, "owner": text.post.owner,
                        "state": text.post.state, "until": text.post.day.isoformat(), "holds": text.holds,
                        "first_line": text.first_line, "template": text.template.state if text.template else "",
                    }
                    for text in texts
                ],
                "counts": dict(found.counts),
                "events": [
                    {
                        "at": event.received_at.isoformat(), "member": event.member, "owner": event.owner,
                        "state": event.state, "code": event.code, "post": event.post_id,
                    }
                    for event in found.events
                ],
            }
        )  # fmt: skip
        return 1 if lost else 0
    for text in texts:
        state = POST_NAMES[PostState(text.post.state)]
        template = f"，模板{group_templates.STATES[text.template.state]}" if text.template else ""
        click.echo(
            f"{text.post.id} {occasions.NAMES[text.post.occasion]} {text.post.owner or '所有群主'}：{state}"
            f"{'，正在用' if text.holds else ''}{template}，用到 {text.post.day}　{text.first_line[:40]}"
        )
    said = "、".join(f"{friends.STATES[state]} {count}" for state, count in sorted(found.counts.items()))
    click.echo(f"最近 7 天的新好友：{said or '没有'}")
    return 1 if lost else 0


@command.command("add", help="加一条欢迎语，交去审稿；正文从文件读（- 是标准输入）。")
@click.option("--occasion", type=click.Choice(["friend", "group"]), required=True, help="新好友，或入群模板")
@click.option("--owner", default="", help="只给这位群主；不写就是所有群主")
@click.option(
    "--tier",
    type=click.Choice(["high", "mid", "low"]),
    default="low",
    show_default=True,
    help="按哪个层级的口吻检查",
)
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), required=True, help="用到哪天")
@click.option("--by", required=True, help="谁写的（用户名）")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@click.pass_obj
def add(context: Context, occasion: str, owner: str, tier: str, until: datetime, by: str, file: Path) -> None:
    """A welcome in review; a person approves it."""
    import secrets

    from content_calendar import occasions, welcomes
    from desk.acts import editing
    from desk.auth import users
    from workers.runtime import only_brand

    text = sys.stdin.read() if str(file) == "-" else file.read_text("utf-8")
    runtime = context.runtime
    now = runtime.clock.now()
    with runtime.database.write() as session:
        user = users.by_name(session, by)
        post = welcomes.add(
            session, only_brand(session, context.brand), occasion=occasion, owner=owner, tier=tier, until=until.date(),
            theme=occasions.NAMES[occasion], key=secrets.token_hex(8), user=user, now=now,
        )  # fmt: skip
        editing.save(session, post, text, base_hash="", user=user, now=now)
        number = post.id
    click.echo(context.say(f"欢迎语 {number} 已交去审稿。", f"Welcome {number} is in review."))


@command.command("template", help="后台看过了，没有这个模板：重新建。")
@click.argument("post", type=int)
@click.pass_obj
def template(context: Context, post: int) -> None:
    """Make a lost template once more."""
    from content_calendar import group_templates
    from content_calendar.errors import NotFound
    from workers.runtime import only_brand

    runtime = context.runtime
    with runtime.database.write() as session:
        brand = only_brand(session, context.brand)
        if not group_templates.make_again(session, brand, post, now=runtime.clock.now()):
            raise NotFound(
                f"欢迎语 {post} 没有等着重建的模板。", english=f"Welcome {post} has no lost template."
            )
    click.echo(context.say("好，马上重新建。", "It will be made again."))
