"""From the brief to slots and traits that every kind may use: brand, hour, goods, campaign, link."""

from __future__ import annotations

import re
from datetime import datetime

from generator.offline import moments, names, numbers, terms
from generator.offline.scene import Scene
from generator.offline.theme import split
from prompts.brief import CampaignSheet, ProductSheet

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# The season as it is felt: from the day on which most people change their clothes.
_SEASONS = (((3, 1), "spring"), ((5, 16), "summer"), ((9, 11), "autumn"), ((11, 16), "winter"))


def gather(scene: Scene) -> None:
    """Fill everything that does not depend on the kind."""
    _brand(scene)
    _time(scene)
    _audience(scene)
    product = main_product(scene)
    if product:
        goods(scene, product)
    if scene.brief.campaign:
        campaign(scene, scene.brief.campaign, product)
    _next_launch(scene)
    _link(scene, product)


def _brand(scene: Scene) -> None:
    voice = scene.brief.voice
    scene.put("brand", voice.brand, "brand.name")
    scene.put("nick", voice.nickname)
    scene.put("fans", voice.fans)
    scene.put("hours", voice.hours, "brand.hours")
    trade = names.industry(scene.brief)
    scene.mark(trade)
    drink = trade == "food" and re.search(r"茶|咖啡|饮|奶|酒|果汁", voice.industry)
    scene.put("use", "喝" if drink else ("吃" if trade == "food" else "用"))
    for word in ("绿萝", "猫", "狗", "小本本", "咖啡", "茶", "本子", "烤箱", "仓库", "打包", "货架", "跑步"):
        scene.mark(f"intro_{word}", word in voice.intro)


def _time(scene: Scene) -> None:
    at = scene.brief.at
    scene.put("weekday", moments.weekday(at.date()))
    scene.put("date", moments.dated(at.date()))
    scene.put("clock", moments.clock(at))
    scene.mark(moments.part_of_day(at))
    scene.mark(_DAYS[at.weekday()])
    scene.mark("weekend" if at.weekday() >= 5 else "workday")
    scene.mark(_season(at), _northern(scene.brief.zone))
    if scene.brief.hooks:
        scene.put("hook", next((h for h in scene.brief.hooks if not h.startswith("周")), ""))


def _season(at: datetime) -> str:
    begun = [name for start, name in _SEASONS if (at.month, at.day) >= start]
    return begun[-1] if begun else "winter"


def _northern(zone: str) -> bool:
    return zone.startswith(
        ("Asia/Shanghai", "Asia/Chongqing", "Asia/Urumqi", "PRC", "Asia/Hong_Kong", "Asia/Taipei")
    )


def _audience(scene: Scene) -> None:
    brief = scene.brief
    scene.mark(brief.tier.level)
    scene.mark(f"lane_{brief.lane}")
    scene.mark(f"stage_{brief.stage}", brief.stage)
    if brief.touch:
        scene.mark(f"angle_{brief.touch.angle}")
    for number, sentence in enumerate(scene.wishes.say[:2]):
        scene.put(f"say_{number}", sentence)
    scene.mark(
        "brief_text", 0 < scene.wishes.most_chars <= 80 or scene.wishes.shorter or scene.wishes.compact
    )
    scene.mark("one_sentence", scene.wishes.one_sentence)
    scene.mark("same_for_all", "同价" in brief.remark)
    scene.mark("counted_at", scene.wishes.counted_at)
    scene.mark("masked", scene.wishes.masked)


def said(scene: Scene) -> str:
    """All the operator's own words about this post, in which a short name may be found."""
    brief = scene.brief
    parts = [
        brief.theme,
        brief.campaign.name if brief.campaign else "",
        brief.campaign.rules if brief.campaign else "",
    ]
    told = [f"{note.question} {note.answer}" for note in (*brief.knowledge, *brief.scripts)]
    return "\n".join((*parts, *(entry.theme for entry in (*brief.today, *brief.tomorrow)), *told))


def main_product(scene: Scene) -> ProductSheet | None:
    """The goods this post is about: the one the theme names, else the campaign's first, else none for a talk post."""
    brief = scene.brief
    named = [p for p in brief.products if p.name in brief.theme or names.short(p, brief.theme) != p.name]
    if brief.campaign and brief.campaign.products:
        of_campaign = [p for p in brief.products if p.code in brief.campaign.products]
        return next((p for p in of_campaign if p in named), of_campaign[0] if of_campaign else None)
    if named:
        return max(named, key=lambda p: _overlap(p, brief.theme))
    return brief.products[0] if brief.products and scene.kind.offer and len(brief.products) == 1 else None


def _overlap(product: ProductSheet, theme: str) -> int:
    found = names.short(product, theme)
    return len(product.name) * 2 if product.name in theme else (len(found) if found != product.name else 0)


