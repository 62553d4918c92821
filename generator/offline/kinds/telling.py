"""Retelling know-how: one note for a question, one bullet a point, a few notes around a statement."""

from __future__ import annotations

import re

from generator.offline import headline, notes, theme, wishes
from generator.offline.kinds import choosing
from generator.offline.scene import Scene
from prompts.brief import Note

_WARNS = re.compile(
    r"别|不要|不能|不可|不建议|倒掉|扔|停|去看|医|小心|除非|否则|太|但|只有|只在"
)  # left out, the rest misleads
_KIN = 0.5  # a note that has less than this share of the nearest one's to do with the theme is about something else
_MORE = 1.6  # how near a second note must be to be told beside the first


def prepares(scene: Scene, note: Note | None = None) -> bool:
    """True when the post prepares the ground for a launch: its row says so, or its note is about the goods to come."""
    launch = scene.brief.next_launch
    if launch is None or launch.kind != "launch":
        return False
    return bool(re.search(r"铺垫|垫一句|预热", scene.brief.remark)) or bool(
        note and set(note.products) & set(launch.products)
    )


def tell(scene: Scene) -> None:
    """Fill a know-how text about the theme: bullets where it lists or promises several things, else one note."""
    bullets, used = _listed(scene)
    if len(bullets) >= 2 and not _told_before(scene, used):
        put_bullets(scene, bullets, used)
        heads(scene, len(bullets))
        return
    _single(scene)


def _told_before(scene: Scene, used: list[Note]) -> bool:
    """True when this list was told lately: its row has come round again, or one text held most of it."""
    if not any(choosing.told(scene, note) for note in used):
        return False
    lines = [notes.sentences(note.answer)[0] for note in used]
    return choosing.came_before(scene) or scene.memory.together(lines)


def _listed(scene: Scene) -> tuple[list[str], list[Note]]:
    said = scene.theme
    bullets, used = _by_points(scene)
    promised = wishes.count_of(said.whole) or 0
    if len(bullets) < 2 and promised >= 2 and not said.points:
        return _several(scene, min(promised, 4))
    if len(bullets) < 2 and not notes.is_question(said.head) and not notes.is_question(said.label):
        return _gathered(scene)
    return bullets, used


def _by_points(scene: Scene) -> tuple[list[str], list[Note]]:
    """One bullet a point that a note answers; the theme's own subject decides between notes."""
    shelf = choosing.usual(scene)
    most = {"high": 60, "mid": 50, "low": 30}[scene.brief.tier.level]
    bullets: list[str] = []
    used: list[Note] = []
    for point in scene.theme.points[:5]:
        found = _point_note(scene, shelf, point, used)
        told = notes.retold(found, most, question_shown=True) if found else []
        if found and told:
            answer = "".join(told)
            bullets.append(
                f"{_bare(point)}：{answer.replace('：', '，', 1) if '：' in answer[:8] else answer}"
            )
            used.append(found)
    return bullets, used


def _point_note(scene: Scene, shelf: notes.Shelf, point: str, used: list[Note]) -> Note | None:
    subject = scene.theme.label or scene.theme.whole
    keys = _POINT_WORDS.get(_bare(point), "") or _key_pattern(point)
    codes = {product.code for product in scene.brief.products}
    best: tuple[float, Note] | None = None
    subject_pairs = set(notes.grams(subject))
    for note in shelf.notes:
        if note in used:
            continue
        in_question, in_answer = bool(re.search(keys, note.question)), bool(re.search(keys, note.answer))
        shared = len(subject_pairs & set(notes.grams(note.question)))
        if not (in_question or in_answer) or (
            scene.theme.label and not shared and not codes & set(note.products)
        ):
            continue
        score = 3 * in_question + in_answer + 2 * shared + (0.5 if codes & set(note.products) else 0)
        if score > 2 and (best is None or score > best[0]):
            best = (score, note)
    return best[1] if best else None


def _key_pattern(point: str) -> str:
    pairs = list(notes.grams(_bare(point)))
    return "|".join(map(re.escape, pairs)) or re.escape(_bare(point))


_POINT_WORDS = {
    "时间": r"多久|分钟|小时|时间|什么时候",
    "次数": r"几次|一周|每天|多久一次",
    "用量": r"用多少|几滴|大小|用量|克|用几",
    "先后顺序": r"先后|顺序",
    "顺序": r"先后|顺序",
    "温度": r"水温|温度|多热",
    "水温": r"水温|温度|多热",
    "保存": r"保存|存放|怎么放|冷藏|开封",
    "存放": r"保存|存放|怎么放|冷藏|开封",
    "分量": r"多少|几颗|几克|一把|用量",
}


