"""Trying one rule before it is told: what it would find in texts that are there already."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from generator.checks import engine, views
from generator.checks.brand import own_rules
from generator.checks.checking import MAX_CHARS
from generator.checks.engine import Book, Setting
from generator.checks.marks import Page
from prompts.draft import Finding
from prompts.house_rules import HouseRules, OwnRule


def caught(rule: OwnRule, texts: Iterable[tuple[str, str | None]]) -> Iterator[tuple[Finding, ...]]:
    """What ``rule`` alone finds in each (text, kind), in their order; GeneratorError for words that cannot be used."""
    book = Book(own_rules(HouseRules(add=(rule,))).packs)
    for text, kind in texts:
        page = Page(text, views.strict(text[:MAX_CHARS]))
        yield tuple(engine.run(page, book, Setting(kind=kind)))
