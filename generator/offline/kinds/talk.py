"""Talk and service: showing what one bought, good night, festivals, group rules, welcome."""

from __future__ import annotations

import re

from generator.offline import grammar, headline, moments, notes, programme
from generator.offline.scene import Scene
from generator.offline.theme import is_column, split


def showcase(scene: Scene) -> None:
    """Slots of a call for honest words."""
    scene.mark("quotes", scene.theme.has(r"摘|反馈|评价|截图"))
    scene.mark("empties", scene.theme.has(r"空瓶|空罐|空盒|空袋|光盘|吃完|用完|喝完"))
    scene.mark("arrived", scene.theme.has(r"到货|收到|开箱|签收|到手"))
    scene.put("ask_points", _asked_points(scene))
    head = _head(scene)
    scene.put("head", head if 4 <= len(head) <= scene.first_line_chars else "")
    sheet = scene.brief.campaign
    several = sheet is not None and len(sheet.products) > 1
    known = scene.get("short") != scene.get("name") or len(scene.get("name")) <= 10
    scene.put("subject", scene.get("short") if known and not several else "")
    scene.mark(
        "photo_show",
        scene.theme.has(r"晒晒|展览|展示|长什么样|照片|合影|角落|书架|罐|桌面")
        and not scene.traits & {"quotes", "empties", "arrived"},
    )
    scene.mark("head_heard", scene.get("head") and scene.memory.opened(scene.get("head")))


def _head(scene: Scene) -> str:
    """The theme as an opening: a column's name stands alone, anything else needs what is asked about it."""
    label, head = scene.theme.label, scene.theme.head
    if not label or is_column(label) or label == head:
        return label or head
    whole = f"{label}：{head}"
    return whole if len(whole) <= scene.first_line_chars else head


def _asked_points(scene: Scene) -> str:
    parts = scene.theme.points or (scene.theme.clauses if scene.theme.label else scene.theme.clauses[1:])
    asked = [p for p in parts if notes.is_question(p) or "会不会" in p]
    return "，".join(p.rstrip("？?") for p in asked[:3])


def good_night(scene: Scene) -> None:
    """Slots of a good night: the theme's small thing, why, and a wish."""
    theme = scene.theme
    content = "，".join(c for c in theme.clauses if not re.search(r"^一句", c))
    label = theme.label
    scene.mark("kind_word", theme.has(r"暖心|夸|感谢|谢谢"))
    scene.mark("preview", theme.has(r"预告|明天|下周") and not content.startswith("把"))
    scene.mark("next_week", theme.has("下周"))
    scene.put("column", label)
    if _EMPTY.search(content):
        content = _habit(scene)
    if content and not scene.traits & {"kind_word"}:
        scene.put("small", content)
        if len(f"{label}：{content}") <= scene.first_line_chars and label:
            scene.put("small_head", f"{label}：{content}")
    elif label and not content and not scene.traits & {"kind_word"}:
        scene.put("small", label)
    scene.mark("small_says_when", re.search(r"睡前|关灯|躺|睡觉|入睡|再睡", content or label))
    scene.mark("worn_small", scene.memory.said(content or label))
    _why(scene, content or label)
    entries = programme.tomorrow(scene)
    if entries:
        clock, said, _ = entries[0]
        scene.put("tomorrow_line", f"明{clock}{said}" if clock.startswith("晚") else f"明天{clock}{said}")
        scene.put(
            "tomorrow_list",
            "\n".join(
                f"{'明' if c.startswith('晚') else '明天'}{c}{s}"
                for c, s, _ in sorted(entries[:3], key=lambda e: e[2].at)
            ),
        )


_EMPTY = re.compile(
    r"(?:一件|三件)?小?事(?:情)?(?:预告)?$|一句话$"
)  # announces something and does not say what


def _habit(scene: Scene) -> str:
    """A small thing of the evening where the theme promises one and names none."""
    habits = grammar.stock("days").get("habits")
    fresh = [
        line
        for line in scene.dice.order(habits if isinstance(habits, list) else [])
        if not scene.memory.said(line)
    ]
    return next(iter(fresh), "")