def _bare(point: str) -> str:
    return re.sub(r"^(?:和|与|怎么)", "", point.strip("“”？?。 "))


def _several(scene: Scene, promised: int) -> tuple[list[str], list[Note]]:
    """As many notes on the theme's own subject as it promises, each with its question."""
    bullets: list[str] = []
    used: list[Note] = []
    matches = choosing.usual(scene).about(scene.theme.whole, [p.code for p in scene.brief.products])
    least = matches[0].on_question * _KIN if matches else 0.0
    for match in matches:
        if match.on_question < least:
            continue
        if match.score < choosing.NEAR or match.on_question == 0 or len(bullets) >= promised:
            break
        told = notes.retold(match.note, 44, question_shown=True)
        if told:
            bullets.append(notes.with_question(match.note, told))
            used.append(match.note)
    return bullets, used


def _gathered(scene: Scene) -> tuple[list[str], list[Note]]:
    """For a theme that states something: the nearest note, and one or two more that are almost as near and not told lately."""
    matches = [match for match in choosing.usual(scene).about(scene.theme.whole) if match.on_question > 0]
    if not matches or matches[0].score < choosing.NEAR:
        return [], []
    least = max(choosing.NEAR, matches[0].score * 0.6)
    near = [
        m
        for m in matches[1:6]
        if m.score >= least and not scene.memory.said(notes.sentences(m.note.answer)[0])
    ]
    bullets: list[str] = []
    used: list[Note] = []
    for match in (matches[0], *near[:2]):
        told = notes.retold(match.note, 46, question_shown=True)
        if told:
            bullets.append(notes.with_question(match.note, told))
            used.append(match.note)
    return bullets, used


def put_bullets(scene: Scene, bullets: list[str], used: list[Note]) -> None:
    """At most four bullets, with one sort of mark."""
    most = max(2, min(len(bullets), 4))
    kept = bullets[:most]
    marks = scene.dice.pick((("· ",) * 4, ("① ", "② ", "③ ", "④ "), ("",) * 4))
    lines = [f"{mark}{bullet}" for mark, bullet in zip(marks, kept, strict=False)]
    scene.put(
        "bullets",
        "\n".join(lines),
        *(f"knowledge.{note.key}" for note in used[:most]),
        *(f"script.{note.key}" for note in used[:most]),
    )
    scene.mark("multi")


def _single(scene: Scene) -> None:
    scene.put("flow", flow(scene))
    choice = choosing.choose(scene)
    heads(scene, 1)
    if choice is None:
        _put_product_use(scene)
        scene.mark("thin")
        return
    note = choice.note
    if choice.form == "retold":
        scene.drop("flow")
    scene.mark("single")
    scene.mark(choice.form)
    _put_heads_of(scene, choice)
    scene.mark("leans", prepares(scene, note) and scene.get("next_day") not in ("", "今天"))
    shown = not scene.theme.whole or (notes.is_question(scene.get("head")) and _same(scene, note))
    told = notes.sentences(note.answer)
    if not shown and told and not notes.stands_alone(told[0]):
        scene.put("lead_q", notes.asked(note.question))
    _put_told(scene, note, shown or "lead_q" in scene.slots)
    _put_more(scene, note)
    size = sum(len(scene.get(slot)) for slot in ("head", "para", "para_two", "more", "more_q"))
    scene.mark("still_short", size + 14 < scene.kind.min_chars)


def _same(scene: Scene, note: Note) -> bool:
    """True when the theme asks what the note answers, so that its answer needs no question of its own."""
    asked = set(notes.grams(scene.theme.whole.replace("、", ""))) | set(notes.grams(scene.get("head")))
    return bool(asked & set(notes.grams(note.question))) or len(note.question) <= 4


def _put_heads_of(scene: Scene, choice: choosing.Choice) -> None:
    """The question of the note as a first line, and instead of the theme where the note answers another one."""
    asked, topic = notes.asked(choice.note.question), choice.note.topic
    scene.mark("theme_or", scene.theme.has(r"还是|要不要|哪[一种个]"))
    scene.put("q", asked, f"knowledge.{choice.note.key}")
    scene.put("topic", topic if len(topic) <= 6 else "")
    if choice.other or not scene.get("head"):
        scene.put("head", asked)
        scene.drop("head_two", "head_bare", "hint", "flow")
        scene.traits.discard("head_heard")
        scene.mark("head_asks", asked.endswith("？"))


