"""Games and talk that ask for one easy act: 接龙, 投票, 猜成分, 猜谜, 打卡, 话题, 答题抽奖."""

from __future__ import annotations

import re
from datetime import datetime

from generator.offline import moments, notes
from generator.offline.kinds import offers, puzzles
from generator.offline.scene import Scene

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


# What the operator's sheet calls the row, where the theme does not say it.
_AS_WRITTEN = {"投票": "vote", "接龙": "chain", "打卡": "checkin", "抽奖": "quiz_draw"}


def prepare(scene: Scene) -> None:
    """Slots of a game."""
    shape = next((name for name, pattern in _SHAPES if scene.theme.has(pattern)), "")
    shape = shape or _AS_WRITTEN.get(scene.brief.kind_written, "topic")
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
        "chain": puzzles.chain,
        "vote": puzzles.vote,
        "ingredients": puzzles.ingredients,
        "riddle": puzzles.riddle,
        "checkin": _checkin,
        "quiz_draw": _draw,
        "lottery": _draw,
    }.get(shape)
    if filler and not filler(scene):
        shape = "topic"
    _topic(scene)
    return shape


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
    found = puzzles.PRIZE.search(scene.theme.whole)
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
    question = theme.ask or next((c for c in theme.clauses if not puzzles.PRIZE.search(c)), "") or theme.label
    asks = [c for c in theme.clauses if notes.is_question(c)]
    if asks:
        question = asks[0]
    if re.search(r"那一?[样个种款道件]", question) and not notes.is_question(question):
        question = f"{question.rstrip('？?')}是什么"
    scene.put("topic_q", notes.asked(question) if notes.is_question(question) else "")
    scene.put("topic", question.rstrip("？?"))
    scene.put(
        "topic_short",
        scene.get("topic") if 4 <= len(scene.get("topic")) <= scene.first_line_chars else "",
    )
    scene.mark("topic_whole", "？" in scene.get("topic_short"))
    scene.mark("topic_says", re.match(r"聊|说|讲|谈|晒|拍|发", scene.get("topic")))
    scene.mark("tale", theme.has(r"一件|一次|一回|经历|故事|糗|往事|第一次|那件|那天|那次"))
    scene.mark("topic_today", theme.has(r"今天|今晚|此刻|现在|这会儿"))
    acts = [c for c in theme.clauses if re.search(r"^(回|发|打|扣|说|晒|拍)", c)]
    scene.put("act", scene.get("act") or (acts[0] if acts else ""))
