"""One HTML page of an evaluation: figures side by side on top, every text below, nothing from anywhere else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import resources
from typing import Any

from jinja2 import Environment, StrictUndefined

from generator.evaluation.measures import MEASURES
from generator.evaluation.run import Result

NOTICED = 0.05  # differences smaller than what the page shows are none


def page(results: Sequence[Result], judged: Mapping[str, Mapping[str, int]] | None = None) -> str:
    """The page as HTML. ``judged``: contestant → post key → 1..5."""
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    source = resources.files(__package__).joinpath("page.html.j2").read_text("utf-8")
    names = {one.case.brief.kind: one.case.kind.name for result in results for one in result.scored}
    kinds = list(dict.fromkeys(kind for result in results for kind in result.by_kind()))
    return environment.from_string(source).render(
        results=results,
        measures=[
            (title, _marked([result.by_measure()[name] for result in results]))
            for name, (title, _) in MEASURES.items()
        ],
        totals=_marked([result.total for result in results]),
        kinds=[
            (names.get(kind, kind), _marked([result.by_kind().get(kind, 0.0) for result in results]))
            for kind in kinds
        ],
        rows=_rows(results, judged or {}),
        tiers={"high": "高层级", "mid": "中层级", "low": "低层级"},
        judged={name: sum(marks.values()) / len(marks) for name, marks in (judged or {}).items() if marks},
    )


def _marked(values: Sequence[float]) -> list[tuple[float, str]]:
    """Each value with a word for its colour: best and less where contestants differ, nothing where they do not."""
    best, worst = max(values, default=0.0), min(values, default=0.0)
    if best - worst < NOTICED:
        return [(value, "") for value in values]
    return [(value, "best" if best - value < NOTICED else "less") for value in values]


def _rows(results: Sequence[Result], judged: Mapping[str, Mapping[str, int]]) -> list[dict[str, Any]]:
    """One row a brief, one cell a contestant; the briefs that told contestants apart, or cost most, first."""
    found = {result.name: {one.case.brief.post: one for one in result.scored} for result in results}
    briefs = {one.case.brief.post: one.case for result in results for one in result.scored}
    rows = [
        {
            "brief": case.brief,
            "kind": case.kind.name,
            "cells": [
                {
                    "one": found[result.name].get(post),
                    "mark": judged.get(result.name, {}).get(post),
                    "titles": _low(found[result.name].get(post)),
                }
                for result in results
            ],
        }
        for post, case in briefs.items()
    ]
    return sorted(rows, key=_interest)


def _interest(row: dict[str, Any]) -> tuple[float, float]:
    means = [cell["one"].mean for cell in row["cells"] if cell["one"]] or [0.0]
    return -round(max(means) - min(means), 4), min(means)


def _low(one: Any) -> list[str]:
    """The titles of the measures that are not full."""
    return [MEASURES[name][0] for name, value in one.values.items() if value < 1] if one else []