def _put_told(scene: Scene, note: Note, question_shown: bool) -> None:
    fact = (f"knowledge.{note.key}", f"script.{note.key}")
    room = scene.room - len(scene.get("head") or note.question) - 2
    most = {"high": 120, "mid": 110, "low": 72}[scene.brief.tier.level]
    told = notes.retold(note, max(30, min(room, most)), question_shown=question_shown)
    told = told or notes.retold(note, max(30, room), question_shown=question_shown)
    if not told:
        return
    cut = 1 if len(told) == 2 else (2 if len(told) > 2 else 1)
    if len(told) > 1 and len(told[0]) <= 8:
        cut = 2
    _put_steps(scene, told, fact)
    gist = told[0] if len(told[0]) >= 10 or len(told) == 1 else "".join(told[:2])
    scene.put("gist", gist, *fact)
    scene.mark("short_gist", len(gist) + len(scene.get("q")) + 32 < scene.kind.min_chars)
    lead = _walked(scene, note)
    scene.put("para", lead + "".join(told[:cut]), *fact)
    scene.put("para_two", "".join(told[cut:]), *fact)
    scene.mark("para_colon", "：" in scene.get("para")[:14])
    scene.mark("para_reply", told and notes.is_reply(told[0]))
    scene.mark("para_acts", told and not notes.is_reply(told[0]) and notes.is_action(told[0]))
    scene.mark(
        "para_two_acts",
        len(told) > cut and any(notes.is_action(s) for s in told[cut:]) and not notes.is_action(told[0]),
    )
    scene.mark("para_two_warns", any(_WARNS.search(sentence) for sentence in told[cut:]))
    scene.mark("short_para", len(scene.get("para")) < 14)
    scene.mark("needs_more", len(scene.get("para")) + len(scene.get("head")) + 14 < scene.kind.min_chars)
    scene.mark("actionable", any(notes.is_action(sentence) for sentence in told))


def _put_steps(scene: Scene, told: list[str], fact: tuple[str, ...]) -> None:
    """Two to four sentences as numbered steps, where they are things to do in an order."""
    acts = [notes.is_action(sentence) for sentence in told]
    if 2 <= len(told) <= 4 and sum(acts) >= 2 and acts[0] and not notes.is_reply(told[0]):
        marked = (f"{mark} {sentence.rstrip('。')}" for mark, sentence in zip("①②③④", told, strict=False))
        scene.put("steps", "\n".join(marked), *fact)


def _walked(scene: Scene, note: Note) -> str:
    """The one point of a walk that the note is about, as a label."""
    if not scene.get("flow"):
        return ""
    text = note.question + note.answer
    point = next((p for p in scene.theme.points if set(notes.grams(p)) & set(notes.grams(text))), "")
    return f"{point}这一步：" if point else ""


def _put_more(scene: Scene, note: Note) -> None:
    about = f"{scene.theme.whole} {note.question}"
    near = [m.note for m in choosing.shelf(scene).about(about, note.products)[:4] if m.score >= _MORE]
    kin = [other for other in scene.brief.knowledge if other.topic == note.topic and other not in near]
    for other in (*near, *kin):
        line = "" if other.key == note.key or notes.careful(other) else notes.one_liner(other, 40)
        if line and not choosing.told(scene, other) and line not in scene.get("para") + scene.get("para_two"):
            scene.put("more_q" if "？" in line or "：" in line else "more", line, f"knowledge.{other.key}")
            return


def _put_product_use(scene: Scene) -> None:
    if scene.get("usage") and re.search(r"用|涂|敷|吃|泡|煮|喝|法", scene.theme.whole):
        scene.put("para", f"{scene.get('usage')}。", *scene.uses.get("usage", ()))


def heads(scene: Scene, delivered: int) -> None:
    """The theme as a first line, in one to three shapes."""
    lines = headline.candidates(scene, delivered)
    fresh = [line for line in lines if not scene.memory.opened(line)] or lines
    scene.mark("head_heard", bool(lines) and scene.memory.opened(lines[0]))
    scene.put("head_bare", fresh[0] if fresh and "：" not in fresh[0] else scene.theme.head)
    if fresh:
        scene.put("head", fresh[0])
        scene.put("head_two", next((x for x in fresh[1:] if len(x) >= 0.6 * len(fresh[0])), ""))
    scene.mark("head_asks", fresh and fresh[0].endswith("？"))
    said = scene.theme
    if said.label and notes.is_question(said.label) and said.clauses:
        scene.put("hint", said.clauses[0])
    if theme.is_column(said.label):
        scene.put("column", said.label)


def flow(scene: Scene) -> str:
    """The points of a theme as a walk: 泡脚 → 热敷 → 抹身体."""
    points = scene.theme.points
    walk = scene.theme.has(r"流程|步骤|顺序|一套|慢护理|一条龙")
    return " → ".join(points) if walk and 2 <= len(points) <= 5 and all(len(p) <= 8 for p in points) else ""
