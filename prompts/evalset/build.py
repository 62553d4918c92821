"""Briefs from the two invented brands: the same ids for facts as the calendar gives them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import cache
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

from prompts.angles import all_angles
from prompts.brief import (
    LEVELS,
    Brief,
    CampaignSheet,
    Example,
    Fact,
    FactKind,
    Heard,
    Level,
    Note,
    ProductSheet,
    Programme,
    TierSheet,
    Touch,
    Voice,
)
from prompts.fastyaml import safe_yaml

ZONE = "Asia/Shanghai"
BRANDS = ("beauty", "food")
_DAY = datetime(2026, 11, 26, 10, tzinfo=ZoneInfo(ZONE))
_HOURS = {"warm_up": -24, "start": 0, "status": 2, "last_call": -2, "showcase": 40}
_TIERS: dict[Level, tuple[str, str]] = {
    "high": ("老友群", "用法一对一、新品先知道；少打扰"),
    "mid": ("福利群", "福利规则讲透、搭配与用法"),
    "low": ("新芽群", "话题、小游戏、一学就会的小常识"),
}


@cache
def briefs() -> tuple[Brief, ...]:
    """The whole set, in a fixed order: brand by brand, slot by slot, tier by tier."""
    return tuple(
        _brief(brand, number, slot, level)
        for brand in BRANDS
        for number, slot in enumerate(_data(brand)["slots"])
        for level in LEVELS
    )


def complete(kind: str, level: Level) -> Brief:
    """A brief of this kind with every field filled: what lint follows names through."""
    found = next((one for one in briefs() if one.kind == kind and one.tier.level == level), briefs()[0])
    data = _data("beauty")
    launch = _campaign("open", data["campaigns"]["open"])
    heard = Heard(day=date(2026, 11, 20), kind=kind, text="手一天洗七八回，护手霜只涂一回。\n它当然有意见。")
    programme = Programme(at=_DAY, kind="launch", theme="面霜开售")
    return found.model_copy(
        update={
            "kind": kind, "kind_written": "护肤秘籍", "remark": "不放链接", "campaign": launch, "next_launch": launch,
            "stage": "start", "touch": Touch(number=1, of=7, angle="opening", aidma="action"),
            "products": (_product("Q1", data["products"]["Q1"]),), "facts": tuple(_facts(launch, data)),
            "knowledge": _notes(data["knowledge"]), "scripts": _notes(data["scripts"]), "heard": (heard,),
            "best": (heard,), "examples": (Example(kind=kind, text="改后", edited_from="改前"),),
            "today": (programme,), "tomorrow": (programme,), "hooks": ("小雪",), "house_notes": ("结尾不加语气词",),
            "instruction": "短一点", "previous": "上一稿",
        }
    )  # fmt: skip


@cache
def _data(brand: str) -> dict[str, Any]:
    text = resources.files(__package__).joinpath(f"{brand}.yaml").read_text("utf-8")
    loaded: dict[str, Any] = safe_yaml(text)
    return loaded


def _brief(brand: str, number: int, slot: dict[str, Any], level: Level) -> Brief:
    data = _data(brand)
    sheet = data["campaigns"].get(slot.get("campaign"))
    campaign = _campaign(slot["campaign"], sheet) if sheet else None
    following = slot.get("next")
    at = _moment(slot, campaign)
    name, focus = _TIERS[level]
    return Brief(
        post=f"eval:{brand}:{number:02d}:{level}", voice=Voice(**data["voice"]),
        tier=TierSheet(level=level, name=name, focus=focus), kind=slot["kind"], at=at, zone=ZONE,
        lane="confirm" if campaign else "hand_off", theme=slot["theme"], remark=slot.get("remark", ""),
        tags=tuple(data["tags"][level]), campaign=campaign, stage=slot.get("stage"), touch=_touch(slot),
        products=tuple(_product(code, data["products"][code]) for code in (campaign.products if campaign else ())),
        facts=tuple(_facts(campaign, data)), hooks=tuple(slot.get("hooks", ())),
        next_launch=_campaign(following, data["campaigns"][following]) if following else None,
        knowledge=_notes({key: data["knowledge"][key] for key in slot.get("use", data["knowledge"])}),
        scripts=_notes(data["scripts"]),
        today=tuple(
            Programme(at=at.replace(hour=hour, minute=0), kind="tip", theme=theme) for hour, theme in slot.get("today", ())
        ),
    )  # fmt: skip


def _moment(slot: dict[str, Any], campaign: CampaignSheet | None) -> datetime:
    if campaign is None:
        return _DAY
    base = campaign.end_at if slot["stage"] == "last_call" else campaign.start_at
    return base + timedelta(hours=_HOURS[slot["stage"]])


def _touch(slot: dict[str, Any]) -> Touch | None:
    angle = slot.get("angle")
    if not angle:
        return None
    order = list(all_angles())
    return Touch(
        number=min(7, order.index(angle) // 3 + 1), of=7, angle=angle, aidma=all_angles()[angle].aidma
    )


def _product(code: str, fields: dict[str, Any]) -> ProductSheet:
    return ProductSheet(code=code, url=f"https://mall.example.com/p/{code}", **fields)


def _campaign(code: str, fields: dict[str, Any]) -> CampaignSheet:
    moments = {
        name: datetime.fromisoformat(str(fields[name])).replace(tzinfo=ZoneInfo(ZONE))
        for name in ("warmup", "start", "end")
    }
    return CampaignSheet(
        code=code, name=fields["name"], kind=fields["kind"], products=tuple(fields["products"]),
        price=fields.get("price", ""), rules=fields["rules"], warmup_at=moments["warmup"],
        start_at=moments["start"], end_at=moments["end"], stock=fields.get("stock"),
        limit_per_person=fields.get("limit"), gift=fields.get("gift", ""), prizes=fields.get("prizes", ""),
    )  # fmt: skip


def _notes(items: dict[str, dict[str, str]]) -> tuple[Note, ...]:
    return tuple(Note(key=key, **fields) for key, fields in items.items())


def _facts(campaign: CampaignSheet | None, data: dict[str, Any]) -> Iterator[Fact]:
    yield Fact(id="brand.name", kind=FactKind.name, label="品牌名", value=data["voice"]["brand"])
    yield Fact(id="brand.mall_url", kind=FactKind.url, label="官方商城", value=data["voice"]["mall_url"])
    if campaign is None:
        return
    yield from _campaign_facts(campaign, data["campaigns"][campaign.code].get("unit", "份"))
    for code in campaign.products:
        product = _product(code, data["products"][code])
        name = f"product.{code}"
        yield Fact(id=f"{name}.name", kind=FactKind.name, label=f"{product.name} 名称", value=product.name)
        yield Fact(
            id=f"{name}.price", kind=FactKind.price, label=f"{product.name} 日常价", value=product.price
        )
        yield Fact(
            id=f"{name}.lowest_7d", kind=FactKind.price, label="近7日最低成交价", value=product.lowest_7d
        )
        yield Fact(id=f"{name}.url", kind=FactKind.url, label=f"{product.name} 链接", value=product.url)


def _campaign_facts(campaign: CampaignSheet, unit: str) -> Iterator[Fact]:
    name = f"campaign.{campaign.code}"
    yield Fact(id=f"{name}.name", kind=FactKind.name, label="活动名", value=campaign.name)
    if campaign.price:
        yield Fact(id=f"{name}.price", kind=FactKind.price, label="活动价", value=campaign.price)
    yield Fact(id=f"{name}.start", kind=FactKind.moment, label="开始", value=campaign.start_at.isoformat())
    yield Fact(id=f"{name}.end", kind=FactKind.moment, label="结束", value=campaign.end_at.isoformat())
    for part, number in (("stock", campaign.stock), ("limit", campaign.limit_per_person)):
        if number is not None:
            label = "活动库存" if part == "stock" else "每人限购"
            yield Fact(id=f"{name}.{part}", kind=FactKind.amount, label=label, value=str(number), unit=unit)
    if campaign.gift:
        yield Fact(id=f"{name}.gift", kind=FactKind.text, label="赠品", value=campaign.gift)
    yield Fact(id=f"{name}.rules", kind=FactKind.text, label="规则", value=campaign.rules)
    if campaign.stock is not None:
        key = f"campaign_stock:{campaign.code}"
        yield Fact(id=f"live.{key}", kind=FactKind.live, label="活动余量", value=key, unit=unit)
        yield Fact(id="live.as_of", kind=FactKind.live, label="统计时间", value="as_of")
