"""What a theme promises to explain (价格、赠品、限购、卡片在哪、什么时候发货), answered from the campaign, the goods or the know-how.

A topic nobody can answer from the brief is left out: it is better to say less than to make something up.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from generator.offline import notes
from generator.offline.scene import Scene
from prompts.brief import Note

_LEAST_SCORE = 1.1


def _price(scene: Scene) -> str:
    per = scene.get("price_per")
    if not per:
        daily = scene.get("daily")
        return f"{scene.get('short')}{daily}元" if daily and not scene.brief.campaign else ""
    return f"{per}（{scene.get('spec')}）" if scene.get("spec") else per


def _stock(scene: Scene) -> str:
    return f"共{scene.get('stock')}" if scene.get("stock") else ""


def _gift(scene: Scene) -> str:
    gift = scene.get("gift")
    if not gift:
        return ""
    head = f"{scene.get('gift_orders')}随单送" if scene.get("gift_orders") else "随单送"
    total = f"，{scene.get('gift_total')}" if scene.get("gift_total") and not scene.get("gift_orders") else ""
    return f"{head}{gift}{total}"


def _what(scene: Scene) -> str:
    if not scene.get("name"):
        return ""
    spec = f"，{scene.get('spec')}" if scene.get("spec") else ""
    texture = f"，{scene.get('texture_one')}" if scene.get("texture_one") else ""
    return f"{scene.get('name')}{spec}{texture}"


_FROM_FACTS: tuple[tuple[str, str, Callable[[Scene], str]], ...] = (
    (r"怎么凑|凑单|凑", "", lambda scene: ""),
    (r"多少钱|价格|价钱|什么价|卖多少|售价", "价格", _price),
    (r"限购|限几|每人|最多买", "限购", lambda scene: scene.get("limit")),
    (r"赠品|送什么|小样|礼", "赠品", _gift),
    (r"有多少|数量|几份|多少份|库存|总量", "数量", _stock),
    (r"什么时候(?!发|能到|到)|时间|几点|起止|开始|结束|多久(?!到)", "时间", lambda scene: scene.get("span")),
    (r"是什么|什么东西|长什么样", "是什么", _what),
    (r"给谁|适合谁|谁适合|谁用|谁吃|适合", "适合谁", lambda scene: scene.get("suit")),
    (r"怎么用|用法|怎么吃|吃法|怎么喝|怎么泡|手法|怎么涂", "用法", lambda scene: scene.get("usage_one")),
    (r"质地|口感|味道|肤感|什么样", "质地", lambda scene: scene.get("texture")),
    (r"参考价|最低", "参考价", lambda scene: scene.get("reference")),
    (r"叠加|叠券|同用|算法|能不能一起", "叠加", lambda scene: scene.get("stacking")),
)

_SERVICE = r"发货|快递|物流|价保|退换?|退货|积分|会员|发票|领取|路径|兑换|保质|开封"


def from_facts(scene: Scene, topic: str) -> str:
    """The answer the campaign or the goods gives to a topic, or nothing."""
    for pattern, _, answer in _FROM_FACTS:
        if re.search(pattern, topic):
            found = answer(scene)
            if found:
                return found
    return ""


def from_notes(scene: Scene, topic: str, *, most: int = 46) -> tuple[str, Note] | None:
    """One or two sentences from the know-how that answer a topic, with the note; None when no note is near enough."""
    shelf = notes.Shelf((*scene.brief.knowledge, *scene.brief.scripts))
    return best(scene, shelf, topic, most)


def best(scene: Scene, shelf: notes.Shelf, topic: str, most: int) -> tuple[str, Note] | None:
    """As :func:`from_notes`, with an index made before."""
    codes = [product.code for product in scene.brief.products]
    ranked = shelf.about(topic, codes)[:4]
    ranked.sort(
        key=lambda match: (
            scene.memory.said(notes.sentences(match.note.answer)[0]) if match.score >= _LEAST_SCORE else False
        )
    )
    for match in ranked:
        service = re.search(_SERVICE, topic)
        if match.score < _LEAST_SCORE or (
            service and service.group(0)[:2] not in match.note.question + match.note.topic + match.note.answer
        ):
            continue
        told = notes.retold(match.note, most, question_shown=True)
        if told:
            return "".join(told).rstrip("。"), match.note
    return None
