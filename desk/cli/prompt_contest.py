"""`chongfen prompts eval`: make the contestants, let them write the fixed set, print the table and the page."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from desk.cli.context import Context, emit
from generator.evaluation import MEASURES, Contestant, Result, run
from generator.evaluation.judge import judge
from generator.evaluation.page import page as html_page
from generator.models import ChatModel, from_setting
from generator.writing import WritingDesk
from prompts.brief import Brief
from prompts.evalset import briefs as fixed_set
from prompts.library import Library
from workers.till import Till

if TYPE_CHECKING:
    from collections.abc import Callable

Judged = Mapping[str, Mapping[str, int]]


def hold(
    context: Context,
    writers: Sequence[str],
    folders: Sequence[Path],
    kinds: Sequence[str],
    judge_setting: str,
    page: Path | None,
    *,
    as_json: bool,
) -> None:
    """Run the contest and say what came of it."""
    briefs = [brief for brief in fixed_set() if not kinds or brief.kind in kinds]
    if not briefs:
        raise click.UsageError(f"没有这些内容类型的简报：{'、'.join(kinds)}。")
    contestants = _contestants(context, writers, folders)
    judges = _models(context, judge_setting) if judge_setting else ()
    results = _all(context, contestants, briefs, quiet=as_json)
    try:
        judged = (
            {result.name: asyncio.run(judge(judges[0], result.scored)) for result in results}
            if judges
            else {}
        )
    finally:
        used = [*judges, *(model for one in contestants for model in one.desk.models)]
        for model in used:
            model.close()
        if used:
            Till(context.runtime, None).flush()
    if page is not None:
        page.write_text(html_page(results, judged), "utf-8")
    if as_json:
        emit(_document(results, judged))
    else:
        _table(context, results, judged)
        if page is not None:
            click.echo(context.say(f"对照页写在 {page}。", f"The page is {page}."))


def _contestants(context: Context, writers: Sequence[str], folders: Sequence[Path]) -> list[Contestant]:
    """Every writer with the packaged library, and again with each folder of overrides."""
    libraries = [("", Library.load()), *((f" + {folder.name}", Library.load(folder)) for folder in folders)]
    return [
        Contestant(
            f"{writer}{suffix}",
            WritingDesk(library, () if writer == "offline" else _models(context, writer)),
        )
        for writer in dict.fromkeys(writers)
        for suffix, library in libraries
    ]


def _models(context: Context, setting: str) -> tuple[ChatModel, ...]:
    """Models that pay from the same day's budget as the product's own calls."""
    loaded = context.runtime.settings
    made = from_setting(
        setting, key=loaded.model_key.get_secret_value(), timeout=loaded.model_timeout,
        concurrency=loaded.model_concurrency,
    )  # fmt: skip
    gate = Till(context.runtime, None)
    return tuple(model.under(gate) for model in made)


def _all(
    context: Context, contestants: Sequence[Contestant], briefs: Sequence[Brief], *, quiet: bool
) -> list[Result]:
    from rich.progress import Progress

    results = []
    with Progress(disable=quiet, transient=True) as bars:
        for one in contestants:
            bar = bars.add_task(one.name, total=len(briefs))
            step: Callable[[], None] = lambda bar=bar: bars.advance(bar)  # type: ignore[misc] # noqa: E731
            results.append(asyncio.run(run(one, briefs, step)))
    return results


def _table(context: Context, results: Sequence[Result], judged: Judged) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title=context.say("提示词评测（0 到 100）", "Prompt evaluation (0 to 100)"))
    table.add_column(context.say("衡量", "measure"))
    for result in results:
        table.add_column(result.name, justify="right")
    table.add_row(context.say("总分", "total"), *(f"{result.total:.1f}" for result in results), style="bold")
    for name, (title, _) in MEASURES.items():
        shown = context.say(title, name.replace("_", " "))
        table.add_row(shown, *(f"{result.by_measure()[name]:.1f}" for result in results))
    if judged:
        table.add_row(
            context.say("模型评分", "judge"), *(f"{_mean(judged[result.name]):.2f}" for result in results)
        )
    table.add_row(context.say("用时（秒）", "seconds"), *(f"{result.seconds:.1f}" for result in results))
    Console().print(table)


def _document(results: Sequence[Result], judged: Judged) -> dict[str, Any]:
    return {
        "briefs": len(results[0].scored) if results else 0,
        "contestants": [
            {
                "name": result.name,
                "total": round(result.total, 2),
                "measures": {name: round(value, 2) for name, value in result.by_measure().items()},
                "kinds": {name: round(value, 2) for name, value in result.by_kind().items()},
                "fell_back": result.fell_back(),
                "judged": round(_mean(judged[result.name]), 2) if result.name in judged else None,
                "seconds": round(result.seconds, 2),
            }
            for result in results
        ],
    }


def _mean(marks: Mapping[str, int]) -> float:
    return sum(marks.values()) / len(marks) if marks else 0.0
