"""活动: the promotions with their rules, moments, numbers, gifts and prizes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from content_calendar.workbook.columns import (
    Column,
    SheetSpec,
    count_column,
    name_column,
    price_column,
    prose_column,
    tiers_column,
)
from content_calendar.workbook.content import CampaignRow
from content_calendar.workbook.keys import campaign_code
from content_calendar.workbook.sheets.common import (
    At,
    Context,
    local,
    moment_column,
    money,
    parse_campaign_kind,
    written_moment,
    written_tiers,
)
from content_calendar.workbook.table import Row
from content_calendar.workbook.values.lists import parse_products

SPEC = SheetSpec(
    "活动",
    (
        name_column("活动名称", 120, "名称", "活动名", "活动主题", "活动", need="cell"),
        Column("类型", parse_campaign_kind, "cell", aliases=("活动类型", "玩法", "活动形式", "活动玩法"), limit=40, style="name", dash=False),
        Column("商品编码", lambda raw, known: parse_products(raw, known.products), blank=(), aliases=("商品", "活动商品", "参与商品", "商品编号", "编码", "产品编码", "关联商品"), style="prose"),
        price_column("活动价", "活动价格", "促销价", "到手价", "价格", "活动售价"),
        prose_column("规则", "活动规则", "玩法规则", "活动说明", "规则说明", need="column"),
        moment_column("预热开始", "预热时间", "预热开始时间", "预热", "预告时间"),
        moment_column("开始", "开始时间", "活动开始", "活动开始时间", "起始时间", need="cell"),
        moment_column("结束", "结束时间", "活动结束", "活动结束时间", "截止时间", need="cell", end=True),
        count_column("活动库存", "库存", "活动数量", "数量", "份数", "活动份数", negative="negative_stock"),
        count_column("每人限购", "限购", "限购数量", "每人限", "限购数", "每人限购数量"),
        tiers_column("适用层级", "目标层级", "社群层级", "推送层级", "参与层级"),
        prose_column("赠品", "活动赠品", "赠送", dash=True),
        prose_column("奖品及名额", "奖品", "奖品与名额", "奖项设置", "奖品设置", "奖品和名额", dash=True),
    ),
    required=False,
    filled=False,
)  # fmt: skip


def build(row: Row, values: Mapping[str, Any], context: Context) -> CampaignRow:
    """The row as data; a day without a time is taken and said."""
    for header in ("预热开始", "开始", "结束"):
        _say(context, row, header, values[header])
    warmup, start, end = (values[header] for header in ("预热开始", "开始", "结束"))
    kind, written = values["类型"]
    return CampaignRow(
        code=campaign_code(values["活动名称"]), name=values["活动名称"], kind=kind, kind_written=written,
        products=values["商品编码"], price=values["活动价"], rules=values["规则"],
        warmup_at=warmup.instant if warmup else None, start_at=start.instant, end_at=end.instant,
        stock=values["活动库存"], limit_per_person=values["每人限购"], tiers=values["层级"],
        gift=values["赠品"], prizes=values["奖品及名额"], row=row.number,
    )  # fmt: skip


def _say(context: Context, row: Row, header: str, at: At | None) -> None:
    if at is None:
        return
    place = context.table.place(row.number, header)
    shown = local(at.instant, context.known.zone) or ""
    if at.only_day:
        clock = shown[11:16]
        context.report.add(
            "moment_without_time", place, f"只写了日期，按当天 {clock} 算；不对的话请写上时间。",
            f"only a date: taken as {clock} of that day; write the time if that is wrong.", value=shown[:10],
        )  # fmt: skip
    if at.slip:
        context.report.add(
            "weekday_mismatch", place, f"写的星期与日期不符（{at.slip}），按日期算；请核对。",
            "the weekday does not fit the date; the date counts.", value=shown[:10], expected=at.slip,
        )  # fmt: skip


def shown(item: CampaignRow, zone: ZoneInfo) -> dict[str, Any]:
    """The row by header, normalised."""
    return {
        "活动名称": item.name, "类型": item.kind, "商品编码": list(item.products), "活动价": money(item.price),
        "规则": item.rules, "预热开始": local(item.warmup_at, zone), "开始": local(item.start_at, zone),
        "结束": local(item.end_at, zone), "活动库存": item.stock, "每人限购": item.limit_per_person,
        "层级": list(item.tiers), "赠品": item.gift, "奖品及名额": item.prizes,
    }  # fmt: skip


def cells(item: CampaignRow, zone: ZoneInfo) -> list[Any]:
    """The row as it is written to a workbook."""
    return [
        item.name, item.kind_written, "、".join(item.products), item.price, item.rules,
        written_moment(item.warmup_at, zone), written_moment(item.start_at, zone),
        written_moment(item.end_at, zone), item.stock, item.limit_per_person, written_tiers(item.tiers),
        item.gift, item.prizes,
    ]  # fmt: skip
