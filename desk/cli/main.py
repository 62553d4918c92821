"""The entry of `chongfen`: finds the command's file, loads it alone, and turns refusals into one sentence.

Exit codes: 0 ok, 1 findings or failures, 2 wrong use. With --json a command prints one JSON document, or
one object a line where it lists, and nothing else on stdout; a refusal then is `{"error": {code, message}}`.
"""

from __future__ import annotations

import os
import pkgutil
import sys
import traceback
from importlib import import_module
from pathlib import Path

import click

from desk.cli import commands, usage
from desk.cli.context import Context, json_wanted, refuse

# Each floor has one family of errors, with a Chinese sentence, ``english`` and a stable ``code``.
OURS = {"prompts", "content_calendar", "generator", "workers", "desk"}


class _Files(click.Group):
    """Commands are the modules of desk.cli.commands."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        names = (module.name for module in pkgutil.iter_modules(commands.__path__))
        return sorted(name.rstrip("_").replace("_", "-") for name in names if not name.startswith("_"))

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in self.list_commands(ctx):
            return None
        module = name.replace("-", "_")
        module = f"{module}_" if module in {"import"} else module
        command = import_module(f"desk.cli.commands.{module}").command
        assert isinstance(command, click.Command)
        return command


@click.group(cls=_Files, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--data", "data_dir", type=click.Path(path_type=Path), help="数据文件夹（默认 var/ 或 CHONGFEN_DATA_DIR）"
)
@click.option(
    "--lang", type=click.Choice(["zh", "en"]), envvar="CHONGFEN_LANG", default=None, help="提示语言 zh / en"
)
@click.option("--brand", "brand", default=None, help="有多个品牌时指定一个")
@click.version_option(package_name="chongfen", prog_name="chongfen")
@click.pass_context
def cli(ctx: click.Context, data_dir: Path | None, lang: str | None, brand: str | None) -> None:
    """宠粉：从品牌工作簿到审过、按点发出的社群内容。"""
    ctx.obj = Context(data_dir=data_dir, lang=lang, brand=brand)


def entry() -> None:
    """Run the command line; every refusal ends as one sentence and an exit code."""
    argv = _globals_first(sys.argv[1:])
    try:
        code = cli.main(args=argv, prog_name="chongfen", standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except click.exceptions.Abort:
        click.echo("已中断。", err=True)
        sys.exit(130)
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
    except click.ClickException as error:
        refuse(usage.sentence(error, english=_english(argv)), code="usage", as_json=json_wanted(argv))
        sys.exit(2)
    except BrokenPipeError:  # `chongfen queue | head`: whoever read us has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as error:
        sys.exit(_refused(error, argv))


def _refused(error: Exception, argv: list[str]) -> int:
    """Say what was refused in one sentence; the exit code."""
    if type(error).__module__.split(".")[0] in OURS and isinstance(getattr(error, "code", None), str):
        english = getattr(error, "english", str(error))
        refuse(english if _english(argv) else str(error), code=error.code, as_json=json_wanted(argv))  # type: ignore[attr-defined]
        return int(getattr(error, "exit_code", 1))
    chinese, english, code = _outside(error)
    if code == "internal" and os.environ.get("CHONGFEN_DEBUG"):
        traceback.print_exception(error)
    refuse(english if _english(argv) else chinese, code=code, as_json=json_wanted(argv))
    return 1


def _outside(error: Exception) -> tuple[str, str, str]:
    """What to say of an error that is none of ours: the database away, a folder closed, a fault in the product."""
    from sqlalchemy.exc import DBAPIError

    if isinstance(error, DBAPIError):
        why = str(error.orig).strip().splitlines()[0] if error.orig else type(error).__name__
        return (
            f"数据库用不了（{why}），请检查 CHONGFEN_DATABASE_URL 和磁盘，或运行 chongfen doctor。",
            f"The database is unusable ({why}); check CHONGFEN_DATABASE_URL and the disk, or run chongfen doctor.",
            "database.unusable",
        )
    if isinstance(error, OSError) and error.filename:
        return (
            f"读写「{error.filename}」失败（{error.strerror}），请检查路径和权限。",
            f"Cannot use {str(error.filename)!r} ({error.strerror}); check path and permissions.",
            "file.unusable",
        )
    kind = type(error).__name__
    return (
        f"程序出了意料之外的错（{kind}）。请设 CHONGFEN_DEBUG=1 再运行一次，把显示的内容报给开发者。",
        f"Unexpected fault ({kind}). Run again with CHONGFEN_DEBUG=1 and report what it prints.",
        "internal",
    )


def _english(argv: list[str]) -> bool:
    if "--lang" in argv:
        return argv[argv.index("--lang") + 1 :][:1] == ["en"]
    return "--lang=en" in argv or os.environ.get("CHONGFEN_LANG") == "en"


def _globals_first(argv: list[str]) -> list[str]:
    """Let --data, --lang and --brand stand after the command as well: people put them there."""
    front: list[str] = []
    rest: list[str] = []
    items = iter(argv)
    for item in items:
        if item == "--":
            rest += [item, *items]
            break
        name = item.split("=", 1)[0]
        if name in {"--data", "--lang", "--brand"}:
            front.append(item)
            if "=" not in item:
                front += [value for value in [next(items, None)] if value is not None]
        else:
            rest.append(item)
    return front + rest
