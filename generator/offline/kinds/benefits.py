"""Benefit days without a campaign row, and the short news of how things stand."""

from __future__ import annotations

import re
from decimal import Decimal

from generator.offline import asks, baskets, names, notes, numbers, terms
from generator.offline.kinds import offers
from generator.offline.material import said
from generator.offline.scene import Scene
from generator.offline.theme import split
from prompts.brief import Note

_GIVES = re.compile(r"(满\s*\d+|下单|买|购|带|拍).*(送|减|赠)|送.{2,}|券|礼|立减|免费|打.折|第二件")
_QUOTA = re.compile(r"^(?:限量?|共|总共|仅|每人|每天)\s*(?:限领?)?\s*[\d一两]+")
_RESULT = r"结果|名单|公布|公示|谜底|答案|揭晓|中奖|获奖"
_STOCK = r"余量|还剩|剩余|库存|售罄|还有多少|剩多少|剩下"
_SHIPPING = r"发货|物流|快递|配送|到货"


def member_day(scene: Scene) -> None:
    """Slots of a benefit: what is given, how many, on what terms, where to take it."""
    offers.points(scene)
    clauses = list(scene.theme.clauses)
    benefit = next((c for c in clauses if _GIVES.search(c)), "")
    quota = next((c for c in clauses if _QUOTA.match(c) and c != benefit), "")
    scene.put("benefit", _spaced(re.sub(r"^(?:周[一二三四五六日末]|今[天晚])", "", benefit)))
    scene.mark("gives", re.search(r"送|赠", benefit))
    scene.put("benefit_bare", scene.get("benefit").removesuffix("优惠券").removesuffix("券"))
    scene.put("quota", quota)
    rest = [
        c
        for c in clauses
        if c not in (benefit, quota)
        and not notes.is_question(c)
        and not re.search(r"当天公布|当日公布|开放", c)
    ]
    scene.put("extra", "，".join(rest[:2]))
    scene.mark("trial", not benefit and scene.theme.has(r"试吃|试用|试饮|试喝|试穿|试戴|小样|体验|名额|招募"))
    scene.mark("coupon", scene.theme.has(r"券"))
    scene.mark("exchange", scene.theme.has(r"兑换|积分"))
    scene.mark("unnamed_amount", scene.theme.has(r"当[天日]公布|页面为准"))
    scene.mark("stock_asked", scene.theme.has(_STOCK) and scene.brief.campaign)
    column = re.sub(r"^周[一二三四五六日]", "", scene.theme.label)
    scene.put("column", scene.theme.label if column else "")
    benefit, facts = _with_spec(scene.get("benefit"), scene.wishes.facts)
    scene.put("benefit", benefit)
    scene.put("terms", "，".join(facts[:3]))
    _spend(scene)
    _path(scene)
    _from_rules(scene)


