"""The facts check: every number, price, date and name in a text must have a source in its brief (promise 4).

A price, percentage, stock figure or day that no source names, or that contradicts the one that stands in
its role (活动价, 限购, 结束), blocks; where the right value is beyond doubt it is offered as replacement.
Small numbers that belong to the text's own structure (三步, 1. 2. 3.) pass; doubtful small ones warn.
"""

from __future__ import annotations

from collections.abc import Iterator

from generator.checks import mentions, names, quantities, timing
from generator.checks.comparing import comparing
from generator.checks.known import Known, known
from generator.checks.marks import Page
from prompts.brief import Brief, Fact
from prompts.draft import Finding

MAX_FIGURES = 200  # a post has a dozen; each is weighed against the others


def facts(page: Page, brief: Brief, current: tuple[Fact, ...] | None = None) -> Iterator[Finding]:
    """What in the text is not so; ``current`` are the facts as they stand now (default: the brief's)."""
    table = _remembered(brief, current)
    reading = mentions.read(page.view.text, table.today)
    if len(reading.mentions) + len(reading.clocks) + len(reading.days) > MAX_FIGURES:
        yield page.finding(
            "fact.too_many", "block", 0, 0, f"文中的数字超过 {MAX_FIGURES} 个，没有逐个核对。",
            suggestion="请拆成几条。",
        )  # fmt: skip
        return
    yield from quantities.check(page, brief, table, reading)
    yield from timing.check(page, brief, table, reading)
    yield from names.check(page, brief, table, reading)
    yield from comparing(page, brief)


REMEMBERED = 64  # briefs: as many as people wait for a reply at one moment
_last: list[tuple[Brief, tuple[Fact, ...] | None, Known]] = []


def get_ready(brief: Brief) -> None:
    """Read a brief's sources while its text is still being written: whoever waits for the text waits less."""
    _remembered(brief, None)


def _remembered(brief: Brief, current: tuple[Fact, ...] | None) -> Known:
    """The tables of the briefs asked about lately: many texts are checked against one brief, for many readers at once."""
    for old_brief, old_facts, table in tuple(_last):
        if old_brief is brief and old_facts is current:
            return table
    table = known(brief, current)
    _last[:] = [(brief, current, table), *_last[: REMEMBERED - 1]]
    return table
