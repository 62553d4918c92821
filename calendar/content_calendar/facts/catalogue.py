"""Every fact a brand's tables can give, each with a stable id, its canonical value and its source cell.

The same functions build a brief's facts and re-resolve them at release (:mod:`content_calendar.facts.current`), so an
unchanged table always gives an unchanged value. Ids carry all that is needed to find the value again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from types import MappingProxyType
from zoneinfo import ZoneInfo

from content_calendar import zones
from content_calendar.facts import written
from content_calendar.facts.cells import cell
from content_calendar.plan import days
from content_calendar.tables import Brand, Campaign, KnowledgeItem, Persona, Product, Script, SopRow
from prompts.brief import Fact, FactKind

_PRODUCT = (
    ("name", "名称", FactKind.name), ("spec", "规格", FactKind.text), ("price", "日常价", FactKind.price),
    ("lowest_7d", "近7日最低成交价", FactKind.price), ("selling_points", "卖点", FactKind.text),
    ("ingredients", "成分", FactKind.text), ("efficacy", "功效类别", FactKind.text),
    ("filing", "备案/注册号", FactKind.code), ("usage", "用法", FactKind.text), ("suitable", "适合人群", FactKind.text),
    ("caution", "注意事项", FactKind.text), ("url", "购买链接", FactKind.url), ("evidence", "功效依据", FactKind.text),
)  # fmt: skip
_BRAND = (
    ("name", "品牌名", FactKind.name), ("nickname", "人设昵称", FactKind.name), ("fans", "粉丝称呼", FactKind.name),
    ("mall_url", "官方商城", FactKind.url), ("hours", "工作时间", FactKind.text), ("story", "品牌故事", FactKind.text),
)  # fmt: skip
_LIVE_STAGES = frozenset({"start", "status", "last_call"})


@dataclass(frozen=True)
class Sources:
    """What one post may draw facts from."""

    brand: Brand
    persona: Persona | None
    day: date
    time: str  # wall time HH:MM
    where: ZoneInfo
    hooks: tuple[str, ...] = ()
    row: SopRow | None = None
    products: tuple[Product, ...] = ()
    campaigns: tuple[Campaign, ...] = ()
    knowledge: tuple[KnowledgeItem, ...] = ()
    scripts: tuple[Script, ...] = ()
    live: tuple[Campaign, ...] = field(default=())  # campaigns whose stock and time are told live
    lowest: Mapping[int, Decimal] = field(default_factory=dict)  # product id → its 7-day lowest, worked out


def for_brief(sources: Sources) -> tuple[Fact, ...]:
    """The facts of one post in the order a writer meets them: moment, offer, goods, know-how, brand."""
    found = [
        *calendar_facts(sources.day, sources.time, sources.where, sources.hooks),
        *(sop_facts(sources.row, sources.day, sources.where) if sources.row else ()),
        *(fact for campaign in sources.campaigns for fact in campaign_facts(campaign, sources.where)),
        *live_facts(sources.live),
        *(fact for product in sources.products for fact in product_facts(product, sources.lowest)),
        *(knowledge_fact(item) for item in sources.knowledge),
        *(script_fact(item) for item in sources.scripts),
        *brand_facts(sources.brand, sources.persona),
    ]
    return tuple({fact.id: fact for fact in found}.values())


def money(amount: Decimal | None) -> str:
    """Yuan as facts write them: 199, 49.9; empty when there is none."""
    return "" if amount is None else written.decimal_text(amount)


def product_facts(product: Product, lowest: Mapping[int, Decimal] = MappingProxyType({})) -> Iterator[Fact]:
    """A product's cells that are filled in; ``lowest``: 7-day lowest prices worked out from the price history."""
    for name, label, kind in _PRODUCT:
        value, source = _product_value(product, name), cell("商品", name, product.row)
        if name == "lowest_7d" and (found := lowest.get(product.id)) not in (None, product.lowest_7d):
            value, source = money(found), "价格记录"
        if value:
            yield Fact(
                id=f"product.{product.code}.{name}", kind=kind, label=f"{product.name} {label}", value=value, source=source,
            )  # fmt: skip


def _product_value(product: Product, name: str) -> str:
    value = getattr(product, name)
    if isinstance(value, list):
        return "、".join(value)
    return money(value) if value is None or isinstance(value, Decimal) else str(value).strip()


def campaign_facts(campaign: Campaign, where: ZoneInfo) -> Iterator[Fact]:
    """A campaign's cells, and each number, date and price inside its rules, gift and prizes."""

    def fact(name: str, label: str, kind: FactKind, value: str, unit: str = "") -> Iterator[Fact]:
        if value:
            yield Fact(
                id=f"campaign.{campaign.code}.{name}", kind=kind, label=f"{campaign.name} {label}", value=value,
                unit=unit, source=cell("活动", name.split(".")[0], campaign.row),
            )  # fmt: skip

    def moment(at: datetime | None) -> str:
        return at.astimezone(where).isoformat() if at else ""

    words = f"{campaign.rules} {campaign.gift} {campaign.prizes}"
    # 每人限购2瓶 beside 加赠小样2支: a limit counts what its own clause counts.
    limits = " ".join(clause for clause in re.split(r"[，。；！\s]", words) if "限" in clause)

    def count(number: int | None, said: str = words) -> tuple[str, str]:
        return ("", "") if number is None else (str(number), written.unit_of(said, number))

    yield from fact("name", "活动名称", FactKind.name, campaign.name)
    yield from fact("price", "活动价", FactKind.price, money(campaign.price))
    yield from fact("warmup", "预热开始", FactKind.moment, moment(campaign.warmup_at))
    yield from fact("start", "开始", FactKind.moment, moment(campaign.start_at))
    yield from fact("end", "结束", FactKind.moment, moment(campaign.end_at))
    yield from fact("stock", "活动库存", FactKind.amount, *count(campaign.stock))
    yield from fact("limit", "每人限购", FactKind.amount, *count(campaign.limit_per_person, limits))
    yield from fact("products", "商品编码", FactKind.text, "、".join(campaign.products))
    day = campaign.start_at.astimezone(where).date()
    for name, label in (("rules", "规则"), ("gift", "赠品"), ("prizes", "奖品及名额")):
        text = str(getattr(campaign, name)).strip()
        yield from fact(name, label, FactKind.text, text)
        for number, item in enumerate(written.extract(text, day=day, where=where), 1):
            yield from fact(f"{name}.{number}", f"{label}：{item.words}", item.kind, item.value, item.unit)


