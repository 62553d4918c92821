"""`chongfen reply`: what to answer a customer, what it stands on, and when a person must take over."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from desk.cli.context import Context, emit

if TYPE_CHECKING:
    from generator.replies import Reply

TIERS = {"high": "高", "mid": "中", "low": "低"}


class Instant(click.ParamType[datetime]):
    """An instant: 2026-11-24T10:00, in the brand's zone when no offset is given (naive here)."""

    name = "INSTANT"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """The instant, maybe naive; one sentence that says how to write it otherwise."""
        if isinstance(value, datetime):
            return value
        try:
            return datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"时刻「{str(value)[:40]}」读不懂，请写成 2026-11-24T10:00 这样。", param, ctx)


@click.command("reply", help="客户问了一句，给出有出处的回复建议；要人接手的先说清谁接手。")
@click.argument("text", required=False)
@click.option(
    "--batch",
    "batch",
    type=click.Path(dir_okay=False, path_type=Path),
    default=None,
    help="一行一个问题的 JSONL 文件，- 为标准输入",
)
@click.option(
    "--group", "group", default=None, help="在哪个群里问的：群名称或群编号（不写 --private 就按群里公开回复）"
)
@click.option(
    "--tier", type=click.Choice(["high", "mid", "low", "高", "中", "低"]), default=None, help="客户的层级"
)
@click.option("--private", "private", is_flag=True, help="一对一私信（不写 --group 时就是私信）")
@click.option("--known", "known", multiple=True, help="已知的事，如买过的商品编码，可多次")
@click.option("--now", "now", type=Instant(), default=None, help="当作什么时刻回答，默认现在")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.pass_obj
def command(
    context: Context, text: str | None, batch: Path | None, group: str | None, tier: str | None, private: bool,
    known: tuple[str, ...], now: datetime | None, as_json: bool,
) -> None:  # fmt: skip
    """Answer one question, or a file of them."""
    from desk.cli import replying

    if (text is None) == (batch is None):
        raise click.UsageError("请给出客户的一句话，或用 --batch 给一个 JSONL 文件，二者选一。")
    if batch is not None:
        sys.exit(replying.batch(context, batch, now=now))
    level = replying.level(tier)
    reply = replying.one(context, str(text), group=group, tier=level, private=private, known=known, now=now)
    if as_json:
        emit(reply.document())
    else:
        _show(reply)
    sys.exit(2 if reply.note and not reply.suggestions else 0)


def _show(reply: Reply) -> None:
    """For a person: who takes over, then each suggestion with its sources."""
    from generator.replies.question import STANCE_NAMES
    from generator.replies.risk import classes

    if reply.note:
        click.echo(reply.note)
    if reply.escalate:
        names = {risk.key: risk.text.name for risk in classes()}
        said = f"（{names[reply.risk]}）" if reply.risk in names else ""
        click.echo(f"请转人工{said}：{reply.handover}")
        if reply.at_once:
            click.echo(f"  {reply.at_once}")
    if reply.gap:
        click.echo("资料里没有答案，已记为知识缺口。")
    for number, one in enumerate(reply.suggestions, 1):
        places = "、".join(f"{source.sheet}!{source.row}" for source in one.sources)
        click.echo(f"\n{number}. {STANCE_NAMES[one.stance]}{f'  〔{places}〕' if places else ''}")
        click.echo(f"   {one.text}")
        for finding in one.findings:
            click.echo(f"   ! {finding.reason}")
    if reply.follow_up:
        click.echo(f"\n可以追问：{reply.follow_up}")