def _with_spec(benefit: str, facts: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """送润唇膏试用装 and 试用装1g as 送润唇膏试用装1g: the law wants the size of a gift beside its name."""
    for fact in facts:
        found = re.fullmatch(r"(.{1,8}?)(?:为|是|：)?(\d+(?:\.\d+)?\s*(?:g|kg|ml|L|克|毫升|片))", fact)
        if found and benefit.endswith(found.group(1)):
            return benefit + found.group(2), tuple(other for other in facts if other != fact)
    return benefit, facts


def _spaced(benefit: str) -> str:
    """水乳一起带送面膜2片 → 水乳一起带，送面膜2片."""
    if benefit.startswith("满") or "，" in benefit:
        return benefit
    return (
        re.sub(r"(?<=[\u4e00-\u9fff])(?<!赠)(?<!加)(?<!礼)(送(?!货|礼|人|完|给))", r"，\1", benefit, count=1)
        if not benefit.startswith("送")
        else benefit
    )


def _spend(scene: Scene) -> None:
    found = terms.spend(scene.brief.theme) or scene.get("spend")
    scene.put("spend", found)
    if found and scene.theme.has("凑"):
        _how_to_reach(scene, Decimal(found))


def _how_to_reach(scene: Scene, need: Decimal) -> None:
    """A basket of real goods that reaches the threshold of a gift, without the gift itself."""
    words = said(scene)
    goods = [p for p in scene.brief.products if p.name not in (scene.get("gift_name"), scene.get("name"))]
    others = tuple(p.name for p in goods)
    priced = [
        baskets.Priced(names.called(p.name, words, others), price)
        for p in goods
        if (price := numbers.amount(p.price))
    ]
    for basket in baskets.build(priced, need, Decimal(0), count=1):
        scene.derived.add(numbers.shown(basket.total))
        scene.put("basket_spend", basket.sum_line(), *(f"product.{p.code}.price" for p in goods))


def _path(scene: Scene) -> None:
    """Where the benefit is taken, as the brand's own scripts and know-how say it: 小程序「我的-优惠券」."""
    wanted = (
        r"券" if scene.theme.has("券") else (r"积分|兑" if scene.theme.has(r"积分|兑") else r"福利|赠品|领取")
    )
    for note in (*scene.brief.scripts, *scene.brief.knowledge):
        found = re.search(
            r"(?:在|进|打开|到)?((?:小程序|会员中心|公众号|商城|APP)[^，。；]{0,6}[「“][^」”]{2,16}[」”]|会员中心-[\u4e00-\u9fff]{2,8})",
            note.answer,
        )
        if found and re.search(wanted, note.question + note.topic + note.answer):
            scene.put("path", _quoted(found.group(1)), _key(note, scene))
            _path_rest(scene, note)
            return


def _quoted(path: str) -> str:
    return path if "「" in path or "“" in path else f"「{path}」"


def _key(note: Note, scene: Scene) -> str:
    return f"script.{note.key}" if note in scene.brief.scripts else f"knowledge.{note.key}"


def _path_rest(scene: Scene, note: Note) -> None:
    clauses = split(note.answer, "，。；")
    kept = [c for c in clauses if re.search(r"有效|一个账号|每人|不找零|不补", c) and len(c) <= 16]
    said = scene.get("terms")
    fresh = [c for c in kept if not ("有效" in c and "有效" in said)]
    scene.put("path_terms", "，".join(fresh[:2]), _key(note, scene))


def _from_rules(scene: Scene) -> None:
    sheet = scene.brief.campaign
    if sheet is None:
        return
    clauses = split(sheet.rules, "，。；;")
    per = next((c for c in clauses if re.search(r"每(个账号|人)限?\d", c)), "")
    scene.put("per_account", per, f"campaign.{sheet.code}.rules")
    back = next((s for s in split(sheet.rules, "。；;") if "退" in s), "")
    scene.put("returns", back, f"campaign.{sheet.code}.rules")


def status(scene: Scene) -> None:
    """Slots of a piece of news: live numbers where there is a source, else when and where the news comes."""
    scene.mark("result", scene.theme.has(_RESULT))
    scene.mark("stock_news", scene.theme.has(_STOCK))
    scene.mark("gift_news", scene.theme.has(r"赠品|小样|试吃|试用|试饮|礼"))
    scene.mark("goods_news", not scene.theme.has(r"^[^，、和]{0,8}赠品"))
    scene.mark("first_night", scene.theme.has(r"首晚|第一夜|第一晚"))
    scene.mark("thanks", scene.theme.has(r"谢"))
    if scene.theme.has(_SHIPPING):
        found = asks.from_notes(scene, "多久发货 什么时候发货 快递", most=46)
        if found and re.search(r"发出|发货|寄出|送达", found[0]):
            if scene.memory.said(split(found[1].answer, "，。")[0]):
                scene.put(
                    "shipping_again", notes.sentences(found[1].answer)[0].rstrip("。"), _key(found[1], scene)
                )
            else:
                scene.put("shipping", found[0], _key(found[1], scene))
        scene.mark("shipping_asked")
    offers.draw(scene)
    scene.mark("vote_game", scene.theme.has("投票|二选一|派系|几票"))
    scene.mark("chain_game", scene.theme.has("接龙"))
    _game_news(scene)
    _draw_news(scene)


def _game_news(scene: Scene) -> None:
    """What is known of the game whose result this is: its name and its prize, from today's programme."""
    games = [e for e in reversed(scene.brief.today) if e.kind == "game" and e.at <= scene.brief.at]
    word = re.search(r"接龙|投票|猜谜|谜底|打卡|答题|成分表|配料表|猜价格", scene.theme.whole)
    game = next(
        (e for e in games if word and word.group(0)[:2] in e.theme), games[0] if games and not word else None
    )
    text = f"{game.theme if game else ''}；{scene.brief.theme}；{scene.brief.remark}"
    found = re.search(r"送(\d+积分|[^，。；]{2,12})", game.theme) if game else None
    scene.put("prize", found.group(1) if found else "")
    title = re.match(r"(.{1,8}?)(结果|名单|公布|谜底|答案)", scene.theme.label or scene.theme.head)
    scene.put("game", title.group(1).strip("：") if title else "")
    valid = re.search(
        r"积分(\d+天)有效|到账起(\d+天)有效", "；".join([text, *(n.answer for n in scene.brief.knowledge)])
    )
    if valid and "积分" in text:
        scene.put("points_valid", f"到账起{valid.group(1) or valid.group(2)}内有效")
    exchange = re.search(r"(\d+分?)换(\d+元券)", "；".join(n.answer for n in scene.brief.knowledge))
    if exchange and "积分" in text:
        scene.put("points_use", f"{exchange.group(1)}换{exchange.group(2)}")


def _draw_news(scene: Scene) -> None:
    sheet = scene.brief.campaign
    if sheet is None or not sheet.prizes:
        return
    rules = split(sheet.rules, "。；;")
    fact = f"campaign.{sheet.code}.rules"
    scene.put("claim", next((s for s in rules if re.search(r"获奖者|领奖|中奖者", s)), ""), fact)
    deadline = re.search(r"(\d{1,2}月\d{1,2}日)\s*(\d{1,2}[:：]\d{2}|\d{1,2}点)?前", scene.get("claim"))
    if deadline:
        scene.put("claim_by", deadline.group(0).rstrip("前"), fact)
