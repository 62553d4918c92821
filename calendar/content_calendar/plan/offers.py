"""A campaign as the planner reads it: its moments, its tiers, its words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from content_calendar import zones
from content_calendar.facts import catalogue, written
from content_calendar.tables import Campaign, Product
from prompts.brief import LEVELS

EVE = time(20, 0)  # a warm-up that names no moment happens the evening before
# What people call an offer of a kind, besides its own name.
KIND_WORDS: Mapping[str, tuple[str, ...]] = {
    "launch": ("开售", "首发", "新品", "上新", "预告"),
    "flash_sale": ("秒杀", "开抢", "限时"),
    "spend_and_save": ("满减", "凑单", "凑"),
    "member_day": ("福利日", "会员日"),
    "game": ("抽奖", "答题", "开奖", "中奖", "领奖"),
    "discount": ("折扣", "直降", "到手价"),
}


@dataclass(frozen=True)
class Offer:
    """One campaign with everything matching looks at. Moments are UTC; ``goods`` are product names."""

    code: str
    id: int
    name: str
    kind: str
    tiers: frozenset[str]
    warmup: datetime
    start: datetime
    end: datetime
    goods: tuple[str, ...]
    price: str
    rules: str
    zone: ZoneInfo

    def day(self, instant: datetime) -> date:
        """The brand's day of an instant."""
        return instant.astimezone(self.zone).date()

    @property
    def first_day(self) -> date:
        """The first day it may be spoken of: its warm-up, or the day before it starts."""
        return min(self.day(self.warmup), self.day(self.start) - timedelta(days=1))

    @property
    def last_day(self) -> date:
        """The last day it is spoken of: the day after it ends."""
        return self.day(self.end) + timedelta(days=1)


def of(campaigns: Iterable[Campaign], products: Mapping[str, Product], zone: ZoneInfo) -> tuple[Offer, ...]:
    """The offers of a brand, in order of their start."""
    return tuple(sorted((_offer(item, products, zone) for item in campaigns), key=lambda item: item.start))


def _offer(campaign: Campaign, products: Mapping[str, Product], zone: ZoneInfo) -> Offer:
    eve = campaign.start_at.astimezone(zone).date() - timedelta(days=1)
    return Offer(
        code=campaign.code, id=campaign.id, name=campaign.name, kind=campaign.kind,
        tiers=frozenset(campaign.tiers or LEVELS),
        warmup=campaign.warmup_at or zones.place(eve, EVE, zone).instant,
        start=campaign.start_at, end=campaign.end_at,
        goods=tuple(products[code].name for code in campaign.products if code in products),
        price=catalogue.money(campaign.price), rules=written.fold(f"{campaign.rules}{campaign.gift}"), zone=zone,
    )  # fmt: skip


_CORE = re.compile(r"[^\u4e00-\u9fff]+")


def mentioned(text: str, name: str) -> str:
    """The words of ``text`` that speak of a product called ``name``, the longest there are; empty for none.

    People shorten from the front: 面霜 is 神经酰胺修护面霜. Two signs count only when they end the name, three when they stand in
    its last four, longer runs anywhere.
    """
    core = _CORE.sub("", name)
    for length in range(min(len(core), len(text)), 1, -1):
        for at in range(len(core) - length, -1, -1):
            if core[at : at + length] in text and _telling(core, at, length):
                return core[at : at + length]
    return ""


def mention(text: str, name: str) -> int:
    """How strongly ``text`` speaks of a product called ``name``: length of the shared words."""
    return len(mentioned(text, name))


def _telling(core: str, at: int, length: int) -> bool:
    tail = len(core) - (at + length)
    return length >= 4 or (length == 3 and tail <= 1) or (length == 2 and tail == 0)


def common(left: str, right: str) -> int:
    """Length of the longest run of signs both texts share."""
    best = 0
    for at in range(len(left)):
        while at + best < len(left) and left[at : at + best + 1] in right:
            best += 1
    return best
