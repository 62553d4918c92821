"""What `chongfen check` checks a line with: the packs alone, or also a brand's data and rules, and a model judge.

The database is opened only when --brand or --judge was given.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from content_calendar.lanes import CHANNELS
from desk.cli.check_input import Line
from desk.cli.context import Context
from prompts.draft import Finding
from workers.checks import trying
from workers.checks.trying import House

if TYPE_CHECKING:
    from workers.batches.bench import Bench


@dataclass(frozen=True)
class Rules:
    """The industry asked for, what a brand adds, and who is asked about doubts."""

    industry: str | None = None
    house: House = House()  # noqa: RUF009 -- frozen
    bench: Bench | None = None

    def check(self, line: Line) -> tuple[Finding, ...]:
        """Everything found in one line."""
        limit = min((info.max_bytes for info in CHANNELS.values() if info.lane == line.lane), default=None)
        found = trying.look(
            line.text,
            self.house,
            kind=line.kind,
            product=line.product or self.house.product(line.product_key),
            industry=line.industry or self.industry,
            max_bytes=limit,
        )
        return found if self.bench is None else _consulted(line.text, found, self.bench)


@contextmanager
def opened(context: Context, industry: str | None, *, judge: bool) -> Iterator[Rules]:
    """The rules asked for; a judge's answers are kept when the last line is done."""
    if context.brand is None and not judge:
        yield Rules(industry)
        return
    from workers.batches.bench import Bench
    from workers.runtime import only_brand

    with context.runtime.database.read() as session:
        brand = only_brand(session, context.brand)
        house = trying.house_of(session, brand, now=context.runtime.clock.now())
    if not judge:
        yield Rules(industry, house)
        return
    bench = Bench(context.runtime, brand)
    if bench.desk.judge is None or bench.answers is None:
        raise click.UsageError("没有配置模型，不能用 --judge。请设置 CHONGFEN_MODELS，或去掉 --judge。")
    try:
        yield Rules(industry, house, bench)
    finally:
        bench.till.flush()
        with context.runtime.database.write() as session:
            bench.answers.flush(session)


def _consulted(text: str, found: tuple[Finding, ...], bench: Bench) -> tuple[Finding, ...]:
    from generator.checks.judge import consult
    from generator.models.loop import home

    assert bench.desk.judge is not None
    return home().run(consult(text, found, bench.desk.judge, own=bench.desk.own))
