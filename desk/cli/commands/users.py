"""`chongfen users`: who may sign in; run on the server, so it needs no sign-in itself."""

from __future__ import annotations

from typing import Any

import click

from desk.cli.context import Context, emit

ACTOR = "system:cli"
JSON = click.option("--json", "as_json", is_flag=True, help="输出 JSON")


@click.group("users", help="用户：添加、列出、登录链接、停用、令牌。")
def command() -> None:
    """Nothing to do before the subcommand."""


@command.command("add", help="添加用户，并给一个一次性登录链接。")
@click.argument("name")
@click.option(
    "--role", type=click.Choice(["editor", "operator", "lead", "service"]), required=True, help="角色"
)
@click.option("--display", default="", help="界面上显示的名字")
@JSON
@click.pass_obj
def add(context: Context, name: str, role: str, display: str, as_json: bool) -> None:
    """Make the user; a person gets a link, a program none."""
    from desk.auth import users

    runtime = context.runtime
    with runtime.database.write() as session:
        user = users.create(
            session, name=name, role=role, display=display, now=runtime.clock.now(), actor=ACTOR
        )
        document = _document(user)
    if role != "service":
        document["link"] = _link(context, user.name)
    _answer(context, document, as_json, f"已添加 {user.name}（{role}）。", f"Added {user.name} ({role}).")


@command.command("list", help="列出用户。")
@JSON
@click.pass_obj
def list_(context: Context, as_json: bool) -> None:
    """One line a user."""
    from sqlalchemy import select

    from content_calendar.tables import User

    with context.runtime.database.read() as session:
        documents = [_document(user) for user in session.scalars(select(User).order_by(User.id))]
    for document in documents:
        if as_json:
            emit(document)
        else:
            state = "" if document["active"] else context.say("（已停用）", " (disabled)")
            click.echo(f"{document['name']}\t{document['role']}\t{document['display']}{state}")


@command.command("link", help="给用户一个新的一次性登录链接（旧的作废）。")
@click.argument("name")
@JSON
@click.pass_obj
def link(context: Context, name: str, as_json: bool) -> None:
    """A fresh link."""
    _answer(context, {"name": name, "link": _link(context, name)}, as_json, "", "")


@command.command("disable", help="停用用户：会话结束，令牌吊销。")
@click.argument("name")
@JSON
@click.pass_obj
def disable(context: Context, name: str, as_json: bool) -> None:
    """Shut the user out at once."""
    from desk.auth import users

    document = _change(context, name, users.disable)
    _answer(context, document, as_json, f"已停用 {name}。", f"Disabled {name}.")


@command.command("enable", help="重新启用用户。")
@click.argument("name")
@JSON
@click.pass_obj
def enable(context: Context, name: str, as_json: bool) -> None:
    """Let the user in again."""
    from desk.auth import users

    document = _change(context, name, users.enable)
    _answer(context, document, as_json, f"已启用 {name}。", f"Enabled {name}.")


@command.command("token", help="给用户一个 API 令牌；只显示这一次。")
@click.argument("user_name", metavar="NAME")
@click.option("--name", "label", required=True, help="令牌的名字，好认得是谁在用")
@JSON
@click.pass_obj
def token(context: Context, user_name: str, label: str, as_json: bool) -> None:
    """Make a token and print it once."""
    from desk.auth import tokens, users

    runtime = context.runtime
    with runtime.database.write() as session:
        user = users.by_name(session, user_name)
        made = tokens.create(session, user, label, now=runtime.clock.now(), actor=ACTOR)
    document = {"name": user_name, "token_id": made.id, "token": made.secret}
    _answer(context, document, as_json, "令牌只显示这一次，请存好：", "Shown only once, keep it safe:")


def _change(context: Context, name: str, change: Any) -> dict[str, Any]:
    from desk.auth import users

    runtime = context.runtime
    with runtime.database.write() as session:
        user = users.by_name(session, name)
        change(session, user, now=runtime.clock.now(), actor=ACTOR)
        return _document(user)


def _link(context: Context, name: str) -> str:
    from desk.auth import links
    from desk.cli import serving

    runtime = context.runtime
    with runtime.database.write() as session:
        secret = links.issue(session, name, now=runtime.clock.now())
    base = serving.running_at(runtime.settings.data_dir) or serving.address(
        runtime.settings, runtime.settings.port
    )
    return f"{base}/link/{secret}"


def _document(user: Any) -> dict[str, Any]:
    return {
        "id": user.id, "name": user.name, "display": user.display, "role": user.role, "active": user.active,
    }  # fmt: skip


def _answer(context: Context, document: dict[str, Any], as_json: bool, chinese: str, english: str) -> None:
    if as_json:
        emit(document)
        return
    for line in (context.say(chinese, english), document.get("link"), document.get("token")):
        if line:
            click.echo(line)
