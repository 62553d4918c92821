"""The morning post: a small thing about the day, one useful line, what the group has today."""

from __future__ import annotations

import re

from generator.offline import grammar, notes, programme
from generator.offline.kinds import choosing
from generator.offline.memory import normal
from generator.offline.scene import Scene
from prompts.brief import Note


def prepare(scene: Scene) -> None:
    """Slots of the morning post."""
    scene.mark("one_thing", scene.theme.has(r"只说一件|一件事|一句话|只说一条|一条就够"))
    _season(scene)
    _useful(scene)
    _today(scene)


def _season(scene: Scene) -> None:
    stock = grammar.stock("days")
    pools: list[str] = []
    hook = scene.get("hook")
    named = stock.get("hooks")
    if hook and isinstance(named, dict) and hook in named:
        pools.extend(named[hook])
    if not pools:
        for group in ("weekdays", "seasons"):
            table = stock.get(group)
            if isinstance(table, dict):
                for trait, lines in table.items():
                    if trait in scene.traits:
                        pools.extend(lines)
    fresh = [line for line in scene.dice.order(pools) if not scene.memory.said(line)]
    for number, line in enumerate((fresh or scene.dice.order(pools))[:2]):
        scene.put(("day_line", "day_line_two")[number], line)
    scene.mark("hook_told", hook and hook in scene.get("day_line") + scene.get("day_line_two"))


def _useful(scene: Scene) -> None:
    found = re.search(r"一句(.{1,6}?)(?:小)?(?:提醒|常识|知识|建议)", scene.brief.theme)
    named = found.group(1).strip("小的") if found else ""
    scene.put("useful_label", f"一句{named}" if named else "")
    pool = [note for note in map(notes.harmless, scene.brief.knowledge) if note]
    pool = [note for note in pool if not _told_today(note, scene)] or pool
    launched = set(scene.brief.next_launch.products) if scene.brief.next_launch else set()
    ordered = scene.dice.order(pool)
    ordered.sort(key=lambda note: _fitness(note, launched, scene))
    for note in ordered:
        line = notes.one_liner(note)
        if line and not choosing.told(scene, note):
            scene.put("useful", line, f"knowledge.{note.key}")
            scene.mark("useful_plain", "：" not in line and "？" not in line)
            _useful_full(scene, note)
            return
    worn = sorted(ordered, key=lambda note: scene.memory.wear(map(normal, notes.sentences(note.answer)[:2])))
    heard = next((note for note in worn if notes.one_liner(note)), None)
    if heard:
        scene.put("useful", notes.one_liner(heard), f"knowledge.{heard.key}")
        scene.mark("useful_near", scene.memory.said_near(max(notes.sentences(heard.answer), key=len)))
        _useful_full(scene, heard)


def _told_today(note: Note, scene: Scene) -> bool:
    """True for what a know-how post of today or tomorrow is about: it shall have its say first."""
    coming = [e.theme for e in (*scene.brief.today, *scene.brief.tomorrow) if e.kind in ("tip", "qa")]
    subject = set(notes.grams(note.question))
    return any(len(subject & set(notes.grams(theme))) >= 2 for theme in coming)


def _fitness(note: Note, launched: set[str], scene: Scene) -> int:
    """Lower is better: something to do today, not out of season, near what launches next."""
    text = note.question + note.answer
    seasons = {"winter": "冬", "summer": "夏", "spring": "春", "autumn": "秋"}
    now = next((sign for trait, sign in seasons.items() if trait in scene.traits), "")
    wrong = any(sign in text for sign in seasons.values() if sign != now) and now not in text
    return (
        4 * wrong
        + 2 * (not notes.tells_to_do(note))
        + (not launched & set(note.products))
        - (bool(now) and now in text)
    )


def _useful_full(scene: Scene, note: Note) -> None:
    told = notes.retold(note, 80, question_shown=True)
    if told:
        scene.put("useful_q", notes.asked(note.question), f"knowledge.{note.key}")
        scene.put("useful_full", "".join(told), f"knowledge.{note.key}")
        scene.mark("useful_asks", notes.asked(note.question).endswith("？"))


def _today(scene: Scene) -> None:
    entries = programme.ahead(scene)
    if not entries:
        return
    clock, label, entry = entries[0]
    prize = programme.prize(entry)
    scene.put("today_line", f"{clock}{label}" + (f"，{prize}" if prize else ""))
    scene.put("today_short", f"{_tonight(clock)}{label}")
    if len(entries) > 1:
        other = entries[1][1]
        if other != label:
            first, second = sorted(entries[:2], key=lambda item: item[2].at)
            scene.put("today_two", f"{first[0]}{first[1]}，{second[0]}{second[1]}")
    scene.mark("game_today", entry.kind == "game")
    scene.mark("offer_today", entry.kind in ("launch", "flash_sale", "spend_and_save", "discount"))


def _tonight(clock: str) -> str:
    return f"今{clock}" if clock.startswith("晚") else f"今天{clock}"
