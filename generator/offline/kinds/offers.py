"""Posts around a promotion: teaser, sale, spend-and-save, light reminder, last call."""

from __future__ import annotations

import re
from decimal import Decimal

from generator.offline import baskets, moments, names, notes, numbers, promotion, terms
from generator.offline.kinds import choosing, know_how
from generator.offline.material import said
from generator.offline.scene import Scene
from generator.offline.theme import split
from prompts.brief import CampaignSheet

_TEXTURE = r"质地|肤感|口感|味道|手感|触感|气味"
_INGREDIENTS = r"成分|配料|原料|产地"
_TERMS = r"价格|规则|限购|一次说清|门槛|多少钱|开售|开始|秒杀|满减|折扣"


def teaser(scene: Scene) -> None:
    """Slots of a teaser: what is shown and what is held back."""
    points(scene)
    hidden = re.search(
        r"不(?:露|说|提|报)(?:出)?名|名字?(?:先|暂时)?(?:不|别|保密)|先不说|不剧透|名字保密|猜猜是什么|神秘",
        f"{scene.theme.whole}；{scene.brief.remark}",
    )
    scene.mark("no_name", hidden)
    angle = scene.brief.touch.angle if scene.brief.touch else ""
    asked = scene.theme.whole
    asked_for = len(scene.theme.points) + (len(scene.theme.topics) if promotion.told(scene) else 0)
    if _answered(scene):
        scene.mark("t_answer")
    elif asked_for >= 2 and scene.get("answers"):
        scene.mark("t_points")
    elif scene.get("ingredients") and (
        re.search(_INGREDIENTS, asked) or (angle == "ingredients" and not re.search(_TEXTURE, asked))
    ):
        scene.mark("t_ingredients")
    elif scene.get("texture") and (
        hidden
        or re.search(_TEXTURE, asked)
        or (angle in ("texture", "question") and not re.search(_TERMS, asked))
    ):
        scene.mark("t_texture")
    else:
        scene.mark("t_terms", scene.brief.campaign)
    ask = scene.theme.ask or scene.wishes.ask
    scene.put("ask", notes.asked(ask) if ask else "")
    named = any(word and word in scene.theme.head for word in (scene.get("name"), scene.get("short")))
    fits = 6 <= len(scene.theme.head) <= scene.first_line_chars and "弹" not in scene.theme.head
    hinting = hidden and fits and not named and not re.search(r"不露|不说|只", scene.theme.head)
    scene.put("hint_head", scene.theme.head if hinting else "")
    word = re.search(r"质地|肤感|口感|味道|手感|触感|气味", asked)
    scene.put(
        "feel",
        word.group(0) if word else {"skin": "质地", "food": "口感"}.get(names.industry(scene.brief), "样子"),
    )
    scene.mark("video", scene.theme.has("视频"))
    scene.mark("whole_table", scene.theme.has(r"完整|全表|全成分|先公开|公开"))
    scene.put("table_word", "配料表" if re.search(r"配料", asked) else "成分表")
    _head(scene)


def _answered(scene: Scene) -> bool:
    """True when the theme puts a question that the know-how answers; the text is then about that."""
    asked = scene.theme.head or scene.theme.label
    if not notes.is_question(asked) or scene.theme.points or scene.theme.topics or scene.theme.ask:
        return False
    found = choosing.choose(scene)
    told = notes.retold(found.note, 90, question_shown=True) if found and not found.other else []
    if not told:
        return False
    fact = f"knowledge.{found.note.key}" if found else ""
    scene.put("para", "".join(told[:2]), fact)
    scene.put("para_two", "".join(told[2:]), fact)
    return bool(scene.get("para"))


def sale(scene: Scene) -> None:
    """Slots of a sale that has begun or begins now."""
    points(scene)
    scene.mark("rules_told", promotion.told(scene))
    _extra(scene)
    _head(scene)
    scene.mark("card", scene.theme.has("卡片"))


