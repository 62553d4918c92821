"""What a template may see: two views of one brief, both called ``brief``.

The system part sees only what the library itself says (persona, stance, kind, angle, industry) and bare
switches: no word that came from a workbook, an editor or a customer can reach the system message. The user
part sees the brief's texts, each made harmless and capped, as data.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from prompts import live
from prompts.angles import Angle
from prompts.brief import Brief, Fact
from prompts.clean import quoted
from prompts.industries import Industry
from prompts.kinds import Kind
from prompts.library import spoken
from prompts.personas import PersonaSpec
from prompts.tiers import TierStance

# Caps in characters or items, chosen so that a brief full to the brim stays under about 20,000 characters.
SHORT, TEXT, ANSWER = 120, 500, 400
CAPS = {"facts": 80, "products": 8, "knowledge": 8, "scripts": 4, "heard": 12, "best": 2, "examples": 3}
OTHERS = 12
TOLD = 8  # so many signs of a sentence of the know-how, word for word, show that it was told
_STOPS = re.compile(r"[。！？!?；;\n]")
_SIGNS = re.compile(r"[^0-9A-Za-z\u4e00-\u9fff]+")
LINES = frozenset({"text", "answer", "rules", "previous", "instruction", "edited_from", "remark", "story"})
STAGES = {"warm_up": "预热", "start": "开始", "status": "进行中播报", "last_call": "收尾", "showcase": "晒单"}
AIDMA = {
    "attention": "引起注意",
    "interest": "产生兴趣",
    "desire": "想要",
    "memory": "记住",
    "action": "行动",
}
LANES = {"auto": "自动发送", "confirm": "群主确认后群发", "hand_off": "群主手动发送", "demo": "演示"}


def _quoted(text: str, limit: int, *, lines: bool = True) -> str:
    """As :func:`prompts.clean.quoted`; a brand's own words come by with every post, so short ones are remembered."""
    return (_remembered if len(text) <= TEXT else quoted)(text, limit, lines=lines)


_remembered = lru_cache(maxsize=4096)(quoted)


def system_view(
    brief: Brief,
    *,
    kind: Kind,
    persona: PersonaSpec,
    stance: TierStance,
    angle: Angle | None,
    industry: Industry,
) -> SimpleNamespace:
    """What the system part may see: the library's own words and switches."""
    space: SimpleNamespace = _space(
        {
            "kind": kind.model_dump(),
            "persona": persona.model_dump(),
            "stance": stance.model_dump(),
            "industry": industry.model_dump(),
            "angle": angle.model_dump() if angle else None,
            "level": brief.tier.level,
            "for_tier": kind.tiers.get(brief.tier.level, ""),
            "stage": STAGES[brief.stage] if brief.stage else "",
            "stage_key": brief.stage or "",
            "aidma": AIDMA[brief.touch.aidma] if brief.touch else "",
            "touch": {"number": brief.touch.number, "of": brief.touch.of} if brief.touch else None,
            "chars": {"least": kind.min_chars, "most": _most_chars(brief, kind)},
            "has": _switches(brief, kind),
        }
    )
    space.persona.sides = tuple(_space(side.model_dump()) for side in persona.sides_for(kind.key))
    return space


def user_view(brief: Brief, *, kind: Kind) -> SimpleNamespace:
    """What the user part may see: the brief's own texts as harmless data."""
    zone = ZoneInfo(brief.zone)
    data = {name: _harmless(value, name, zone) for name, value in _fields(brief)}
    data["facts"] = tuple(_fact(fact, zone) for fact in brief.facts[: CAPS["facts"]])
    data["live"] = tuple(_offer(offer) for offer in live.offered(brief, kind.live))
    data["kind"] = {"key": kind.key, "name": kind.name}
    data["lane_name"] = LANES[brief.lane]
    data["openings"] = tuple(
        _quoted(item.text.strip().split("\n")[0], 60) for item in brief.heard[: CAPS["heard"]]
    )
    data["told"] = tuple(_quoted(question, 60) for question in told(brief))
    space: SimpleNamespace = _space(data)
    return space


def told(brief: Brief) -> tuple[str, ...]:
    """The questions of the brief's know-how that these groups were answered lately, as far as its own words were used."""
    heard = "\n".join(_bare(item.text) for item in brief.heard)
    return tuple(note.question for note in brief.knowledge if _holds(heard, note.answer))


def _holds(heard: str, answer: str) -> bool:
    sentences = (_bare(part) for part in _STOPS.split(answer))
    return any(len(sentence) >= TOLD and sentence in heard for sentence in sentences)


def _bare(text: str) -> str:
    return _SIGNS.sub("", text)


def _switches(brief: Brief, kind: Kind) -> dict[str, bool]:
    return {
        "campaign": brief.campaign is not None,
        "gift": bool(brief.campaign and brief.campaign.gift),
        "products": bool(brief.products),
        "knowledge": bool(brief.knowledge),
        "scripts": bool(brief.scripts),
        "next_launch": brief.next_launch is not None and brief.campaign is None,
        "remark": bool(brief.remark.strip()),
        "today": bool(brief.today),
        "tomorrow": bool(brief.tomorrow),
        "hooks": bool(brief.hooks),
        "heard": bool(brief.heard),
        "examples": bool(brief.examples or brief.best),
        "instruction": bool(brief.instruction.strip()),
        "previous": bool(brief.previous.strip()),
        "notes": bool(brief.house_notes),
        "live": bool(live.offered(brief, kind.live)),
        "fans": bool(brief.voice.fans),
    }


def _most_chars(brief: Brief, kind: Kind) -> int:
    """The kind's upper length, or less where the narrowest lane carries less (3 bytes a character)."""
    return min(kind.max_chars, max(20, brief.max_bytes // 3))


def _fields(brief: Brief) -> Iterable[tuple[str, Any]]:
    for name in type(brief).model_fields:
        value = getattr(brief, name)
        if isinstance(value, tuple):
            value = value[: CAPS.get(name, OTHERS)]
        if name != "facts":
            yield name, value


def _harmless(value: Any, name: str, zone: ZoneInfo) -> Any:
    """Texts quoted, instants in the brand's zone, models as mappings."""
    if isinstance(value, str):
        return _quoted(value, TEXT if name in LINES or name == "story" else SHORT * 2, lines=name in LINES)
    if isinstance(value, datetime):
        return value.astimezone(zone)
    if isinstance(value, BaseModel):
        return {key: _harmless(getattr(value, key), key, zone) for key in type(value).model_fields}
    if isinstance(value, tuple):
        return tuple(_harmless(item, name, zone) for item in value[:80])
    return value


def _fact(fact: Fact, zone: ZoneInfo) -> dict[str, str]:
    value = fact.value if fact.kind != "live" else "发送时才知道"
    return {
        "id": _quoted(fact.id, SHORT, lines=False),
        "label": _quoted(fact.label, SHORT, lines=False),
        "shown": _quoted(value if fact.kind == "live" else spoken.shown(fact, zone), ANSWER, lines=False),
    }


def _offer(offer: live.Offer) -> dict[str, str]:
    """A token keeps its brackets: the only place where they may stand in a prompt's data."""
    return {
        "token": offer.token,
        "label": _quoted(offer.label, SHORT, lines=False),
        "unit": _quoted(offer.unit, 8, lines=False),
    }


def _space(value: Any) -> Any:
    """Mappings as attribute bags, lists as tuples: a template can read and do nothing else."""
    if isinstance(value, dict):
        return SimpleNamespace(**{key: _space(item) for key, item in value.items()})
    if isinstance(value, list | tuple):
        return tuple(_space(item) for item in value)
    return value
