"""From the brief to slots and traits that every kind may use: brand, hour, audience, goods, link."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from generator.offline import audience, guard, moments, names, notes, numbers, promotion
from generator.offline.scene import Scene
from generator.offline.theme import split
from prompts.brief import Brief, ProductSheet

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
        promotion.campaign(scene, scene.brief.campaign, product, said(scene))
    _next_launch(scene)
    _link(scene, product)
    _mentions(scene)


def _mentions(scene: Scene) -> None:
    """What an editor wants mentioned, in the brief's own sentence about it; nothing where the brief has none."""
    for word in scene.wishes.mentions:
        for text, fact in _told(scene.brief):
            sentence = next((s for s in split(text, "。；;！？\n") if word in s), "")
            if sentence and len(sentence) <= 60 and not guard.unfit(sentence, scene.brief):
                scene.mentioned.append((sentence, fact))
                break


def _told(brief: Brief) -> Iterator[tuple[str, str]]:
    """Every text of a brief a sentence may be taken from, with the id of its fact."""
    if brief.campaign:
        yield brief.campaign.rules, f"campaign.{brief.campaign.code}.rules"
        yield brief.campaign.gift, f"campaign.{brief.campaign.code}.gift"
    for product in brief.products:
        for field in ("selling_points", "usage", "suitable", "caution", "ingredients", "spec"):
            yield getattr(product, field), f"product.{product.code}.{field}"
    for sort, items in (("knowledge", brief.knowledge), ("script", notes.for_everybody(brief.scripts))):
        for note in items:
            yield note.answer, f"{sort}.{note.key}"


def _brand(scene: Scene) -> None:
    voice = scene.brief.voice
    scene.put("brand", voice.brand, "brand.name")
    scene.put("nick", voice.nickname)
    scene.put("fans", voice.fans)
    scene.put("hours", voice.hours, "brand.hours")
    trade = names.industry(scene.brief)
    scene.mark(trade)
    scene.mark(
        "used_up", trade != "other" or re.search(r"宠物|母婴|日用|清洁|纸品|洗护|文具", voice.industry)
    )
    drink = re.search(r"茶|咖啡|饮料|饮品|酒|果汁", voice.industry) and not re.search(
        r"烘焙|糕|坚果|零食|饼|生鲜|水果", voice.industry
    )
    drink = trade == "food" and drink
    scene.put("use", "喝" if drink else ("吃" if trade == "food" else "用"))
    scene.mark("drinks", drink)
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
    scene.traits |= audience.traits(brief.tags)
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
    if product.spec and not _USED_UP.search(product.spec):
        scene.traits.discard("used_up")
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
    scene.put("suit", re.sub(r"^适合", "", suits[0]) if suits else "", f"{key}.suitable")
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


def _next_launch(scene: Scene) -> None:
    launch, at = scene.brief.next_launch, scene.brief.at
    if launch and launch.start_at > at:
        scene.put("next_day", moments.day(launch.start_at.date(), at.date()), f"campaign.{launch.code}.start")
        scene.mark("next_launch")


_USED_UP = re.compile(r"\d\s*(?:ml|g|kg|L|升|克|毫升|片|袋|包|抽|粒|支|卷|贴|瓶|罐|盒)", re.IGNORECASE)
_QUIET = {"teaser", "reminder", "game"}  # may carry a link, but only when asked to


def _link(scene: Scene, product: ProductSheet | None) -> None:
    wanted = scene.wishes.link if scene.wishes.link is not None else scene.manner.link
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
