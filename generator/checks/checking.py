"""The checks of a draft, one after the other, with their findings in reading order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from generator.checks import claims, comparing, engine, views
from generator.checks.brand import NONE, OwnRules
from generator.checks.engine import Setting
from generator.checks.facts import facts as fact_findings
from generator.checks.form import form
from generator.checks.labels import labels
from generator.checks.marks import Page
from generator.checks.repetition import repetition
from generator.checks.rules import Industry, packs
from generator.checks.voice import forbidden
from prompts.brief import Brief, Fact, ProductSheet
from prompts.draft import Finding

MAX_CHARS = 20_000  # five times what any lane carries; more is no post, and is not read

_INDUSTRIES: tuple[tuple[Industry, re.Pattern[str]], ...] = (
    ("beauty", re.compile(r"beauty|护肤|美妆|化妆|彩妆|个护|洗护|美容|香氛")),
    ("food", re.compile(r"food|食|饮|茶|酒|保健|生鲜|零食|烘焙|咖啡|母婴营养")),
    ("general", re.compile(r"general|服|百货|家居|家电|数码|宠物|母婴|图书|文具|通用|其他")),
)


def check(
    text: str, brief: Brief, *, facts: tuple[Fact, ...] | None = None, taken: Sequence[str] = (),
    own: OwnRules = NONE, final: bool = False,
) -> tuple[Finding, ...]:  # fmt: skip
    """Everything that is wrong with ``text`` as the post that ``brief`` asks for, in reading order.

    ``facts`` are the brief's facts as they stand now (at the door); ``taken`` are texts already chosen for
    its neighbours; ``own`` the brand's own rules; ``final`` says that ``text`` is the whole text as it will
    be sent, its AI label included. Offsets are characters of ``text``.
    """
    if len(text) > MAX_CHARS:
        return (too_long(text),)
    page = Page(text, views.strict(text))
    setting = Setting(
        industry=industry_of(brief.voice.industry),
        kind=brief.kind,
        goods=claims.of_products(brief.products),
        silenced=own.silenced,
    )
    found = [
        *fact_findings(page, brief, facts),
        *form(page, brief),
        *labels(page, brief, final=final),
        *forbidden(page, brief.voice.forbidden),
        *repetition(page, brief, taken),
        *engine.run(page, book(own), setting),
    ]
    return _ordered(found)


def check_text(
    text: str, *, kind: str | None = None, product: ProductSheet | None = None, industry: str | None = None,
    max_bytes: int | None = None, own: OwnRules = NONE,
) -> tuple[Finding, ...]:  # fmt: skip
    """What the rule packs find in a bare text. ``max_bytes``: what its lane carries (UTF-8), when known."""
    if len(text) > MAX_CHARS:
        return (too_long(text),)
    page = Page(text, views.strict(text))
    setting = Setting(
        industry=industry_of(industry or ""),
        kind=kind,
        goods=claims.of_products([product]) if product is not None else (),
        silenced=own.silenced,
    )
    found = [
        *engine.run(page, book(own), setting),
        *(comparing.compared(page, product) if product is not None else ()),
    ]
    size = len(text.encode("utf-8", "replace"))
    if max_bytes is not None and size > max_bytes:
        found.append(
            page.finding("lane.bytes", "block", 0, 0, f"全文 {size} 字节，这条通道最多 {max_bytes} 字节。",
                         suggestion="请删短。")
        )  # fmt: skip
    return _ordered(found)


def industry_of(written: str) -> Industry | None:
    """Which packs an industry asks for; None (all packs) when it is not told or not known."""
    folded = views.strict(written).text
    return next((name for name, words in _INDUSTRIES if words.search(folded)), None)


@lru_cache(maxsize=64)
def book(own: OwnRules = NONE) -> engine.Book:
    """The packaged rules, and a brand's own, ready to run; built once for each set of rules."""
    return engine.Book((*packs(), *own.packs))


def too_long(text: str) -> Finding:
    """The one finding of a text that is too long to be read."""
    return Finding(
        rule="length.unreadable", verdict="block",
        reason=f"全文 {len(text)} 字，超过 {MAX_CHARS} 字，不像一条内容，没有逐字检查。",
        suggestion="请拆成几条。",
    )  # fmt: skip


def _ordered(found: list[Finding]) -> tuple[Finding, ...]:
    """In reading order; a doubt on words that are blocked anyway is left out."""
    blocked = [(item.start, item.end) for item in found if item.verdict == "block" and item.end]
    kept = [
        item for item in found
        if item.verdict == "block" or not any(start <= item.start and item.end <= end for start, end in blocked if item.end)
    ]  # fmt: skip
    return tuple(sorted(kept, key=lambda item: (item.start, item.verdict == "warn", item.rule)))