def live_facts(campaigns: Iterable[Campaign]) -> Iterator[Fact]:
    """What is known only at send time: ``value`` is the key to put between ⟦ and ⟧."""
    told = False
    for campaign in campaigns:
        told = True
        for key, label, unit in _live_keys(campaign):
            yield Fact(
                id=f"live.{key}", kind=FactKind.live, label=f"{campaign.name} {label}", value=key, unit=unit
            )
    if told:
        yield Fact(id="live.as_of", kind=FactKind.live, label="统计时间", value="as_of")


def _live_keys(campaign: Campaign) -> Iterator[tuple[str, str, str]]:
    if campaign.stock is not None:
        unit = written.unit_of(f"{campaign.rules} {campaign.gift}", campaign.stock)
        yield f"campaign_stock:{campaign.code}", "活动余量", unit
    if campaign.gift:
        yield f"gift_stock:{campaign.code}", "赠品余量", gift_unit(campaign)
    yield f"time_left:{campaign.code}", "剩余时间", ""


def gift_unit(campaign: Campaign) -> str:
    """What gifts are counted in: the unit of the last count of the gift cell (…共500份 → 份)."""
    day = campaign.start_at.date()
    items = written.extract(campaign.gift, day=day, where=ZoneInfo("UTC"))
    return next((item.unit for item in reversed(items) if item.kind is FactKind.amount), "")


def live_stage(stage: str | None) -> bool:
    """True for the stages whose texts may tell what is left: from the start to the last call."""
    return stage in _LIVE_STAGES


def sop_facts(row: SopRow, day: date, where: ZoneInfo) -> Iterator[Fact]:
    """The theme as a sentence, then every number an operator wrote in 主题 and 备注, as of ``day``."""
    number = 0
    if row.theme.strip():
        yield _sop_fact(row, day, number, "theme", FactKind.text, row.theme.strip(), "", "主题")
    for name, label in (("theme", "主题"), ("remark", "备注")):
        for item in written.extract(getattr(row, name), day=day, where=where):
            number += 1
            yield _sop_fact(
                row, day, number, name, item.kind, item.value, item.unit, f"{label}：{item.words}"
            )


def _sop_fact(
    row: SopRow, day: date, number: int, name: str, kind: FactKind, value: str, unit: str, label: str
) -> Fact:
    return Fact(
        id=f"theme.{number}.{row.key}.{day.isoformat()}", kind=kind, label=label, value=value, unit=unit,
        source=cell("SOP", name, row.row),
    )  # fmt: skip


def knowledge_fact(item: KnowledgeItem) -> Fact:
    """A knowledge item's answer, retellable."""
    return Fact(
        id=f"knowledge.{item.key}", kind=FactKind.text, label=f"{item.topic}：{item.question}", value=item.answer,
        source=cell("知识", "answer", item.row),
    )  # fmt: skip


def script_fact(item: Script) -> Fact:
    """A reviewed answer, retellable."""
    return Fact(
        id=f"script.{item.key}", kind=FactKind.text, label=f"{item.scene}：{item.question}", value=item.answer,
        source=cell("话术", "answer", item.row),
    )  # fmt: skip


def brand_facts(brand: Brand, persona: Persona | None) -> Iterator[Fact]:
    """Name, nickname, what fans are called, mall, hours and story."""
    values = {
        "name": brand.name, "nickname": persona.nickname if persona else "", "fans": brand.fans,
        "mall_url": brand.mall_url, "hours": f"{brand.hours_from}-{brand.hours_to}", "story": brand.story,
    }  # fmt: skip
    for name, label, kind in _BRAND:
        if values[name]:
            yield Fact(
                id=f"brand.{name}", kind=kind, label=label, value=values[name], source=cell("品牌", name, 1)
            )


def calendar_facts(day: date, wall: str, where: ZoneInfo, hooks: Iterable[str]) -> Iterator[Fact]:
    """The post's own day, weekday and moment, and the names of its day."""
    yield Fact(
        id=f"calendar.day.{day}", kind=FactKind.day, label="日期", value=day.isoformat(), source="日历"
    )
    yield Fact(
        id=f"calendar.weekday.{day}", kind=FactKind.name, label="星期", value=days.weekday(day), source="日历"
    )
    at = zones.place(day, time.fromisoformat(wall), where).instant.astimezone(where)
    yield Fact(
        id=f"calendar.time.{day}T{wall}",
        kind=FactKind.moment,
        label="发送时间",
        value=at.isoformat(),
        source="日历",
    )
    for hook in hooks:
        if hook != days.weekday(day):
            yield Fact(
                id=f"calendar.hook.{day}.{hook}",
                kind=FactKind.name,
                label="节气节日",
                value=hook,
                source="日历",
            )
