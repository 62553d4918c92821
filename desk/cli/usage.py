"""Click's complaints about a command line as one Chinese sentence that says what to do.

Click speaks English; our own complaints inside it are Chinese already and only need its frame taken off.
"""

from __future__ import annotations

import re

import click

HELP = "请看 --help。"


def sentence(error: click.ClickException, *, english: bool) -> str:
    """What is wrong with the call, in the language asked for."""
    if english:
        return error.format_message()
    match error:
        case click.NoSuchOption():
            near = f"，是不是 {error.possibilities[0]}？" if error.possibilities else f"，{HELP}"
            return f"没有选项 {error.option_name}{near}"
        case click.MissingParameter():
            return f"缺少 {_name(error)}，{HELP}"
        case click.BadParameter():
            return f"{_name(error)} 的值不对：{_reason(error)}"
        case click.FileError():
            return f"打不开文件「{error.ui_filename}」，请检查路径和权限。"
    if command := re.match(r"No such command '(.+)'", error.message):
        return f"没有命令「{command[1]}」，请看 chongfen --help。"
    return error.message if _chinese(error.message) else f"命令用法不对（{error.message}），{HELP}"


def _name(error: click.BadParameter) -> str:
    if error.param is None:
        return "参数"
    return (
        error.param.opts[-1]
        if isinstance(error.param, click.Option)
        else error.param.make_metavar(_context(error))
    )


def _context(error: click.BadParameter) -> click.Context:
    return error.ctx or click.Context(click.Command("chongfen"))


def _reason(error: click.BadParameter) -> str:
    if _chinese(error.message):
        return error.message
    kind = error.param.type if error.param is not None else None
    if isinstance(kind, click.Choice):
        return f"只能是 {'、'.join(str(choice) for choice in kind.choices)}。"
    if isinstance(kind, click.IntRange | click.FloatRange):
        return f"要在 {kind.min} 到 {kind.max} 之间。"
    if isinstance(kind, click.types.IntParamType):
        return "要写整数。"
    return f"{error.message} {HELP}"


def _chinese(text: str) -> bool:
    return any("\u4e00" <= character <= "\u9fff" for character in text)