def reminder(scene: Scene) -> None:
    """Slots of a light reminder: when, and the few things to know before."""
    points(scene)
    scene.mark("rules_told", promotion.told(scene))
    _extra(scene)
    _head(scene)
    scene.mark(
        "rules_first",
        bool(scene.theme.topics)
        or scene.theme.has(r"规则|门槛|算法|怎么凑|算给")
        or len(scene.theme.points) >= 2,
    )
    if scene.get("threshold"):
        _baskets(scene)
    draw(scene)


def draw(scene: Scene) -> None:
    """Slots of a draw's rules, each short: what to do, how often, when it is drawn, what there is to win."""
    sheet = scene.brief.campaign
    if sheet is None or not sheet.prizes:
        return
    fact = f"campaign.{sheet.code}.rules"
    scene.mark("draw")
    plain = re.sub(r"抽奖|活动|开始", "", sheet.name)
    scene.put("game_plain", plain if 2 <= len(plain) <= 10 else "小活动")
    scene.mark("quiz", "题" in scene.theme.whole + sheet.name + sheet.rules)
    clauses = [clause for rule in split(sheet.rules, "。；;") for clause in split(rule, "，,")]
    scene.put(
        "join_what",
        next((c for c in clauses if re.search(r"参与|参加|答完", c) and "人数" not in c), ""),
        fact,
    )
    scene.put("join_often", next((c for c in clauses if re.match(r"每(个账号|人)", c)), ""), fact)
    scene.put("drawn", next((c for c in clauses if "开奖" in c), ""), fact)
    scene.put("list_place", next((c for c in clauses if "名单" in c), ""), fact)
    scene.mark(
        "free_to_join",
        re.search(r"不(需要|用|必)购?买", sheet.rules) and re.search(r"不(需要|用|必)转发", sheet.rules),
    )
    prizes = split(sheet.prizes, "；;")
    named = [p for p in prizes if not re.match(r"共\d", p)]
    worth = f"campaign.{sheet.code}.prizes"
    short = [
        re.sub(r"^([^：]{2,4})：(.+?)(?:（[^）]*）)?\s*(\d+[名份个])$", r"\1 \2，\3", p) for p in named[:4]
    ]
    scene.put("prizes_short", "；".join(short), worth)
    scene.put("odds", next((p for p in prizes if re.match(r"共\d", p)), ""), worth)


def last_call(scene: Scene) -> None:
    """Slots of a last call: the exact end, what is left, where to ask."""
    points(scene)
    _extra(scene)
    _head(scene)
    _next_benefit(scene)
    scene.mark("gift_ends", scene.theme.has(r"赠品|礼") and scene.get("gift"))
    draw(scene)


def spend_and_save(scene: Scene) -> None:
    """Slots of a threshold offer: the rule and worked examples from real prices."""
    points(scene)
    _head(scene)
    _baskets(scene)
    scene.mark("sums_asked", scene.theme.has(r"清单|搭配|两套|组合|例子"))
    scene.mark("small_goods", scene.theme.has(r"怎么凑|只差|还差|差一点|小单品"))


def points(scene: Scene) -> None:
    """The topics the theme promises to explain, each answered in a line where the brief can."""
    topics = (*scene.theme.topics, *scene.theme.points, *scene.wishes.topics)
    if scene.theme.has(r"先看清每人限|限几"):
        topics = (*topics, "限购")
    lines = know_how.answers(scene, topics)
    scene.put("answers", "\n".join(lines), *_facts_of_terms(scene))
    scene.mark("answered", len(lines) >= 2)


def _facts_of_terms(scene: Scene) -> tuple[str, ...]:
    wanted = ("price_per", "stock", "limit", "gift", "span", "suit", "texture")
    return tuple(fact for slot in wanted for fact in scene.uses.get(slot, ()))


def _head(scene: Scene) -> None:
    """The theme's own first clause as an opening, when it says no clock of its own (the campaign's is exact)."""
    head = scene.theme.head
    if head and len(head) <= scene.first_line_chars and not re.search(r"\d{1,2}\s*[点:：]|弹", head):
        scene.put("head", notes.asked(head) if "t_answer" in scene.traits else head)
    scene.put("column", scene.theme.label if re.search(r"弹|期", scene.theme.label) else "")


