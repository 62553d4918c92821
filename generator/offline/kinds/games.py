"""Games and talk that ask for one easy act: 接龙, 投票, 猜成分, 猜谜, 打卡, 话题, 答题抽奖."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from generator.offline import grammar, moments, names, notes
from generator.offline.kinds import offers
from generator.offline.scene import Scene
from generator.offline.theme import split
from prompts.brief import ProductSheet

_SHAPES: tuple[tuple[str, str], ...] = (
    ("quiz_draw", r"答题|题.{0,6}抽奖"),
    ("ingredients", r"(成分表?|配料表?|原料).{0,4}猜|猜.{0,4}(成分|配料)"),
    ("price_guess", r"猜价格|猜猜?多少钱|猜价"),
    ("riddle", r"猜谜|谜语|谜底|谜题"),
    ("chain", r"接龙"),
    ("checkin", r"打卡|签到"),
    ("vote", r"投票|二选一|三选一|几选一|选一个|还是|哪一派|站队"),
    ("photo", r"晒(?!干|太阳|单)|拍(?!卖)|发图|照片|合影"),
    ("lottery", r"抽奖"),
)
_PRIZE = re.compile(
    r"(?:随机|系统)?(?:随机)?(?:抽取?|选出?|抽出)(\d+|[一二两三四五六七八九十]+)\s*(?:位|名|人|个)[^，。；]{0,6}?(?:送出?|奖励?|得|给)([^，。；]{2,20})"
)


def prepare(scene: Scene) -> None:
    """Slots of a game."""
    shape = next((name for name, pattern in _SHAPES if scene.theme.has(pattern)), "topic")
    if scene.brief.campaign and scene.brief.campaign.prizes:
        shape = "quiz_draw"
    label = scene.theme.label
    scene.put("column", label if label and not notes.is_question(label) else "")
    scene.put("column_word", label if re.search(r"接龙$", label) else "接龙")
    shape = _filled(scene, shape)
    scene.mark(shape)
    _prize(scene)
    _terms(scene)


def _filled(scene: Scene, shape: str) -> str:
    """Fill what the shape needs; a shape whose needs the brief cannot meet becomes a plain topic."""
    filler = {
        "chain": _chain,
        "vote": _vote,
        "ingredients": _ingredients,
        "riddle": _riddle,
        "checkin": _checkin,
        "quiz_draw": _draw,
        "lottery": _draw,
    }.get(shape)
    if filler and not filler(scene):
        shape = "topic"
    _topic(scene)
    return shape


def _chain(scene: Scene) -> bool:
    rule = next((c for c in scene.theme.clauses if not _PRIZE.search(c)), "")
    scene.put("rule", re.sub(r"^接龙[，：]?", "", rule))
    found = re.search(r"[“「\"](.)[”」\"]\s*字", scene.theme.whole)
    idioms = grammar.stock("games").get("idioms")
    if found:
        scene.put("char", found.group(1))
    pool: Sequence[str] = ()
    if isinstance(idioms, dict):
        pool = (
            idioms.get(found.group(1), ())
            if found
            else (idioms.get("any", ()) if "成语" in scene.theme.whole else ())
        )
    fresh = [word for word in scene.dice.order(pool) if not scene.memory.said(word)]
    scene.put("starter", fresh[0] if fresh else "")
    return bool(rule)


def _vote(scene: Scene) -> bool:
    options = vote_options(scene)
    if len(options) < 2:
        return False
    letters = "ABCD"[: len(options)]
    scene.put("options", "  ".join(f"{letter} {text}" for letter, text in zip(letters, options, strict=True)))
    scene.put(
        "options_lines", "\n".join(f"{letter} {text}" for letter, text in zip(letters, options, strict=True))
    )
    scene.put("letters", "或".join(letters) if len(letters) == 2 else "、".join(letters))
    scene.put("vote_q", _vote_question(scene, options))
    return True


def vote_options(scene: Scene) -> list[str]:
    """The options of a vote: what stands around 还是, or a listed 、 enumeration."""
    for clause in (scene.theme.ask, "，".join(scene.theme.clauses), *scene.theme.clauses):
        bare = clause.rstrip("？?")
        if "还是" in bare:
            left, _, right = bare.partition("还是")
            right = split(right, "，。；")[0] if right else ""
            return _around(left.rstrip("，、 "), right.strip("，、 "))
    listed = [p.rstrip("？?") for p in scene.theme.points]
    return listed[:4] if len(listed) >= 2 else []


def _around(left: str, right: str) -> list[str]:
    several = split(left, "，、")
    if len(several) >= 2 and all(len(item) <= 8 for item in several):
        return [*several[:3], right]
    for length in range(min(len(right), 6), 0, -1):
        start = left.rfind(right[:length])
        if start >= 0:
            return [left[start:], right]
    listed = split(left, "，、")
    return [listed[-1][-len(right) - 2 :] if len(listed[-1]) > len(right) + 4 else listed[-1], right]


def _vote_question(scene: Scene, options: Sequence[str]) -> str:
    for clause in (scene.theme.ask, "，".join(scene.theme.clauses)):
        if "还是" in clause:
            before = clause.partition("还是")[0]
            stem = before[: before.rfind(options[0])] if options[0] in before else ""
            stem = stem.strip("，、 ")
            return (
                f"{stem}，选哪个？"
                if len(stem) >= 4
                else clause.replace("，还是", "还是").rstrip("？?") + "？"
            )
    asked = scene.theme.ask or (
        scene.theme.label if not scene.theme.has(f"^{re.escape(scene.theme.label)}$") else ""
    )
    return notes.asked(asked) if asked else ""


def _ingredients(scene: Scene) -> bool:
    scene.put("table_word", "配料表" if "配料" in scene.theme.whole else "成分表")
    _from_table(scene)
    return True


def _from_table(scene: Scene) -> None:
    """Goods whose table may be shown: not the one that launches next. Without any, the picture shows the table."""
    hidden = set(scene.brief.next_launch.products) if scene.brief.next_launch else set()
    pool = [
        p for p in scene.brief.products if p.code not in hidden and len(split(p.ingredients, "、，,")) >= 5
    ]
    product = next((p for p in scene.dice.order(pool) if not scene.memory.said(_riddle_of(p))), None)
    if product is not None:
        scene.put("riddle_list", _riddle_of(product), f"product.{product.code}.ingredients")
        scene.put("riddle_hint", _hint(product))


def _riddle_of(product: ProductSheet) -> str:
    kept = [
        part
        for part in split(product.ingredients, "、，,")
        if not any(part[:3] in product.name for _ in (0,) if len(part) >= 3)
    ]
    return "、".join(kept[:6])


def _hint(product: ProductSheet) -> str:
    clause = next(iter(split(product.selling_points, "；;。，,")), "")
    tail = product.name[-2:]
    return clause if clause and tail not in clause else ""


def _riddle(scene: Scene) -> bool:
    stock = grammar.stock("games").get("riddles")
    about = re.search(r"谜底是(?:一种|一个|一样)?(.{2,8})", scene.theme.whole)
    table = stock if isinstance(stock, dict) else {}
    pool = [
        row
        for key, rows in table.items()
        if not about or about.group(1) in key or key in about.group(1)
        for row in rows
    ]
    if not pool and not about:
        return False
    if not pool:
        industry = names.industry(scene.brief)
        pool = [row for key, rows in table.items() if key.startswith(industry) for row in rows]
    fresh = [row for row in scene.dice.order(pool) if not scene.memory.said(str(row["text"]))]
    if not fresh:
        return False
    scene.put("riddle", str(fresh[0]["text"]))
    scene.put("riddle_kind", f"一个{about.group(1)}" if about else str(fresh[0]["of"]))
    return True


def _checkin(scene: Scene) -> bool:
    found = re.search(r"([一二三四五六七八九十\d]{1,3}天)?([^，：]{2,8}?)(打卡|签到)", scene.theme.whole)
    scene.put("habit", (found.group(2) if found else "").strip("的"))
    scene.put("habit_days", (found.group(1) or "") if found else "")
    scene.put(
        "act", next((c for c in scene.theme.clauses if re.search(r"回|发|打", c) and "打卡第" not in c), "")
    )
    return True


def _draw(scene: Scene) -> bool:
    offers.draw(scene)
    return scene.brief.campaign is not None or scene.theme.has(r"抽|送|奖")


def _prize(scene: Scene) -> None:
    found = _PRIZE.search(scene.theme.whole)
    if not found:
        scene.mark("no_prize", not scene.get("prizes"))
        return
    people, thing = found.group(1), found.group(2).strip()
    scene.put("prize", thing)
    scene.put("people", f"{people}位")
    scene.mark("has_prize_drawn", True)
    scene.mark("among_right", scene.theme.has(r"答对|猜对|猜中"))


def _terms(scene: Scene) -> None:
    """Result time and what a prize is good for, from the remark's facts."""
    kept = []
    for fact in scene.wishes.facts:
        if re.search(r"公布|揭晓|开奖|揭谜", fact):
            scene.put("result", _result(fact, scene))
        elif re.search(r"没有?奖|无奖|不设奖|没有奖品", fact):
            scene.mark("no_prize_said")
        elif re.search(r"算参加", fact):
            scene.put("easy", fact)
        else:
            kept.append(fact)
    scene.put("prize_terms", "，".join(kept[:3]))
    if scene.theme.has(r"没有奖品|无奖"):
        scene.mark("no_prize_said")
    if not scene.get("result"):
        status = next(
            (
                e
                for e in scene.brief.today
                if e.kind == "status"
                and e.at > scene.brief.at
                and re.search(r"结果|公布|谜底|答案|名单", e.theme)
            ),
            None,
        )
        if status:
            scene.put("result", f"{_evening(status.at)}公布")


