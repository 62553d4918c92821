"""Briefs of the reference workbook's launch and flash sale, written out so that a test can be read alone."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from prompts.brief import Brief, CampaignSheet, Fact, FactKind, Note, ProductSheet, TierSheet, Voice

ZONE = ZoneInfo("Asia/Shanghai")


def at(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=ZONE)


VOICE = Voice(
    brand="沐禾",
    industry="护肤（化妆品）",
    persona="chongfenguan",
    nickname="沐禾宠粉官",
    fans="禾苗",
    mall_url="https://mall.example.com/muhe",
    hours="09:00-22:30",
    forbidden=("最好", "第一名", "唯一", "药妆", "消炎", "零添加", "错过再等一年"),
)
CREAM = ProductSheet(
    code="MH105",
    name="神经酰胺修护面霜",
    spec="50g",
    price="199.00",
    efficacy=("修护", "保湿"),
    filing="粤G妆网备字2026900105",
    selling_points="霜体偏润但不搓泥，三种脂质按比例搭配；罐口有内盖，带专用小勺；不添加香精",
    usage="护肤最后一步，取黄豆大小在掌心温开后按压上脸；干的地方可以再叠一层",
    url="https://mall.example.com/muhe/p/MH105",
    stock=3000,
    evidence="修护：人体功效评价试验，32名受试者，连用28天，报告编号MH-HT-2026-014",
)
MASK = ProductSheet(
    code="MH107",
    name="透明质酸钠保湿面膜",
    spec="25ml×5片",
    price="79.00",
    lowest_7d="69.00",
    efficacy=("保湿",),
    filing="粤G妆网备字2025900107",
    usage="洁面后敷10至15分钟，取下轻按；每周2至3次",
    url="https://mall.example.com/muhe/p/MH107",
)
LAUNCH = CampaignSheet(
    code="launch-mh105",
    name="神经酰胺修护面霜新品开售",
    kind="launch",
    products=("MH105",),
    price="199.00",
    rules="11月26日20:00在官方商城开售，首发价199元即日常价，不划线、不比价。前500单随单加赠修护乳小样10ml×2支，送完为止，余量写在商品页。每人限购2瓶。支持7天无理由退货。",
    warmup_at=at("2026-11-23T09:00"),
    start_at=at("2026-11-26T20:00"),
    end_at=at("2026-11-29T22:00"),
    stock=1500,
    limit_per_person=2,
    gift="神经酰胺修护乳小样10ml×2支，共500份，随单发出",
)
FLASH = CampaignSheet(
    code="flash-mh107",
    name="保湿面膜周六秒杀",
    kind="flash_sale",
    products=("MH107",),
    price="49.00",
    rules="11月28日16:00至22:00，49元一盒（25ml×5片），共800盒，每人限购2盒，售完即止。参考价为近7日最低成交价69元。",
    start_at=at("2026-11-28T16:00"),
    end_at=at("2026-11-28T22:00"),
    stock=800,
    limit_per_person=2,
)
SAVE = CampaignSheet(
    code="save",
    name="岁末换季满减",
    kind="spend_and_save",
    products=("MH101", "MH103"),
    rules="12月2日20:00至12月3日22:00，左列商品实付满299元减40元，同一订单只减一次。",
    start_at=at("2026-12-02T20:00"),
    end_at=at("2026-12-03T22:00"),
)
SHIPPING = Note(
    key="ship", topic="服务", question="多久发货", answer="付款后48小时内发出，发出后一般2到4天到。"
)


def make(**changes: Any) -> Brief:
    """The brief of the launch at its moment, with ``changes``."""
    base: dict[str, Any] = {
        "post": "2026-11-26T20:00/launch/all",
        "voice": VOICE,
        "tier": TierSheet(level="mid", name="福利群"),
        "kind": "launch",
        "at": at("2026-11-26T20:00"),
        "zone": "Asia/Shanghai",
        "lane": "confirm",
        "theme": "神经酰胺修护面霜开售，卡片直接进",
        "products": (CREAM,),
        "campaign": LAUNCH,
        "stage": "start",
        "knowledge": (SHIPPING,),
        "facts": (
            Fact(id="product.MH105.price", kind=FactKind.price, label="面霜 日常价", value="199.00"),
            Fact(id="product.MH105.name", kind=FactKind.name, label="名称", value="神经酰胺修护面霜"),
        ),
    }
    return Brief(**{**base, **changes})


@pytest.fixture
def launch() -> Brief:
    return make()


@pytest.fixture
def flash() -> Brief:
    return make(
        kind="flash_sale", at=at("2026-11-27T20:00"), products=(MASK,), campaign=FLASH, stage="warm_up",
        theme="明天16点面膜秒杀，规则先贴出来", facts=(),
    )  # fmt: skip
