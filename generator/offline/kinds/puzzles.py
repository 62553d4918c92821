"""Games with something to solve: a chain, a vote, a table of ingredients, a riddle. Each says whether the brief has enough for it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from generator.offline import grammar, names, notes
from generator.offline.scene import Scene
from generator.offline.theme import split
from prompts.brief import ProductSheet

PRIZE = re.compile(
    r"(?:随机|系统)?(?:随机)?(?:抽取?|选出?|抽出)(\d+|[一二两三四五六七八九十]+)\s*(?:位|名|人|个)[^，。；]{0,6}?(?:送出?|奖励?|得|给)([^，。；]{2,20})"
)


def chain(scene: Scene) -> bool:
    """接龙: its rule, and a first link when the theme names a sign or idioms at all."""
    said = [clause for clause in scene.theme.clauses if not PRIZE.search(clause)]
    rule = next((text for text in ("，".join(said[:2]), *said) if len(text) <= 30), "")
    scene.put("rule", re.sub(r"^接龙[，：]?", "", rule))
    signs = re.findall(r"[“「\"](.)[”」\"]", scene.theme.whole)
    found = re.search(r"[“「\"](.)[”」\"]\s*字", scene.theme.whole) if len(signs) == 1 else None
    idioms = grammar.stock("games").get("idioms")
    if found:
        scene.put("char", found.group(1))
        scene.mark("starts_with", scene.theme.has(r"从[“「\"].[”」\"]字?(开始|起|打头)|开头"))
    pool: Sequence[str] = ()
    if isinstance(idioms, dict):
        pool = (
            [word for word in idioms.get(found.group(1), ()) if _opens(word, found.group(1), scene)]
            if found
            else (idioms.get("any", ()) if "成语" in scene.theme.whole else ())
        )
    fresh = [word for word in scene.dice.order(pool) if not scene.memory.said(word)]
    scene.put("starter", fresh[0] if fresh else "")
    return bool(rule)


def _opens(word: str, sign: str, scene: Scene) -> bool:
    return "starts_with" not in scene.traits or str(word).startswith(sign)


def vote(scene: Scene) -> bool:
    """投票: the question and its options with letters."""
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
    scene.mark("two_options", len(options) == 2)
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


_LEAD = re.compile(
    r"^.{1,5}?(?:是|用|选|爱|喜欢|更|想)(?=..)"
)  # 你家是 before the first choice belongs to the question


def _around(left: str, right: str) -> list[str]:
    several = split(left, "，、")
    if len(several) >= 2 and all(len(item) <= 8 for item in several):
        return [_LEAD.sub("", several[0]), *several[1:3], right.removeprefix("还是")]
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


def ingredients(scene: Scene) -> bool:
    """看成分表猜产品: the first ingredients of a goods, or the picture of a table."""
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


def riddle(scene: Scene) -> bool:
    """猜谜: a riddle of the stock that fits what the theme says the answer is."""
    stock = grammar.stock("games").get("riddles")
    about = re.search(r"谜底(?:都)?是(一种|一个|一样|一件)?([^，。；]{1,8})", scene.theme.whole)
    table = stock if isinstance(stock, dict) else {}
    wanted = about.group(2) if about else ""
    pool = [row for key, rows in table.items() if _answers(key, wanted, scene) for row in rows]
    if about:
        scene.put("riddle_about", f"{about.group(1) or '一个'}{wanted}")
    fresh = [row for row in scene.dice.order(pool) if not scene.memory.said(str(row["text"]))]
    if not fresh:
        return bool(about)
    scene.put("riddle", str(fresh[0]["text"]))
    scene.put("riddle_kind", scene.get("riddle_about") or str(fresh[0]["of"]))
    return True


def _answers(key: str, wanted: str, scene: Scene) -> bool:
    """True when the answers of this part of the stock are what the theme says, or fit the trade where it says nothing."""
    trade, _, sort = key.partition(" ")
    if wanted:
        return wanted == sort or wanted in sort or sort in wanted
    return trade in ("any", names.industry(scene.brief))
