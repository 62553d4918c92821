"""`chongfen check FILE|-`: what the rules find in texts, one a line; needs no database unless --brand or --judge is said."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from desk.cli.context import Context, emit

if TYPE_CHECKING:
    from desk.cli.check_input import BadLine, Line
    from desk.cli.check_rules import Rules
    from prompts.draft import Finding


@click.command("check", help="检查文字：FILE 每行一条（纯文本或 JSONL），- 表示标准输入。")
@click.argument("file", required=False)
@click.option("--rules", "list_rules", is_flag=True, help="列出规则包")
@click.option("--industry", default=None, help="行业：beauty、food、general，或中文；不写则所有规则都查")
@click.option("--judge", is_flag=True, help="拿不准的地方再问一次模型（要先配置模型）")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON，每行一条")
@click.pass_context
def command(
    ctx: click.Context, file: str | None, list_rules: bool, industry: str | None, judge: bool, as_json: bool
) -> None:
    """Check every line; exit 2 when a line could not be used, else 1 when one is blocked, else 0."""
    if list_rules:
        _rules(ctx.obj, as_json)
        return
    if file is None:
        raise click.UsageError("请给出文件名，或用 - 从标准输入读。")
    with _opened(file) as stream:
        jsonl = True if file.endswith(".jsonl") else None
        code = _run(ctx.obj, stream, jsonl=jsonl, industry=industry, judge=judge, as_json=as_json)
    ctx.exit(code)


def _opened(file: str) -> BinaryIO:
    if file == "-":
        return sys.stdin.buffer
    try:
        return Path(file).open("rb")
    except OSError as error:
        raise click.UsageError(f"打不开「{file}」（{error.strerror}），请检查路径。") from error


def _run(
    context: Context,
    stream: BinaryIO,
    *,
    jsonl: bool | None,
    industry: str | None,
    judge: bool,
    as_json: bool,
) -> int:
    from desk.cli import check_input, check_output, check_rules

    blocked = bad = False
    with (
        check_rules.opened(context, industry, judge=judge) as rules,
        check_output.printer(context, as_json=as_json) as out,
    ):
        for line, findings in _checked(rules, check_input.read(stream, jsonl=jsonl)):
            if findings is None:
                bad = True
                out.bad(line)  # type: ignore[arg-type]
            else:
                verdict = check_output.verdict(findings)
                blocked = blocked or verdict == "block"
                out.line(line, verdict, findings)  # type: ignore[arg-type]
    return 2 if bad else 1 if blocked else 0


def _checked(
    rules: Rules, lines: Iterator[Line | BadLine]
) -> Iterator[tuple[Line | BadLine, tuple[Finding, ...] | None]]:
    from desk.cli.check_input import BadLine

    for line in lines:
        yield (line, None) if isinstance(line, BadLine) else (line, rules.check(line))


def _rules(context: Context, as_json: bool) -> None:
    from generator.checks.rules import packs

    if as_json:
        for pack in packs():
            for rule in pack.rules:
                emit(_described(pack.id, pack.title, rule))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(title=context.say("规则包", "Rule packs"))
    for heading in context.say("编号 名称 规则数 适用行业 依据", "id title rules industries law").split():
        table.add_column(heading, overflow="fold")
    for pack in packs():
        table.add_row(pack.id, pack.title, str(len(pack.rules)), " ".join(sorted(pack.industries)), pack.law)
    Console().print(table)


def _described(pack: str, title: str, rule: Any) -> dict[str, Any]:
    text = rule.text
    return {
        "pack": pack, "pack_title": title, "id": rule.id, "version": text.version, "title": text.title,
        "verdict": text.verdict, "law": rule.law, "reason": text.reason, "suggestion": text.suggestion,
        "industries": sorted(rule.industries),
    }  # fmt: skip
