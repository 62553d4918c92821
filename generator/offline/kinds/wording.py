"""Small joined pieces that several offer kinds share: what the thing is called, goods with its spec, number lines."""

from __future__ import annotations

import re

from generator.offline import moments
from generator.offline.scene import Scene
from generator.offline.theme import is_column, split

_CLOCK = re.compile(
    r"(今天|明天|今晚|明晚|后天|当天|当晚|本周|这周|周[一二三四五六日末]|下周[一二三四五六日]|\d{1,2}月\d{1,2}日|双\d{1,2}(?=今|明)|早上|上午|中午|下午|晚上?|\d{1,2}\s*[:：]\s*\d{2}|\d{1,2}点半?|[起到]|还有\d+小时|\d+\s*个?小时[后前]?)+"
)
_HOUR = re.compile(r"\d{1,2}\s*[点:：]|第[一二三四五]弹")
_THING = re.compile(
    r"([^，。：；、\d]{0,10}?(?:开售|秒杀|满减|福利日|会员日|折扣|首发|答题抽奖|抽奖|年货节|上新|特价|拼团|囤货日|粉丝节|周年庆|专场|清仓|预售|团购|直降|狂欢节?|活动))"
)
_BY_KIND = {
    "launch": "开售",
    "flash_sale": "秒杀",
    "discount": "折扣",
    "spend_and_save": "满减",
    "member_day": "福利日",
    "game": "抽奖",
}


def gather(scene: Scene) -> None:
    """Fill the shared pieces; called after the kind's own slots."""
    scene.put("thing", thing(scene))
    scene.put("game_word", _game_word(scene))
    if scene.get("name"):
        scene.put("name_line", _name_line(scene), *scene.uses.get("name", ()), *scene.uses.get("spec", ()))
    _theme_lines(scene)
    _filing(scene)
    _offer(scene)
    _rules(scene)
    _answers(scene)


def _theme_lines(scene: Scene) -> None:
    """The theme in its lengths: all of it, its head, and the whole with its label where a first line has room."""
    theme, most = scene.theme, scene.first_line_chars
    plain = "，".join(theme.clauses)
    scene.put("clauses", plain if len(plain) <= 60 else theme.head)
    headed = f"{theme.label}：{theme.head}" if theme.label else plain
    scene.put("theme_head", _first_fit((headed, plain, theme.head), most))
    scene.put("theme_full", _first_fit((f"{theme.label}：{plain}", plain), most) if theme.clauses else "")
    scene.put("theme_short", _said_plainly(scene))
    scene.mark("card_asked", theme.has("卡片"))
    scene.mark("gift_only", theme.has(r"赠品|礼") and not scene.get("price_per"))


def _first_fit(texts: tuple[str, ...], most: int) -> str:
    return next((text for text in texts if 4 <= len(text) <= most), "")


def _filing(scene: Scene) -> None:
    filing = scene.get("filing")
    if filing:
        word = "注册证编号" if "特字" in filing else "备案编号"
        scene.put("filing_line", f"{word}{filing}", *scene.uses.get("filing", ()))
    scene.mark("wants_filing", scene.wishes.filing)
    scene.mark("special_goods", "特字" in filing)


def _offer(scene: Scene) -> None:
    sheet = scene.brief.campaign
    scene.put("begin", "开售" if sheet and sheet.kind == "launch" else "开始")
    scene.mark("wants_threshold", scene.get("threshold"))
    if sheet is None:
        return
    scene.mark("named_goods", len(sheet.products) > 1)
    scene.mark("launches", sheet.kind == "launch" and scene.get("short"))
    scene.put("start_day", moments.day(sheet.start_at.date(), scene.brief.at.date()))
    if scene.theme.has("恢复") and scene.get("daily") and scene.get("price"):
        scene.put("restored", f"结束后恢复日常价{scene.get('daily')}元", *scene.uses.get("daily", ()))


def _said_plainly(scene: Scene) -> str:
    """The theme as a first line, where it is a plain statement: no clock of its own and no list of what follows."""
    theme = scene.theme
    for text in (theme.label if not is_column(theme.label) else "", theme.head):
        if (
            4 <= len(text) <= scene.first_line_chars
            and not _HOUR.search(text)
            and text not in theme.points
            and "、" not in text
        ):
            return text
    return ""


def _name_line(scene: Scene) -> str:
    name, spec = scene.get("name"), scene.get("spec")
    if not spec or spec in name:
        return name
    return (
        f"{name}{spec}"
        if re.match(r"\d", spec) and len(spec) <= 10 and "，" not in spec
        else f"{name}（{spec}）"
    )


def thing(scene: Scene) -> str:
    """What begins or ends, as the operator says it (换季满减, 面膜秒杀), else the goods and the sort of campaign."""
    for text in (scene.theme.head, scene.theme.label):
        found = _THING.search(_CLOCK.sub("，", text))
        named = found.group(1).strip("的") if found else ""
        launching = re.search(r"上新|开售|首发$", named) and "running" in scene.traits
        if 2 <= len(named) <= 12 and named not in ("开售", "活动") and not launching:
            return named
    sheet = scene.brief.campaign
    if sheet is None:
        return ""
    if sheet.kind == "launch" and "running" in scene.traits and scene.get("short"):
        return f"{scene.get('short')}首发活动"
    if sheet.kind in ("launch", "flash_sale", "discount") and scene.get("short"):
        return f"{scene.get('short')}{_BY_KIND[sheet.kind]}"
    return sheet.name if len(sheet.name) <= 12 else _BY_KIND.get(sheet.kind, "活动")


def _game_word(scene: Scene) -> str:
    for text in (scene.theme.whole, scene.brief.campaign.name if scene.brief.campaign else ""):
        found = re.search(r"(答题抽奖|[\\u4e00-\\u9fff]{0,3}抽奖|打卡|接龙|答题)", text)
        if found:
            return found.group(1)
    return ""


def _rules(scene: Scene) -> None:
    sheet = scene.brief.campaign
    rules = sheet.rules if sheet else ""
    fact = f"campaign.{sheet.code}.rules" if sheet else ""
    once = next((c for c in split(rules, "，。；;") if "只减一次" in c), "")
    scene.put("stacking_once", once, fact)
    returns = scene.get("returns")
    scene.put("returns_short", returns if len(returns) <= 46 else "", fact)
    worth = re.search(r"(?:当[日天])售价(\d+(?:\.\d+)?)元", f"{scene.brief.remark}；{rules}")
    scene.put("gift_price", f"当日售价{worth.group(1)}元" if worth else "", fact)
    scene.mark("sent_said", re.search(r"送完|赠完|兑完", scene.get("terms")))
    extra = split(scene.get("extra"), "，")
    scene.put("extra_last", extra[-1] if extra else "")


def _answers(scene: Scene) -> None:
    lines = scene.get("answers").split("\n") if scene.get("answers") else []
    inline = "，".join(line.rstrip("。") for line in lines[:3])
    scene.put("answers_inline", inline if len(inline) <= 70 else "", *scene.uses.get("answers", ()))
    service = [line for line in lines if re.search(r"退|价保|发货|发出|积分|到账", line)]
    scene.put("answers_service", service[0].rstrip("。") if service else "")
