"""The checks of a draft, one after the other, with their findings in reading order."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from generator.checks import engine, views
from generator.checks.engine import Setting
from generator.checks.facts import facts as fact_findings
from generator.checks.form import form
from generator.checks.marks import Page
from generator.checks.repetition import repetition
from generator.checks.rules import Pack, packs
from generator.checks.voice import forbidden
from prompts.brief import Brief, Fact
from prompts.draft import Finding

MAX_CHARS = 20_000  # five times what any lane carries; more is no post, and is not read


def check(
    text: str, brief: Brief, *, facts: tuple[Fact, ...] | None = None, taken: Sequence[str] = ()
) -> tuple[Finding, ...]:
    """Everything that is wrong with ``text`` as the post that ``brief`` asks for, in reading order.

    ``facts`` are the brief's facts as they stand now (at the door); ``taken`` are texts already chosen for
    its neighbours. Offsets are characters of ``text``.
    """
    if len(text) > MAX_CHARS:
        return (too_long(text),)
    page = Page(text, views.strict(text))
    found = [
        *fact_findings(page, brief, facts),
        *form(page, brief),
        *forbidden(page, brief.voice),
        *repetition(page, brief, taken),
    ]
    return tuple(sorted(found, key=_reading_order))


def check_text(
    text: str, *, kind: str | None = None, industry: str | None = None, silenced: frozenset[str] = frozenset(),
    extra: tuple[Pack, ...] = (),
) -> tuple[Finding, ...]:  # fmt: skip
    """What the rule packs find in a bare text, with nothing known of its brand."""
    if len(text) > MAX_CHARS:
        return (too_long(text),)
    page = Page(text, views.strict(text))
    setting = Setting(industry=industry, kind=kind, silenced=silenced)
    found = engine.run(page, book(extra), setting)
    return tuple(sorted(found, key=_reading_order))


@cache
def book(extra: tuple[Pack, ...] = ()) -> engine.Book:
    """The packaged rules, and a brand's own, ready to run; built once for each set of packs."""
    return engine.Book((*packs(), *extra))


def too_long(text: str) -> Finding:
    """The one finding of a text that is too long to be read."""
    return Finding(
        rule="length.unreadable", verdict="block",
        reason=f"全文 {len(text)} 字，超过 {MAX_CHARS} 字，不像一条内容，没有逐字检查。",
        suggestion="请拆成几条。",
    )  # fmt: skip


def _reading_order(finding: Finding) -> tuple[int, int, str]:
    return (finding.start, finding.verdict == "warn", finding.rule)
