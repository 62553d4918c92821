"""SOP: the timetable; one row says when, for which tiers, what kind of post, by which channel, and who minds it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from content_calendar.workbook.columns import Column, SheetSpec, name_column, prose_column, tiers_column
from content_calendar.workbook.content import SopLine
from content_calendar.workbook.keys import Keys
from content_calendar.workbook.sheets.common import (
    Context,
    channel_name,
    parse_channel,
    parse_kind,
    written_tiers,
)
from content_calendar.workbook.table import Row
from content_calendar.workbook.values.cycles import parse_cycle
from content_calendar.workbook.values.times import parse_time

SPEC = SheetSpec(
    "SOP",
    (
        Column("时间", lambda raw, _: parse_time(raw), "cell", aliases=("时间点", "推送时间", "发送时间", "发布时间", "时刻", "时间节点", "执行时间"), dash=False),
        Column("周期", lambda raw, known: parse_cycle(raw, known.anchor), "cell", aliases=("日期", "频率", "星期", "日期/周期", "推送日期", "推送周期", "重复", "发送周期", "周期/日期"), dash=False),
        tiers_column("适用层级", "目标层级", "社群层级", "推送层级", "客户层级", "分层", "社群"),
        Column("内容类型", parse_kind, "cell", aliases=("类型", "内容分类", "栏目", "内容形式", "板块"), limit=40, style="name", dash=False),
        prose_column("主题", "内容主题", "内容", "选题", "标题", "推送内容", "内容方向", need="column"),
        Column("通道", parse_channel, "cell", aliases=("发送通道", "推送通道", "渠道", "发送方式", "触达方式", "推送渠道"), dash=False),
        name_column("负责人", 80, "执行人", "责任人", "跟进人", "负责"),
        prose_column("备注", "说明", "注意事项", "要求", "备注说明"),
    ),
)  # fmt: skip


class Builder:
    """Builds the rows of one sheet; keys count equal rows."""

    def __init__(self) -> None:
        self._keys = Keys()

    def __call__(self, row: Row, values: Mapping[str, Any], context: Context) -> SopLine:
        """The row as data. A changed theme, owner or remark keeps the key: it is an update."""
        cycle = values["周期"]
        if cycle.weekday_wrong:
            context.report.add(
                "weekday_mismatch", context.table.place(row.number, "周期"),
                f"写的星期与日期不符（{cycle.weekday_wrong}），按日期算；请核对。",
                "the weekday does not fit the date; the date counts.", value=cycle.written, expected=cycle.weekday_wrong,
            )  # fmt: skip
        kind, written = values["内容类型"]
        rule = json.dumps(cycle.rule, sort_keys=True)
        return SopLine(
            key=self._keys.of(values["时间"], rule, values["层级"], written, values["通道"]),
            time=values["时间"], cycle=cycle.stored, cycle_rule=cycle.rule, tiers=values["层级"], kind=kind,
            kind_written=written, channel=values["通道"], theme=values["主题"], owner=values["负责人"],
            remark=values["备注"], cycle_as_written=cycle.written, row=row.number,
        )  # fmt: skip


def shown(item: SopLine, _: Any = None) -> dict[str, Any]:
    """The row by header, normalised; 周期 as written and as its rule."""
    return {
        "时间": item.time, "周期": {"written": item.cycle_as_written or item.cycle, **item.cycle_rule},
        "层级": list(item.tiers), "内容类型": item.kind, "主题": item.theme, "通道": item.channel,
        "负责人": item.owner, "备注": item.remark,
    }  # fmt: skip


def cells(item: SopLine, _: Any = None) -> list[Any]:
    """The row as it is written to a workbook."""
    return [
        item.time, item.cycle, written_tiers(item.tiers), item.kind_written, item.theme,
        channel_name(item.channel), item.owner, item.remark,
    ]  # fmt: skip
