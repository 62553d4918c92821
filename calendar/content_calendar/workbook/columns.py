"""What a column of ours is: its heading, its other names, whether it must be there, and how its cells are read."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, Literal
from zoneinfo import ZoneInfo

from content_calendar.workbook.names import fold_header
from content_calendar.workbook.values import Unreadable, text
from content_calendar.workbook.values.numbers import is_unlimited, parse_count, parse_price
from content_calendar.workbook.values.text import Raw
from content_calendar.workbook.values.tiers import parse_tier, parse_tiers
from prompts.brief import Level
from prompts.house_rules import Catalogue

Need = Literal[
    "optional", "column", "cell"
]  # the column may be missing; must be there; must be filled in every row
PROSE = 5000  # characters of a long text: far above any real one, far below Excel's own 32,767


@dataclass
class Known:
    """What other sheets said that cells refer to: the zone, names of tiers, codes of products, the year's anchor."""

    zone: ZoneInfo
    anchor: date | None = None
    tiers: Mapping[str, Level] = field(default_factory=dict)
    products: Mapping[str, str] = field(default_factory=dict)  # folded code or name -> code
    rules: Catalogue = field(default_factory=dict)  # the packaged rules


_IN_A_LIST = re.compile(r"[、,，;；|]")
Parser = Callable[[Raw, Known], Any]


@dataclass(frozen=True)
class Column:
    """One column. ``limit`` counts characters; ``style`` says how the text is cleaned and guarded.

    name: one line, no markup, nothing invisible · prose: lines and spaces kept · value: not kept as text.
    ``dash`` lets strokes and 无 mean "nothing here".
    """

    header: str
    parse: Parser
    need: Need = "optional"
    blank: Any = ""
    aliases: tuple[str, ...] = ()
    limit: int = 0
    style: Literal["name", "prose", "value"] = "value"
    dash: bool = True


@dataclass(frozen=True)
class SheetSpec:
    """One sheet of the workbook: its title, its columns in the reference's order, and whether it must be there."""

    title: str
    columns: tuple[Column, ...]
    required: bool = True
    filled: bool = True  # a present sheet must have rows
    usual: bool = True  # most workbooks have it: its absence is told

    @cached_property
    def words(self) -> dict[str, str]:
        """Every folded heading of this sheet → our header."""
        found = {fold_header(alias): column.header for column in self.columns for alias in column.aliases}
        return found | {fold_header(column.header): column.header for column in self.columns}


def name_column(header: str, limit: int, *aliases: str, need: Need = "optional") -> Column:
    """A short text on one line."""
    return Column(header, lambda raw, _: text.name(raw), need, "", aliases, limit, "name")


def code_column(header: str, *aliases: str) -> Column:
    """A code that other cells refer to: one word without separators."""

    def parse(raw: Raw, _: Known) -> str:
        written = text.code(raw)
        if _IN_A_LIST.search(written):
            raise Unreadable(
                "bad_code", "一个编码，不含顿号、逗号、分号和竖线", "one code, without list separators"
            )
        return written

    return Column(header, parse, "cell", "", aliases, 64, "name", dash=False)


def prose_column(
    header: str, *aliases: str, need: Need = "optional", limit: int = PROSE, dash: bool = False
) -> Column:
    """A text of any number of lines. A stroke is kept as written unless ``dash``."""
    return Column(header, lambda raw, _: text.prose(raw), need, "", aliases, limit, "prose", dash)


def count_column(
    header: str,
    *aliases: str,
    need: Need = "optional",
    blank: int | None = None,
    negative: str = "negative_number",
) -> Column:
    """A whole number of things; 不限 is ``blank``."""

    def parse(raw: Raw, _: Known) -> int | None:
        return blank if is_unlimited(raw) else parse_count(raw, negative=negative)

    return Column(header, parse, need, blank, aliases)


def price_column(header: str, *aliases: str, need: Need = "optional") -> Column:
    """A price in yuan."""
    return Column(header, lambda raw, _: parse_price(raw), need, None, aliases)


def tier_column(*aliases: str) -> Column:
    """Exactly one tier."""
    return Column(
        "层级", lambda raw, known: parse_tier(text.plain(raw), known.tiers), "cell", "", aliases, dash=False
    )


def tiers_column(*aliases: str) -> Column:
    """One or more tiers."""
    return Column(
        "层级", lambda raw, known: parse_tiers(text.plain(raw), known.tiers), "cell", (), aliases, dash=False
    )
