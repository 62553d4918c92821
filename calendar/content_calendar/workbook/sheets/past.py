"""历史内容: posts from before the product was used, with their figures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from content_calendar.workbook.columns import (
    Column,
    Known,
    SheetSpec,
    count_column,
    prose_column,
    tiers_column,
)
from content_calendar.workbook.content import PastRow
from content_calendar.workbook.keys import Keys
from content_calendar.workbook.sheets.common import Context, parse_kind, written_tiers
from content_calendar.workbook.table import Row
from content_calendar.workbook.values.dates import parse_day
from content_calendar.workbook.values.text import Raw
from content_calendar.workbook.values.times import parse_time


def _day(raw: Raw, known: Known) -> date:
    return parse_day(raw).on(known.anchor)


SPEC = SheetSpec(
    "历史内容",
    (
        Column("日期", _day, "cell", aliases=("发送日期", "推送日期", "发布日期"), dash=False),
        Column("时间", lambda raw, _: parse_time(raw), aliases=("发送时间", "推送时间", "发布时间", "时间点")),
        tiers_column("目标层级", "社群层级", "推送层级", "适用层级"),
        Column("内容类型", parse_kind, "cell", aliases=("类型", "内容分类", "栏目"), limit=40, style="name", dash=False),
        prose_column("正文", "内容", "文案", "推送内容", "内容正文", need="cell"),
        count_column("触达人数", "触达", "送达人数", "触达数", "送达"),
        count_column("阅读", "阅读数", "阅读量", "阅读人数"),
        count_column("点击", "点击数", "点击量", "点击人数"),
        count_column("互动", "互动数", "互动量", "互动人数"),
        count_column("下单", "下单数", "订单", "订单数", "下单人数", "成交"),
    ),
    required=False,
    filled=False,
)  # fmt: skip


class Builder:
    """Builds the rows of one sheet; keys count equal posts."""

    def __init__(self) -> None:
        self._keys = Keys()

    def __call__(self, row: Row, values: Mapping[str, Any], _: Context) -> PastRow:
        """The row as data."""
        kind, written = values["内容类型"]
        day, text = values["日期"], values["正文"]
        return PastRow(
            key=self._keys.of(day.isoformat(), values["时间"], values["层级"], kind, text[:40]), day=day,
            time=values["时间"], tiers=values["层级"], kind=kind, kind_written=written, text=text,
            reached=values["触达人数"], reads=values["阅读"], clicks=values["点击"],
            interactions=values["互动"], orders=values["下单"], row=row.number,
        )  # fmt: skip


def shown(item: PastRow, _: Any = None) -> dict[str, Any]:
    """The row by header, normalised."""
    return {
        "日期": item.day.isoformat(), "时间": item.time or None, "层级": list(item.tiers), "内容类型": item.kind,
        "正文": item.text, "触达人数": item.reached, "阅读": item.reads, "点击": item.clicks,
        "互动": item.interactions, "下单": item.orders,
    }  # fmt: skip


def cells(item: PastRow, _: Any = None) -> list[Any]:
    """The row as it is written to a workbook."""
    return [
        item.day, item.time, written_tiers(item.tiers), item.kind_written, item.text, item.reached, item.reads,
        item.clicks, item.interactions, item.orders,
    ]  # fmt: skip
