"""A promotion as slots: price, span, stock, limit, gift, threshold, how far it has run, and its live tokens."""

from __future__ import annotations

import re
from datetime import datetime

from generator.offline import moments, names, numbers, terms
from generator.offline.scene import Scene
from generator.offline.theme import split
from prompts.brief import CampaignSheet, ProductSheet

_AMOUNT = re.compile(
    rf"[×xX*]?\s*\d+(?:\.\d+)?\s*(?:ml|g|kg|L|克|毫升|厘米|米|[{numbers.UNITS}])?", re.IGNORECASE
)
_SOLD = frozenset({"launch", "flash_sale", "discount"})


def campaign(scene: Scene, sheet: CampaignSheet, product: ProductSheet | None, words: str) -> None:
    """Slots of a campaign, as seen from the moment of the post; ``words`` are the operators' own, for short names."""
    at, key = scene.brief.at, f"campaign.{sheet.code}"
    ruled = terms.read(sheet)
    counted = numbers.unit(product, sheet, scene.brief.theme)
    scene.put("unit", counted)
    scene.put("campaign", sheet.name, f"{key}.name")
    if numbers.money(sheet.price):
        scene.put("price", f"{numbers.money(sheet.price)}元", f"{key}.price")
        scene.put("price_per", f"{numbers.money(sheet.price)}元一{counted}", f"{key}.price")
    scene.put("start", moments.spoken(sheet.start_at, at), f"{key}.start")
    scene.put("end", moments.spoken(sheet.end_at, at), f"{key}.end")
    scene.put("start_exact", moments.written(sheet.start_at, at), f"{key}.start")
    scene.put("end_exact", moments.written(sheet.end_at, at), f"{key}.end")
    scene.put("span", moments.span(sheet.start_at, sheet.end_at, at), f"{key}.start", f"{key}.end")
    sold = (
        sheet.kind in _SOLD
    )  # elsewhere stock and limit count gifts, orders or prizes, and the rules say how
    if sheet.stock and sold:
        scene.put("stock", f"{sheet.stock}{counted}", f"{key}.stock")
    if sheet.limit_per_person and sold:
        scene.put("limit", f"每人限购{sheet.limit_per_person}{counted}", f"{key}.limit")
        scene.put("limit_count", f"{sheet.limit_per_person}{counted}", f"{key}.limit")
    gift(scene, sheet, ruled, key, words)
    scene.put("stacking", ruled.stacking, f"{key}.rules")
    scene.put("returns", ruled.returns, f"{key}.rules")
    scene.put("sold_out", ruled.sold_out, f"{key}.rules")
    _reference(scene, sheet, ruled, product, key)
    _threshold(scene, sheet, key)
    _phase(scene, sheet, at)
    _tokens(scene, sheet, counted)


def told(scene: Scene) -> bool:
    """True when this audience has just been told the campaign's conditions."""
    sheet = scene.brief.campaign
    said = [scene.get(slot) for slot in ("price_per", "limit", "reference", "gift") if scene.get(slot)]
    if sheet and scene.get("threshold"):
        said.append(f"满{scene.get('threshold')}减{scene.get('off')}")
    return len(said) >= 2 and sum(scene.memory.said(words) for words in said) >= 2


def gift(scene: Scene, sheet: CampaignSheet, ruled: terms.Terms, key: str, words: str) -> None:
    """What is given along, how many there are and for whom."""
    parts = split(sheet.gift, "，,；;")
    if not parts:
        return
    scene.put("gift", parts[0], f"{key}.gift")
    total = next((p for p in parts[1:] if re.match(r"(共|限量?|总共)\d+", p)), "")
    scene.put("gift_total", total, f"{key}.gift")
    scene.put("gift_orders", ruled.first_orders, f"{key}.rules")
    bare = _AMOUNT.sub("", parts[0])
    called = bare.strip("×xX* ")
    scene.put("gift_name", called, f"{key}.gift")
    scene.put("gift_short", names.tail(called, words) if len(called) > 2 else called, f"{key}.gift")


def _reference(
    scene: Scene, sheet: CampaignSheet, ruled: terms.Terms, product: ProductSheet | None, key: str
) -> None:
    if ruled.reference:
        scene.put("reference", f"近7日最低成交价{ruled.reference}元", f"{key}.rules")
    elif product and numbers.money(product.lowest_7d) and sheet.price:
        low, now = numbers.amount(product.lowest_7d), numbers.amount(sheet.price)
        if low is not None and now is not None and now < low:
            scene.put(
                "reference", f"近7日最低成交价{numbers.shown(low)}元", f"product.{product.code}.lowest_7d"
            )
    if (
        numbers.money(sheet.price)
        and product
        and numbers.amount(sheet.price) == numbers.amount(product.price)
    ):
        scene.mark("same_price")


def _threshold(scene: Scene, sheet: CampaignSheet, key: str) -> None:
    step = terms.threshold(scene.brief.theme, sheet.rules, sheet.name)
    if step:
        scene.put("threshold", numbers.shown(step[0]), f"{key}.rules")
        scene.put("off", numbers.shown(step[1]), f"{key}.rules")
    scene.put("spend", terms.spend(scene.brief.theme, sheet.rules), f"{key}.rules")


def _phase(scene: Scene, sheet: CampaignSheet, at: datetime) -> None:
    scene.mark("before", at < sheet.start_at)
    scene.mark("opening", 0 <= (at - sheet.start_at).total_seconds() < 1800)
    scene.mark("running", sheet.start_at <= at < sheet.end_at)
    scene.mark("ended", at >= sheet.end_at)
    scene.mark("one_day", sheet.start_at.date() == sheet.end_at.date())
    scene.mark("starts_today", sheet.start_at.date() == at.date())
    scene.mark("ends_today", sheet.end_at.date() == at.date())
    target = sheet.start_at if at < sheet.start_at else sheet.end_at
    left = (target - at).total_seconds() / 3600
    if 0 < left <= 12 and left == int(left):
        which = "campaign." + sheet.code + (".start" if at < sheet.start_at else ".end")
        scene.derived.add(str(int(left)))
        scene.put("hours_left", f"{int(left)}小时", which)


def _tokens(scene: Scene, sheet: CampaignSheet, counted: str) -> None:
    if not sheet.code or re.search(r"[\s⟦⟧]", sheet.code) or len(sheet.code) > 80:
        return
    if sheet.stock and sheet.kind in _SOLD:
        scene.put("stock_live", f"⟦campaign_stock:{sheet.code}⟧{counted}")
    if sheet.gift:
        found = re.search(rf"(?:共|限量?)\s*\d+\s*([{numbers.UNITS}])", sheet.gift)
        scene.put("gift_live", f"⟦gift_stock:{sheet.code}⟧{found.group(1) if found else '份'}")
    scene.put("as_of", "⟦as_of⟧")
