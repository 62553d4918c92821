"""Wrong use of the command line is answered in one sentence, in the language asked for, with exit code 2."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from desk.cli import usage


@click.command()
@click.option("--days", type=click.IntRange(1, 366))
@click.option("--post", type=int)
@click.option("--role", type=click.Choice(["editor", "lead"]))
@click.option("--by", required=True)
@click.argument("name")
def command(**_: object) -> None:
    """Takes anything."""


def _refusal(*arguments: str, english: bool = False) -> str:
    with pytest.raises(click.ClickException) as refused:
        command.main(list(arguments), standalone_mode=False)
    return usage.sentence(refused.value, english=english)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--foo"], "没有选项 --foo，请看 --help。"),
        (["--day", "x"], "没有选项 --day，是不是 --days？"),
        (["--days", "0"], "--days 的值不对：要在 1 到 366 之间。"),
        (["--post", "x"], "--post 的值不对：要写整数。"),
        (["--role", "king"], "--role 的值不对：只能是 editor、lead。"),
        (["x"], "缺少 --by，请看 --help。"),
        (["--by", "x"], "缺少 NAME，请看 --help。"),
    ],
)
def test_each_complaint_of_click_is_one_chinese_sentence(arguments: list[str], said: str) -> None:
    assert _refusal(*arguments) == said


def test_in_english_click_speaks_for_itself() -> None:
    assert _refusal("--foo", english=True) == "No such option '--foo'."


def test_a_complaint_of_our_own_keeps_its_words() -> None:
    assert usage.sentence(click.UsageError("两个里取一个。"), english=False) == "两个里取一个。"


@pytest.mark.parametrize(
    ("told", "said"), [({}, "没有命令「nosuch」"), ({"CHONGFEN_LANG": "en"}, "No such command 'nosuch'")]
)
def test_the_whole_command_answers_in_the_language_of_the_environment(
    told: dict[str, str], said: str, tmp_path: Path
) -> None:
    environment = {key: value for key, value in os.environ.items() if key != "CHONGFEN_LANG"} | told
    done = subprocess.run(
        [sys.executable, "-P", "-m", "desk.cli", "--data", str(tmp_path), "nosuch"],
        env=environment, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
