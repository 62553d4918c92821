"""社群: the chat groups, their tier, owner and the channel that reaches them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from content_calendar import addresses
from content_calendar.workbook.columns import (
    Column,
    SheetSpec,
    code_column,
    count_column,
    name_column,
    tier_column,
)
from content_calendar.workbook.content import GroupRow
from content_calendar.workbook.sheets.common import Context, channel_name, parse_channel
from content_calendar.workbook.table import Row
from content_calendar.workbook.values.lists import parse_tags
from content_calendar.workbook.values.text import name
from content_calendar.workbook.values.tiers import LEVEL_NAMES

SPEC = SheetSpec(
    "社群",
    (
        name_column("群名称", 120, "群名", "社群名称", "社群名", "群聊名称", "名称", need="cell"),
        code_column("群编号", "编号", "群ID", "社群编号", "群号", "群编码", "ID", "编码"),
        tier_column("群层级", "社群层级", "分层", "等级", "级别"),
        name_column("来源渠道", 80, "来源", "渠道", "引流渠道", "渠道来源"),
        name_column("客户类型", 40, "客户类别", "人群类型", "用户类型", "客群"),
        count_column("人数", "群人数", "成员数", "群成员数", "当前人数", blank=0),
        Column("标签", lambda raw, _: parse_tags(raw), blank=(), aliases=("群标签", "用户标签", "人群标签", "社群标签"), style="prose"),
        name_column("群主", 80, "负责人", "群主账号", "群主昵称", "归属人", "运营人"),
        Column("发送通道", parse_channel, "cell", aliases=("通道", "推送通道", "发送方式", "触达通道"), dash=False),
        Column("通道地址", lambda raw, _: name(raw).replace(" ", ""), aliases=("地址", "群地址", "webhook地址", "通道ID", "群聊ID", "chatid", "推送地址"), limit=2048),
    ),
)  # fmt: skip


def build(row: Row, values: Mapping[str, Any], _: Context) -> GroupRow:
    """The row as data."""
    return GroupRow(
        code=values["群编号"], name=values["群名称"], tier=values["层级"], channel=values["发送通道"],
        source=values["来源渠道"], customer_type=values["客户类型"], members=values["人数"],
        tags=values["标签"], owner=values["群主"], address=values["通道地址"], row=row.number,
    )  # fmt: skip


def shown(item: GroupRow, _: Any = None) -> dict[str, Any]:
    """The row by header, normalised."""
    return {
        "群名称": item.name, "群编号": item.code, "层级": [item.tier], "来源渠道": item.source,
        "客户类型": item.customer_type, "人数": item.members, "标签": list(item.tags), "群主": item.owner,
        "发送通道": item.channel, "通道地址": addresses.shown(item.channel, item.address),
    }  # fmt: skip


def cells(item: GroupRow, _: Any = None) -> list[Any]:
    """The row as it is written to a workbook."""
    return [
        item.name, item.code, LEVEL_NAMES[item.tier], item.source, item.customer_type, item.members,
        "；".join(item.tags), item.owner, channel_name(item.channel), item.address,
    ]  # fmt: skip