def _extra(scene: Scene) -> None:
    """Clauses for the reader beyond the first: 不着急的不用管, 之后价格不变."""
    kept = [
        clause
        for clause in scene.theme.clauses[1:]
        if not re.search(r"\d|卡片直接|说声谢谢|余量|剩余|限几|规则|怎么凑|还有多少", clause)
        and len(clause) <= 18
        and not notes.is_question(clause)
    ]
    scene.put("extra", "，".join(kept[:2]))
    scene.mark("thanks", scene.theme.has(r"谢"))


def _next_benefit(scene: Scene) -> None:
    """What the theme says comes tomorrow: the campaign it names, else the entry of that hour in its own words."""
    if not scene.theme.has("明天|明晚"):
        return
    coming, at = scene.brief.next_launch, scene.brief.at
    if coming and coming.start_at > at and _in_short(coming):
        when = moments.spoken(coming.start_at, at)
        scene.put(
            "tomorrow_offer",
            f"{when}：{_in_short(coming)}",
            f"campaign.{coming.code}.rules",
            f"campaign.{coming.code}.start",
        )
        return
    hour = re.search(r"明[天晚]\D{0,3}(\d{1,2})\s*[点:：]", scene.theme.whole)
    for entry in scene.brief.tomorrow:
        told = entry.theme.rstrip("。")
        fits = hour is None or entry.at.hour == int(hour.group(1)) % 24
        if fits and entry.kind in _OFFERS and len(told) <= 40 and not notes.is_question(told):
            scene.put("tomorrow_offer", f"{moments.spoken(entry.at, at)}：{told}")
            return


_OFFERS = ("member_day", "spend_and_save", "flash_sale", "launch", "discount")


def _in_short(sheet: CampaignSheet) -> str:
    """A coming offer in one clause, as far as its rules say it plainly."""
    spend, step = terms.spend(sheet.rules), terms.threshold(sheet.rules)
    if spend and sheet.gift:
        return f"单笔实付满{spend}元，随单送{sheet.gift}"
    if step:
        return f"满{numbers.shown(step[0])}减{numbers.shown(step[1])}"
    return f"{numbers.money(sheet.price)}元" if numbers.money(sheet.price) else ""


def _baskets(scene: Scene) -> None:
    brief = scene.brief
    if brief.campaign is None or "threshold" not in scene.slots:
        return
    words = said(scene)
    in_campaign = [p for p in brief.products if p.code in brief.campaign.products] or list(brief.products)
    priced = []
    for product in in_campaign:
        price = numbers.amount(product.price)
        if price:
            priced.append(
                baskets.Priced(names.called(product.name, words, tuple(p.name for p in in_campaign)), price)
            )
    need, off = Decimal(scene.get("threshold")), Decimal(scene.get("off"))
    facts = tuple(f"product.{p.code}.price" for p in in_campaign)
    built = baskets.build(priced, need, off, count=4)
    built = sorted(built, key=lambda basket: scene.memory.said(basket.sum_line()))[:2]
    for number, basket in enumerate(built):
        scene.derived.update((numbers.shown(basket.total), numbers.shown(basket.paid)))
        scene.put(("basket", "basket_two")[number], f"{basket.sum_line()}，{basket.paid_line()}", *facts)
    small = sorted(priced, key=lambda g: g.price)[:3]
    scene.put("small_list", "、".join(f"{g.name}{numbers.shown(g.price)}元" for g in small), *facts)
    _short_of(scene, priced, need)


def _short_of(scene: Scene, priced: list[baskets.Priced], need: Decimal) -> None:
    """Two goods that almost reach the threshold, and how much is missing."""
    pairs = [(need - a.price - b.price, a, b) for i, a in enumerate(priced) for b in priced[i + 1 :]]
    near = sorted((p for p in pairs if 0 < p[0] <= 60), key=lambda p: p[0])
    if not near:
        return
    missing, first, second = near[0]
    total = first.price + second.price
    scene.derived.update((numbers.shown(total), numbers.shown(missing)))
    pair = f"{first.name}{numbers.shown(first.price)}+{second.name}{numbers.shown(second.price)}={numbers.shown(total)}元"
    scene.put("almost", f"{pair}，还差{numbers.shown(missing)}元")
