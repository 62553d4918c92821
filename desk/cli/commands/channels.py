"""`chongfen channels`: what real lanes need: the WeCom app, who owners are, roads that were closed, pictures."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from desk.cli.context import Context, emit

ACTOR = "system:cli"


@click.group("channels", help="真实通道：接通企业微信应用、登记群主、重新启用机器人、存图片。")
def command() -> None:
    """The group."""


@command.command("show", help="现在接通了什么。")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.pass_obj
def show(context: Context, as_json: bool) -> int:
    """Account, owners, closed roads; exit code 1 when something is missing."""
    from content_calendar import send_desk
    from workers import connections
    from workers.runtime import only_brand

    with context.runtime.database.read() as session:
        brand = only_brand(session, context.brand)
        account = connections.account_of(session, brand)
        owners = send_desk.who_is(session, brand)
        closed = connections.closed(session, brand, context.runtime.settings.secrets)
    if as_json:
        emit(
            {
                "account": None if account is None else vars(account),
                "quota": brand.mass_quota, "confirm_window_minutes": brand.confirm_window_minutes,
                "owners": [vars(owner) | {"deputy_until": str(owner.deputy_until or "")} for owner in owners],
                "closed": [vars(road) | {"since": road.since.isoformat()} for road in closed],
            }
        )  # fmt: skip
        return 1 if closed else 0
    said = "还没有接通" if account is None else f"企业 {account.corp_id}，应用 {account.agent_id}"
    click.echo(f"企业微信应用：{said}")
    click.echo(f"群发额度：{brand.mass_quota}；确认时限：{brand.confirm_window_minutes} 分钟")
    for owner in owners:
        deputy = f"，代班 {owner.deputy}" if owner.deputy else ""
        click.echo(
            f"群主 {owner.name}（{owner.groups} 群）：{owner.userid or '缺企业微信账号'}，{owner.user or '没有登记用户'}{deputy}"
        )
    for road in closed:
        click.echo(f"已停用 {road.code} {road.name}：{road.why}")
    return 1 if closed else 0


@command.command("account", help="接通企业微信自建应用；Secret 不写就从终端问。")
@click.option("--corp", required=True, help="企业 ID，ww…")
@click.option("--agent", required=True, help="应用 AgentId")
@click.option("--secret-env", default="", help="从这个环境变量读 Secret（CHONGFEN_LANE_…），不存库")
@click.pass_obj
def account(context: Context, corp: str, agent: str, secret_env: str) -> None:
    """Seal the secret, or refer to the environment."""
    from workers import connections
    from workers.runtime import only_brand

    runtime = context.runtime
    secret = f"env:{secret_env}" if secret_env else click.prompt("应用 Secret", hide_input=True, err=True)
    with runtime.database.write() as session:
        connections.set_account(
            session, only_brand(session, context.brand), runtime.settings.secrets, corp_id=corp, agent_id=agent,
            secret=secret, actor=ACTOR, now=runtime.clock.now(),
        )  # fmt: skip
    click.echo(context.say("企业微信应用已接通。", "The WeCom app is connected."))


@command.command(
    "callback", help="填企业微信回调的 Token 和 EncodingAESKey；不写就从终端问。打印要填到后台的地址。"
)
@click.option("--token-env", default="", help="从这个环境变量读 Token（CHONGFEN_LANE_…），不存库")
@click.option("--key-env", default="", help="从这个环境变量读 EncodingAESKey，不存库")
@click.pass_obj
def callback(context: Context, token_env: str, key_env: str) -> None:
    """What opens the platform's letters."""
    import secrets

    from workers import connections
    from workers.runtime import only_brand

    runtime = context.runtime
    token = f"env:{token_env}" if token_env else click.prompt("Token", hide_input=True, err=True)
    key = f"env:{key_env}" if key_env else click.prompt("EncodingAESKey", hide_input=True, err=True)
    with runtime.database.write() as session:
        brand = only_brand(session, context.brand)
        connections.set_callback(
            session, brand, runtime.settings.secrets, token=token, aes_key=key, word=secrets.token_hex(12), actor=ACTOR,
            now=runtime.clock.now(),
        )  # fmt: skip
        account = connections.account_of(session, brand)
    assert account is not None
    click.echo(f"{runtime.settings.public_url.rstrip('/')}{account.callback}")