def _why(scene: Scene, content: str) -> None:
    shelf = notes.Shelf(scene.brief.knowledge)
    wanted = set(notes.grams(content))
    for match in shelf.about(content)[:3]:
        for sentence in notes.sentences(match.note.answer):
            if (
                len(wanted & set(notes.grams(sentence))) >= 2
                and notes.stands_alone(sentence)
                and 8 <= len(sentence) <= 36
                and not scene.memory.said(sentence)
                and "医" not in sentence
            ):
                scene.put("why", sentence, f"knowledge.{match.note.key}")
                return


def festival(scene: Scene) -> None:
    """Slots of a greeting on a solar term, a festival or a trade day."""
    stock = grammar.stock("days").get("hooks")
    named = scene.get("hook")
    for name in stock if isinstance(stock, dict) else ():
        if name in scene.theme.whole:
            named = name
            break
    scene.put("day", named)
    lines = stock.get(named, ()) if isinstance(stock, dict) and named else ()
    fresh = [line for line in scene.dice.order(lines) if not scene.memory.said(line)]
    scene.put("scene_line", (fresh or [*lines, ""])[0])
    wishes = grammar.stock("days").get("wishes")
    if isinstance(wishes, dict) and named in wishes:
        scene.put("wish", scene.dice.pick(wishes[named]))
    terms = grammar.stock("days").get("terms")
    scene.mark("solar_term", isinstance(terms, list) and named in terms)
    found = re.search(r"(手写卡|贺卡|海报|长图|明信片|祝福卡)", scene.brief.theme)
    scene.put("card", found.group(1) if found else "")
    scene.put("head", next(iter(headline.candidates(scene)), "") if not named else "")


def rules(scene: Scene) -> None:
    """Slots of the group's rules: the operator's own list, else the three that hold everywhere."""
    listed = list(scene.theme.points)
    if not listed:
        note = next((n for n in scene.brief.scripts if "群规" in n.answer), None)
        found = re.search(r"群规[^：]{0,6}[：](.+?)。", note.answer) if note else None
        listed = split(found.group(1), "、") if found else []
    for number, rule in enumerate(listed[:5]):
        scene.put(f"rule_{number + 1}", rule)
    word = re.search(r"[\u4e00-\u9fff]规", scene.theme.label)
    scene.put("rules_word", word.group(0) if word else "群规")
    scene.put("rule_line", "、".join(listed[:5]))
    if 2 <= len(listed) <= 5:
        scene.put("rule_count", "零一两三四五"[len(listed)])
        scene.put(
            "rule_list", "\n".join(f"{mark} {rule}" for mark, rule in zip("①②③④⑤", listed, strict=False))
        )
    scene.mark("first_of_month", scene.brief.at.day == 1)
    scene.put("month", f"{moments.dated(scene.brief.at.date()).split('月')[0]}月")


def welcome(scene: Scene) -> None:
    """Slots of the welcome: who speaks, what the group gives, one easy first act, where to find help."""
    note = next(
        (
            n
            for n in scene.brief.scripts
            if re.search(r"券", n.question + n.answer) and re.search(r"新人", n.topic + n.question + n.answer)
        ),
        None,
    )
    if note:
        clauses = split(note.answer, "，。；")
        path = next((c for c in clauses if re.search(r"[「“]", c)), "")
        benefit = next((c for c in clauses if re.search(r"满\d+.*减", c)), "")
        valid = next((c for c in clauses if "有效" in c), "")
        if path and benefit and valid:
            scene.put("newcomer", f"新人券{benefit}，{path}，{valid}", f"script.{note.key}")
    gives = next(
        (
            x
            for n in scene.brief.scripts
            if "入群" in n.topic + n.question
            for x in split(n.answer, "。！")
            if "群里" in x and len(x) <= 48
        ),
        "",
    )
    scene.put("group_gives", gives)
    scene.mark("fits_nick", 0 < len(scene.get("nick")) <= 12)
    scene.put("mute", "嫌吵可以先设免打扰")
