"""层级: how a brand names and treats its three tiers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from content_calendar.workbook.columns import (
    Column,
    SheetSpec,
    count_column,
    name_column,
    prose_column,
)
from content_calendar.workbook.content import TierRow
from content_calendar.workbook.sheets.common import Context
from content_calendar.workbook.table import Row
from content_calendar.workbook.values.text import plain
from content_calendar.workbook.values.tiers import LEVEL_NAMES, parse_tier

CAP_AT_MOST = 50

SPEC = SheetSpec(
    "层级",
    (
        Column(
            "层级",
            lambda raw, known: parse_tier(plain(raw), {}),
            "cell",
            aliases=("级别", "等级", "分层"),
            dash=False,
        ),
        name_column("名称", 40, "层级名称", "群类型", "社群名称", "层级名"),
        prose_column("入群门槛", "门槛", "进群门槛", "入群条件", "标准"),
        prose_column("运营目标", "目标", "运营目的"),
        prose_column("内容侧重", "侧重", "内容重点", "内容方向"),
        count_column(
            "每日上限", "每天上限", "每日条数", "日上限", "每日最多", "每日推送上限", "每日条数上限", blank=6
        ),
    ),
)


def build(row: Row, values: Mapping[str, Any], context: Context) -> TierRow:
    """The row as data; a cap above any sense is reported."""
    if values["每日上限"] > CAP_AT_MOST:
        context.report.add(
            "out_of_range", context.table.place(row.number, "每日上限"), f"每日上限最多 {CAP_AT_MOST} 条，请改小。",
            f"at most {CAP_AT_MOST} posts a day.", value=values["每日上限"], expected=f"0–{CAP_AT_MOST}",
        )  # fmt: skip
    return TierRow(
        level=values["层级"], name=values["名称"], threshold=values["入群门槛"], aim=values["运营目标"],
        focus=values["内容侧重"], daily_cap=values["每日上限"], row=row.number,
    )  # fmt: skip


def shown(item: TierRow, _: Any = None) -> dict[str, Any]:
    """The row by header, normalised."""
    return {
        "层级": [item.level], "名称": item.name, "入群门槛": item.threshold, "运营目标": item.aim,
        "内容侧重": item.focus, "每日上限": item.daily_cap,
    }  # fmt: skip


def cells(item: TierRow, _: Any = None) -> list[Any]:
    """The row as it is written to a workbook."""
    return [LEVEL_NAMES[item.level], item.name, item.threshold, item.aim, item.focus, item.daily_cap]
