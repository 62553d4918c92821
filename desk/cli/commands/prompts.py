"""`chongfen prompts`: list, show, render, lint, diff and evaluate what we say and how."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from desk.cli.context import Context, emit

if TYPE_CHECKING:
    from prompts.library import Library

_folder = click.option(
    "--prompts", "folder", type=click.Path(path_type=Path), default=None,
    help="品牌自己的提示词文件夹（默认 CHONGFEN_PROMPTS_DIR）",
)  # fmt: skip
_json = click.option("--json", "as_json", is_flag=True, help="输出 JSON")


@click.group("prompts", help="人设、层级、内容类型与模板：列出、查看、渲染、检查、对照、评测。")
def command() -> None:
    """The group; each subcommand loads what it needs."""


def own_folder(folder: Path | None) -> Path | None:
    """The folder of overrides: the option, else the setting."""
    if folder is not None:
        return folder
    from workers import settings

    return settings.load().prompts_dir


def library(folder: Path | None) -> Library:
    """The library with the overrides asked for."""
    from prompts.library import Library

    return Library.load(own_folder(folder))


@command.command("list", help="列出每样东西和它来自哪里。")
@_folder
@_json
@click.pass_obj
def list_(context: Context, folder: Path | None, as_json: bool) -> None:
    """One line a piece: folder, key, name, packaged or override."""
    from desk.cli import prompt_texts

    for row in prompt_texts.rows(library(folder)):
        emit(row) if as_json else click.echo(
            f"{row['folder']:<11} {row['key']:<22} {row['origin']:<9} {row['name']}"
        )


@command.command("show", help="显示一个文件：tip、chongfenguan、mid 或 templates/tip.j2。")
@click.argument("name")
@_folder
@_json
@click.pass_obj
def show(context: Context, name: str, folder: Path | None, as_json: bool) -> None:
    """Every file that goes by this name, in full."""
    from desk.cli import prompt_texts

    found = prompt_texts.find(library(folder), name)
    if as_json:
        emit([{"name": one.name, "origin": one.origin, "sha256": one.sha, "text": one.text} for one in found])
        return
    for one in found:
        click.echo(f"── {one.name}（{one.origin}）\n{one.text.rstrip()}\n")


@command.command("render", help="把一条内容或一份简报渲染成给模型的两段话。")
@click.option("--post", "post_id", type=int, default=None, help="日历里的一条")
@click.option(
    "--brief",
    "brief_file",
    type=click.Path(path_type=Path),
    default=None,
    help="简报 JSON 文件，- 为标准输入",
)
@_folder
@_json
@click.pass_obj
def render(
    context: Context, post_id: int | None, brief_file: Path | None, folder: Path | None, as_json: bool
) -> None:
    """The system and the user message, which template made them and its hash."""
    from desk.cli import prompt_texts

    if (post_id is None) == (brief_file is None):
        raise click.UsageError("请用 --post 或 --brief 指定一条，二选一。")
    brief = (
        prompt_texts.brief_of_post(context.runtime, post_id)
        if post_id is not None
        else prompt_texts.brief_from(brief_file or Path("-"))
    )
    prompt = library(folder).render(brief)
    if as_json:
        emit(
            {
                "template": prompt.template,
                "template_hash": prompt.template_hash,
                "system": prompt.system,
                "user": prompt.user,
            }
        )
        return
    click.echo(
        f"模板 {prompt.template}  {prompt.template_hash[:12]}\n\n── system\n{prompt.system}\n\n── user\n{prompt.user}"
    )


@command.command("lint", help="检查模板与各个文件：未知的名字、漏掉的必须有、违法用语、缺的模板、格式。")
@_folder
@_json
@click.pass_obj
def lint(context: Context, folder: Path | None, as_json: bool) -> None:
    """One line a problem; exit code 1 when there is any."""
    from prompts import linting

    problems = linting.lint(own_folder(folder))
    for problem in problems:
        line = f"{problem.file}  {problem.level}  {problem.kind}  {problem.message}"
        emit(problem._asdict()) if as_json else click.echo(line)
    if not as_json and not problems:
        click.echo(context.say("没有问题。", "No problems."))
    sys.exit(1 if problems else 0)


@command.command(
    "diff",
    help="对照自带的与品牌改过的文件；或两个版本的原文（版本号 版本号）；或两条内容各用了哪些话（--posts A B）。",
)
@click.argument("names", nargs=-1, metavar="[名字 | 版本号 版本号]")
@click.option("--posts", type=(int, int), default=None, help="两条内容的编号")
@_folder
@_json
@click.pass_obj
def diff(
    context: Context,
    names: tuple[str, ...],
    posts: tuple[int, int] | None,
    folder: Path | None,
    as_json: bool,
) -> None:
    """A unified diff; exit code 1 when something differs."""
    from desk.cli import prompt_texts

    if len(names) > 2 or (posts and names):
        raise click.UsageError("请给一个名字、两个版本号，或用 --posts 给两条内容的编号。")
    if len(names) == 2:
        found = prompt_texts.of_versions(context.runtime, *names)
    else:
        ours, name = library(folder), next(iter(names), None)
        found = (
            prompt_texts.of_posts(context.runtime, ours, *posts)
            if posts
            else prompt_texts.of_files(ours, name)
        )
    for one in found:
        emit(one) if as_json else click.echo(one["diff"] or one["note"])
    if not as_json and not found:
        nothing = (
            ("没有改过的文件。", "Nothing is overridden.")
            if len(names) < 2
            else ("两版一样。", "Both are the same.")
        )
        click.echo(context.say(*nothing))
    sys.exit(1 if any(one["diff"] for one in found) else 0)


@command.command("eval", help="让写手写一套固定简报，按可数的标准打分，并排比较。")
@click.option(
    "--writer",
    "writers",
    multiple=True,
    default=("offline",),
    show_default=True,
    help="offline 或模型设置，可重复",
)
@click.option(
    "--prompts",
    "folders",
    multiple=True,
    type=click.Path(path_type=Path),
    help="再用这个提示词文件夹各写一遍，可重复",
)
@click.option("--kind", "kinds", multiple=True, help="只写这些内容类型")
@click.option("--judge", "judge_setting", default="", help="请一个模型再评 1 到 5 分")
@click.option("--html", "page", type=click.Path(path_type=Path), default=None, help="写成一页 HTML")
@_json
@click.pass_obj
def eval_(
    context: Context,
    writers: tuple[str, ...],
    folders: tuple[Path, ...],
    kinds: tuple[str, ...],
    judge_setting: str,
    page: Path | None,
    as_json: bool,
) -> None:
    """A table of measures, contestants side by side."""
    from desk.cli import prompt_contest

    prompt_contest.hold(context, writers, folders, kinds, judge_setting, page, as_json=as_json)
