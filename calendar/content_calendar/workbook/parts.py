"""Which table holds which sheet's rows, and how a row of the one becomes a row of the other.

Fields of the content's dataclasses are named like the columns, so that one pair of functions serves every sheet.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import cache
from typing import Any

from content_calendar.tables import (
    Campaign,
    Group,
    KnowledgeItem,
    PastPost,
    Product,
    Script,
    SopRow,
    Tier,
)
from content_calendar.workbook import content
from content_calendar.workbook.sheets import campaign, group, knowledge, past, product, script, sop, tier


@dataclass(frozen=True)
class Part:
    """One sheet: its field in WorkbookContent, its table, its shape, its identity, and how it is shown."""

    title: str
    field: str
    table: Any
    shape: Any
    identity: str  # the column (and field) that identifies a row across imports
    shown: Callable[[Any, Any], dict[str, Any]]
    cells: Callable[[Any, Any], list[Any]]
    spec: Any
    leaves: bool = True  # a row can go (``active``); tiers and history stay once they were told

    def key(self, item: Any) -> str:
        """The identity of a row of either shape."""
        return str(getattr(item, self.identity))


PARTS: tuple[Part, ...] = (
    Part("层级", "tiers", Tier, content.TierRow, "level", tier.shown, tier.cells, tier.SPEC, leaves=False),
    Part("社群", "groups", Group, content.GroupRow, "code", group.shown, group.cells, group.SPEC),
    Part("商品", "products", Product, content.ProductRow, "code", product.shown, product.cells, product.SPEC),
    Part("活动", "campaigns", Campaign, content.CampaignRow, "code", campaign.shown, campaign.cells, campaign.SPEC),
    Part("SOP", "sop", SopRow, content.SopLine, "key", sop.shown, sop.cells, sop.SPEC),
    Part("话术", "scripts", Script, content.ScriptRow, "key", script.shown, script.cells, script.SPEC),
    Part("知识", "knowledge", KnowledgeItem, content.KnowledgeRow, "key", knowledge.shown, knowledge.cells, knowledge.SPEC),
    Part("历史内容", "past", PastPost, content.PastRow, "key", past.shown, past.cells, past.SPEC, leaves=False),
)  # fmt: skip


@cache
def columns(shape: Any) -> tuple[str, ...]:
    """The fields of a shape that are columns of its table."""
    return tuple(item.name for item in fields(shape) if item.name != "cycle_as_written")


def from_table(part: Part, stored: Any) -> Any:
    """A stored row as plain data."""
    values = {name: getattr(stored, name) for name in columns(part.shape)}
    return part.shape(
        **{name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
    )


def to_table(part: Part, item: Any) -> dict[str, Any]:
    """Plain data as column values."""
    values = {name: getattr(item, name) for name in columns(part.shape)}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}
