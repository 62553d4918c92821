"""Tips and answers: which notes the theme is about, retold in a few lines; asking for questions where the theme collects them."""

from __future__ import annotations

import re

from generator.offline import asks, notes, wishes
from generator.offline.kinds import telling
from generator.offline.scene import Scene
from prompts.brief import Note

_COLLECT = r"征集|收集|有什么想问|来提问|留言提问|把问题|有问必答|尽管问|等你问|提问时间|点题|出题|想聊哪|想问哪|问什么都"
_CONSULT = r"一对一|1对1|私聊|拍给我|发给我看"
_WEEKLY = r"集锦|没来得及|没答完|没回完|没答上|集中答|集中回|一起答|问得多|问得最多|高频问题|本周问题|这周问题|汇总|几个问题|(三|四|五|3|4|5)个问题"
_STORY = r"手记|故事|幕后|为什么改|研发|诞生|怎么来的|为什么做|背后"


def tip(scene: Scene) -> None:
    """Slots of a know-how post."""
    _common(scene)
    if scene.theme.has(_WEEKLY):
        _collection(scene)
    elif scene.theme.has(_STORY) and _story(scene):
        scene.mark("story")
        telling.heads(scene, 0)
    else:
        telling.tell(scene)


def qa(scene: Scene) -> None:
    """Slots of a question-and-answer post."""
    _common(scene)
    if scene.theme.has(_CONSULT):
        scene.mark("consult")
        _consult(scene)
    elif scene.theme.has(_COLLECT):
        scene.mark("collect")
        _collect(scene)
    elif scene.theme.has(_WEEKLY):
        _collection(scene)
    else:
        telling.tell(scene)


def _common(scene: Scene) -> None:
    scene.mark("private", re.search(r"私聊|私信|一对一", scene.brief.remark + scene.brief.theme))
    scene.mark("health", re.search(r"疾病|用药|过敏|医生|转人工", scene.brief.remark))
    scene.mark("attached_table", re.search(r"附.{0,6}(表|清单|图)", scene.brief.theme))
    found = re.search(r"附(?:上|带)?(.{1,6}?(?:表|清单|图))", scene.brief.theme)
    place = re.search(r"(?:放|在|传|上传)(?:到|在)?(群文件|群公告|相册|小程序|评论区)", scene.brief.remark)
    if found and place:
        scene.put("attached", f"{found.group(1)}放在{place.group(1)}了")
    scene.mark("leans", telling.prepares(scene) and scene.get("next_day") not in ("", "今天"))


def _story(scene: Scene) -> bool:
    everything = notes.sentences(scene.brief.voice.story)
    told = [sentence for sentence in everything if not scene.memory.said(sentence)]
    if len(told) < 2 or (told[0] != everything[0] and not notes.stands_alone(told[0])):
        return False
    scene.put("story", "".join(told[:2]))
    if len(told) > 3:
        scene.put("story_two", told[3] if len(told[3]) <= 40 else told[2])
    return True


def _collection(scene: Scene) -> None:
    promised = wishes.count_of(scene.theme.whole) or 3
    told_how = [
        n
        for n in scene.brief.scripts
        if re.search(r"用法|成分|肤质|防晒|质地|口味|吃法|喝法|存放|保存|选购|搭配", n.topic)
    ]
    everything = [n for n in (*scene.brief.knowledge, *told_how) if 4 <= len(n.question) <= 18]
    pool = [n for n in everything if not notes.careful(n)]
    if len(pool) < 2:
        pool = [n for n in everything if not notes.on_care(n.question + n.answer)]
    bullets: list[str] = []
    used: list[Note] = []
    ordered = scene.dice.order(pool)
    ordered.sort(key=lambda note: scene.memory.said(notes.sentences(note.answer)[0]))
    for note in ordered:
        told = notes.retold(note, 44, question_shown=True)
        if told:
            bullets.append(notes.with_question(note, told))
            used.append(note)
        if len(bullets) == min(promised, 4):
            break
    scene.mark("weekly")
    scene.mark("collection")
    if len(bullets) >= 2:
        telling.put_bullets(scene, bullets, used)
    telling.heads(scene, len(bullets) or 1)


def _collect(scene: Scene) -> None:
    found = re.search(r"(?:征集|收集)(.{1,8}?)(?:的)?(?:问题|疑问|困惑)", scene.theme.whole)
    scene.put("subject", found.group(1) if found else "")
    asked = next((c for c in scene.theme.clauses if notes.is_question(c)), scene.theme.ask)
    scene.put("collect_q", notes.asked(asked) if asked else "")
    chosen = next((c for c in scene.theme.clauses if re.search(r"挑|选|抽", c)), "")
    scene.put("chosen", chosen)
    telling.heads(scene, 0)


def _consult(scene: Scene) -> None:
    ask = next((c for c in scene.theme.clauses if re.search(r"拍|发给我|告诉我|说说", c)), "")
    scene.put("consult_ask", ask)
    telling.heads(scene, 0)


def answers(scene: Scene, topics: tuple[str, ...]) -> list[str]:
    """The topics that facts or notes can answer, one line each, with the topic as a label where it is short."""
    lines: list[str] = []
    said: list[str] = []
    for topic in topics:
        fact = asks.from_facts(scene, topic)
        note = None if fact else asks.from_notes(scene, topic)
        told = fact or (note[0] if note else "")
        if told and told not in said:
            said.append(told)
            lines.append(f"{topic}：{told}" if fact and len(topic) <= 5 and topic not in told else told)
    return lines
