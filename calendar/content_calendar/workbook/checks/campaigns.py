"""A campaign's own sense: warm-up before start before end, products where its kind needs them, tiers that exist."""

from __future__ import annotations

from collections.abc import Mapping

from content_calendar.workbook.columns import Known
from content_calendar.workbook.content import CampaignRow, WorkbookContent
from content_calendar.workbook.issues import Report, shorten
from content_calendar.workbook.sheets.common import local
from content_calendar.workbook.table import Table
from content_calendar.workbook.values.tiers import LEVEL_NAMES

_NEEDS_PRODUCT = frozenset({"launch", "flash_sale", "discount"})


def check(content: WorkbookContent, tables: Mapping[str, Table], known: Known, report: Report) -> None:
    """Every campaign, and the tiers that groups use."""
    for campaign in content.campaigns or ():
        _order(campaign, tables["活动"], known, report)
        if campaign.kind in _NEEDS_PRODUCT and not campaign.products:
            report.add(
                "missing_cell", tables["活动"].place(campaign.row, "商品编码"),
                f"「{shorten(campaign.kind_written)}」必须写明是哪个商品，请填商品编码。",
                "this kind of campaign must name its product.", expected="商品编码",
            )  # fmt: skip
    described = {item.level for item in content.tiers}
    used = {group.tier: group for group in reversed(content.groups)}
    for level, group in used.items():
        if described and level not in described:
            report.add(
                "tier_not_described", tables["社群"].place(group.row, "层级"),
                f"「层级」表里没有「{LEVEL_NAMES[level]}」这一层的说明，按默认上限发送；请补上。",
                f"sheet 层级 does not describe {level}; defaults are used.", value=LEVEL_NAMES[level],
            )  # fmt: skip


def _order(campaign: CampaignRow, table: Table, known: Known, report: Report) -> None:
    start, end, warmup = (
        local(at, known.zone) or "" for at in (campaign.start_at, campaign.end_at, campaign.warmup_at)
    )
    if campaign.end_at <= campaign.start_at:
        report.add(
            "end_before_start", table.place(campaign.row, "结束"),
            f"结束（{_short(end)}）不晚于开始（{_short(start)}），请改正其中一个。",
            f"the end {end} is not after the start {start}.", value=_short(end), expected=f"> {_short(start)}",
        )  # fmt: skip
    if campaign.warmup_at is not None and campaign.warmup_at > campaign.start_at:
        report.add(
            "warmup_after_start", table.place(campaign.row, "预热开始"),
            f"预热开始（{_short(warmup)}）晚于开始（{_short(start)}），请改正其中一个。",
            f"the warm-up {warmup} is after the start {start}.", value=_short(warmup), expected=f"≤ {_short(start)}",
        )  # fmt: skip


def _short(moment: str) -> str:
    return moment[:16].replace("T", " ")