@command.command("confirming", help="企业群发：额度口径和群主的确认时限。")
@click.option("--quota", "mode", required=True, help="month_days、week_7 或 day_1，照企业的「群发规则」")
@click.option("--minutes", type=int, required=True, help="到点后群主可以确认多少分钟")
@click.pass_obj
def confirming(context: Context, mode: str, minutes: int) -> None:
    """The allowance's mode and the window."""
    from workers import connections
    from workers.runtime import only_brand

    runtime = context.runtime
    with runtime.database.write() as session:
        connections.set_confirming(
            session, only_brand(session, context.brand), mode=mode, minutes=minutes, actor=ACTOR,
            now=runtime.clock.now(),
        )  # fmt: skip
    click.echo(context.say("已保存。", "Saved."))


@command.command("owner", help="登记一位群主：企业微信账号、内容台用户、代班。")
@click.argument("name")
@click.option("--userid", default=None, help="企业微信成员账号")
@click.option("--user", default="", help="内容台的用户名")
@click.option("--deputy", default="", help="代班的用户名")
@click.option("--until", type=click.DateTime(), default=None, help="代班到什么时候（本机时区）")
@click.option("--no-deputy", is_flag=True, help="不再代班")
@click.pass_obj
def owner(
    context: Context,
    name: str,
    userid: str | None,
    user: str,
    deputy: str,
    until: datetime | None,
    no_deputy: bool,
) -> None:
    """Who an owner is and who stands in."""
    from content_calendar import send_desk
    from desk.auth import users
    from workers.runtime import only_brand

    with context.runtime.database.write() as session:
        send_desk.set_owner(
            session, only_brand(session, context.brand), name, userid=userid, no_deputy=no_deputy,
            user=users.by_name(session, user) if user else None,
            deputy=users.by_name(session, deputy) if deputy else None,
            deputy_until=until.astimezone() if until else None,
        )  # fmt: skip
    click.echo(context.say(f"已登记群主「{name}」。", f"Owner {name} is written down."))


@command.command("reopen", help="机器人修好了：重新启用一个群的通道。")
@click.argument("code")
@click.pass_obj
def reopen(context: Context, code: str) -> None:
    """Open a closed road by the group's code."""
    from content_calendar.errors import NotFound
    from workers import connections
    from workers.runtime import only_brand

    runtime = context.runtime
    with runtime.database.write() as session:
        brand, secrets = only_brand(session, context.brand), runtime.settings.secrets
        found = next(
            (road for road in connections.closed(session, brand, secrets) if road.code == code), None
        )
        if found is None:
            raise NotFound(f"社群 {code} 的通道没有停用。", english=f"The channel of {code} is not closed.")
        connections.reopen(session, brand, found.group_id, secrets, actor=ACTOR, now=runtime.clock.now())
    click.echo(context.say(f"{code} 已重新启用。", f"{code} is open again."))


@command.command("reseal", help="换过 CHONGFEN_SECRET_KEY 之后：用新密钥把库里的地址和 Secret 重新加密。")
@click.pass_obj
def reseal(context: Context) -> None:
    """Afterwards the old key can be taken away."""
    from workers import connections

    with context.runtime.database.write() as session:
        count = connections.reseal(session, context.runtime.settings.secrets)
    click.echo(
        context.say(f"重新加密了 {count} 处，旧密钥可以去掉了。", f"Sealed {count} anew; the old key can go.")
    )


@command.command("picture", help="存一张图片，给出写进正文的写法。")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_obj
def picture(context: Context, file: Path) -> None:
    """Keep a JPG or PNG; prints how a text names it."""
    from content_calendar import forms, pictures, stripping
    from workers.runtime import only_brand

    runtime = context.runtime
    with runtime.database.write() as session:
        brand = only_brand(session, context.brand)
        content = stripping.stripped(file.read_bytes())
        kept = pictures.add(session, brand, content, name=file.name, now=runtime.clock.now())
    click.echo(f"![{file.stem[:40]}]({forms.name_of(kept.sha256)})")
