"""How `chongfen check` prints: a table for people, one JSON object a line for programs, in input order."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

import click

from desk.cli.check_input import BadLine, Line
from desk.cli.context import Context, emit
from prompts.draft import Finding
from workers.checks.trying import Result as Verdict
from workers.checks.trying import verdict

__all__ = ["Printer", "printer", "verdict"]

_NAMES = {"block": ("拦下", "blocked", "red"), "warn": ("提醒", "warned", "yellow"), "allow": ("通过", "fine", "green")}  # fmt: skip


class Printer(Protocol):
    """Takes lines as they are checked."""

    def line(self, line: Line, found: Verdict, findings: tuple[Finding, ...]) -> None:
        """One line that was checked."""

    def bad(self, line: BadLine) -> None:
        """One line that could not be checked."""


@contextmanager
def printer(context: Context, *, as_json: bool) -> Iterator[Printer]:
    """The printer asked for; what it holds back is printed at the end."""
    if as_json:
        yield _Json(context)
        return
    table = _Table(context)
    yield table
    table.print()


class _Json:
    """One object a line, at once."""

    def __init__(self, context: Context) -> None:
        self.context = context

    def line(self, line: Line, found: Verdict, findings: tuple[Finding, ...]) -> None:
        emit({"line": line.number, "verdict": found, "findings": [item.model_dump() for item in findings]})

    def bad(self, line: BadLine) -> None:
        message = self.context.say(line.message, line.english)
        emit({"line": line.number, "error": {"code": line.code, "message": message}})


class _Table:
    """A table of what was found, and a line of counts; bad lines on stderr at once."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.rows: list[tuple[int, Verdict, Finding]] = []
        self.counts = {"block": 0, "warn": 0, "allow": 0}

    def line(self, line: Line, found: Verdict, findings: tuple[Finding, ...]) -> None:
        self.counts[found] += 1
        self.rows += [(line.number, finding.verdict, finding) for finding in findings]

    def bad(self, line: BadLine) -> None:
        click.echo(self.context.say(line.message, line.english), err=True)

    def print(self) -> None:
        """The table and the counts."""
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        say, console = self.context.say, Console()
        if self.rows:
            table = Table(expand=True)
            for heading in say(
                "行 结果 原文 为什么 怎么改 规则", "line verdict words why remedy rule"
            ).split():
                table.add_column(heading, overflow="fold")
            for number, found, finding in self.rows:
                chinese, english, colour = _NAMES[found]
                table.add_row(
                    str(number), Text(say(chinese, english), style=colour), Text(finding.excerpt[:40]),
                    Text(finding.reason), Text(finding.suggestion), Text(finding.rule),
                )  # fmt: skip
            console.print(table)
        counts = "，".join(f"{say(_NAMES[key][0], _NAMES[key][1])} {n}" for key, n in self.counts.items())
        console.print(say(f"共 {sum(self.counts.values())} 条：{counts}", f"{sum(self.counts.values())} texts: {counts}"))  # fmt: skip
