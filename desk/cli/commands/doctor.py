"""`chongfen doctor`: what is wrong here, in words, and what to do about it."""

from __future__ import annotations

import sys
from dataclasses import asdict

import click

from desk.cli.context import Context, emit

MARKS = {"ok": "✓", "warn": "!", "fault": "✗"}


@click.command("doctor", help="检查安装和运行：哪里不对，怎么办。")
@click.option("--json", "as_json", is_flag=True, help="每项一行 JSON")
@click.option("--online", is_flag=True, help="顺便向企业微信要一次令牌")
@click.pass_obj
def command(context: Context, as_json: bool, online: bool) -> None:
    """Print every finding; exit code 1 when something needs mending."""
    from workers import doctor, settings

    loaded = settings.load(data_dir=context.data_dir, lang=context.lang)
    findings = doctor.examine(loaded, online=online)
    for finding in findings:
        if as_json:
            emit(asdict(finding))
        else:
            click.echo(f"{MARKS[finding.level]} {context.say(finding.sentence, finding.english)}")
    sys.exit(any(finding.level == "fault" for finding in findings))