def _evening(at: datetime) -> str:

    said = moments.clock(at)
    return f"今{said}" if said.startswith("晚") else said


def _result(fact: str, scene: Scene) -> str:
    hour = re.search(r"(\d{1,2})\s*[点:：时](\d{2})?(前)?", fact)
    if not hour:
        return fact.replace("当天", "今天")
    at = scene.brief.at.replace(hour=int(hour.group(1)) % 24, minute=int(hour.group(2) or 0))
    day = "明天" if re.search(r"次日|第二天|明天", fact) else ""
    if day:
        return f"明天{moments.clock(at)}{hour.group(3) or ''}公布"
    return f"{_evening(at)}{hour.group(3) or ''}公布"


def _topic(scene: Scene) -> None:
    theme = scene.theme
    question = theme.ask or next((c for c in theme.clauses if not _PRIZE.search(c)), "") or theme.label
    asks = [c for c in theme.clauses if notes.is_question(c)]
    if asks:
        question = asks[0]
    if re.search(r"那一?[样个种款道件]", question) and not notes.is_question(question):
        question = f"{question.rstrip('？?')}是什么"
    scene.put("topic_q", notes.asked(question) if notes.is_question(question) else "")
    scene.put("topic", question.rstrip("？?"))
    scene.put(
        "topic_short",
        scene.get("topic") if 4 <= len(scene.get("topic")) <= scene.kind.first_line_chars else "",
    )
    acts = [c for c in theme.clauses if re.search(r"^(回|发|打|扣|说|晒|拍)", c)]
    scene.put("act", scene.get("act") or (acts[0] if acts else ""))