def goods(scene: Scene, product: ProductSheet) -> None:
    """Slots of one goods."""
    key = f"product.{product.code}"
    scene.put("name", product.name, f"{key}.name")
    scene.put("short", names.short(product, said(scene)), f"{key}.name")
    scene.put("spec", product.spec, f"{key}.spec")
    scene.put("daily", numbers.money(product.price), f"{key}.price")
    points = split(product.selling_points, "；;。，,")
    whole = split(product.selling_points, "；;。")
    scene.put("texture", whole[0] if whole else "", f"{key}.selling_points")
    scene.put("texture_one", points[0] if points else "", f"{key}.selling_points")
    scene.put("texture_two", whole[1] if len(whole) > 1 else "", f"{key}.selling_points")
    scene.put("texture_three", whole[2] if len(whole) > 2 else "", f"{key}.selling_points")
    scene.put("usage", product.usage.rstrip("。"), f"{key}.usage")
    scene.put("usage_one", next(iter(split(product.usage, "；;。")), ""), f"{key}.usage")
    suits = split(product.suitable, "；;。")
    scene.put("suit", suits[0] if suits else "", f"{key}.suitable")
    scene.put("suit_two", suits[1] if len(suits) > 1 else "", f"{key}.suitable")
    scene.mark("suits_people", suits and re.search(r"(人|者|家庭|宝妈|朋友|肌|皮)$", suits[0]))
    cautions = split(product.caution, "；;。")
    scene.put("caution", cautions[0] if cautions else "", f"{key}.caution")
    scene.put("filing", product.filing, f"{key}.filing")
    _ingredients(scene, product, key)


def _ingredients(scene: Scene, product: ProductSheet, key: str) -> None:
    listed = split(product.ingredients.rstrip("。"), "、，,")
    if len(listed) >= 2:
        scene.put("ingredients", "、".join(listed), f"{key}.ingredients")
        if len(listed) > 6:
            scene.put("ingredients_head", "、".join(listed[:6]), f"{key}.ingredients")
        scene.put("ingredients_count", f"{len(listed)}")


_SOLD = frozenset({"launch", "flash_sale", "discount"})


def campaign(scene: Scene, sheet: CampaignSheet, product: ProductSheet | None) -> None:
    """Slots of a campaign, as seen from the moment of the post."""
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
    gift(scene, sheet, ruled, key)
    scene.put("stacking", ruled.stacking, f"{key}.rules")
    scene.put("returns", ruled.returns, f"{key}.rules")
    scene.put("sold_out", ruled.sold_out, f"{key}.rules")
    _reference(scene, sheet, ruled, product, key)
    _threshold(scene, sheet, key)
    _phase(scene, sheet, at)
    _tokens(scene, sheet, counted)


def gift(scene: Scene, sheet: CampaignSheet, ruled: terms.Terms, key: str) -> None:
    """What is given along, how many there are and for whom."""
    parts = split(sheet.gift, "，,；;")
    if not parts:
        return
    scene.put("gift", parts[0], f"{key}.gift")
    total = next((p for p in parts[1:] if re.match(r"(共|限量?|总共)\d+", p)), "")
    scene.put("gift_total", total, f"{key}.gift")
    scene.put("gift_orders", ruled.first_orders, f"{key}.rules")
    bare = re.sub(
        r"[×xX*]?\s*\d+(?:\.\d+)?\s*(?:ml|g|kg|L|克|毫升|片|支|瓶|盒|包|袋|张|份|个|条)?",
        "",
        parts[0],
        flags=re.IGNORECASE,
    )
    called = bare.strip("×xX* ")
    scene.put("gift_name", called, f"{key}.gift")
    scene.put("gift_short", names.tail(called, said(scene)) if len(called) > 2 else called, f"{key}.gift")


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


def _next_launch(scene: Scene) -> None:
    launch, at = scene.brief.next_launch, scene.brief.at
    if launch and launch.start_at > at:
        scene.put("next_day", moments.day(launch.start_at.date(), at.date()), f"campaign.{launch.code}.start")
        scene.mark("next_launch")


_QUIET = {"teaser", "reminder", "game"}  # may carry a link, but only when asked to


def _link(scene: Scene, product: ProductSheet | None) -> None:
    wanted = scene.wishes.link
    if scene.kind.link == "never" or wanted is False or (wanted is None and scene.kind.key in _QUIET):
        return
    sheet = scene.brief.campaign
    single = (
        sheet is not None
        and len(sheet.products) == 1
        and sheet.kind not in ("member_day", "spend_and_save", "game")
    )
    if product and product.url and (single or (sheet is None and product.name in scene.brief.theme)):
        scene.put("url", product.url, f"product.{product.code}.url")
    elif scene.brief.voice.mall_url:
        scene.put("url", scene.brief.voice.mall_url, "brand.mall_url")
