"""The arc of a campaign: the essential stages the timetable left out, and an angle for every touch.

An offer is warmed up the evening before, starts on the dot, is called a last time two hours before its end and is
shown off the day after. Where a tier's timetable misses one of these, a touch is added if the day has room
for it (cap, quiet hours, distance to its neighbours, mix); else the gap is told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from content_calendar import zones
from content_calendar.plan import angles, rules
from content_calendar.plan.matching import ON_THE_DOT
from content_calendar.plan.offers import Offer
from content_calendar.plan.report import LEVEL_NAMES, Conflict, day_words
from content_calendar.plan.slots import Slot
from prompts.brief import LEVELS, Stage
from prompts.kinds import all_kinds

LAST_CALL = timedelta(hours=2)  # before the end
LEAST_RUN = timedelta(hours=4)  # a shorter offer needs no last call: its start is one
# In order of weight: what matters most gets the room first.
ESSENTIAL: tuple[Stage, ...] = ("start", "last_call", "warm_up", "showcase")
ANGLE: dict[Stage, str] = {
    "start": "opening",
    "last_call": "last_call",
    "warm_up": "terms",
    "showcase": "showcase",
}
_EVE = (time(20, 0), time(17, 0), time(21, 0))
_AFTER = (time(16, 0), time(14, 0), time(17, 0), time(13, 0), time(20, 0))
_STAGE_WORDS: dict[Stage, str] = {
    "warm_up": "预热",
    "start": "开始",
    "last_call": "最后提醒",
    "showcase": "晒单",
}
_THEME: dict[Stage, str] = {
    "warm_up": "{name}：时间和规则提前说清",
    "start": "{name}现在开始",
    "last_call": "{name}就要结束，最后提醒一次",
    "showcase": "{name}：买到的来说说，好坏都算数",
}


@dataclass(frozen=True)
class Room:
    """What a day of a tier still has room for."""

    house: rules.House
    slots: tuple[Slot, ...]

    def refusal(self, slot: Slot) -> str:
        """Why ``slot`` does not fit, in a few words; empty when it does."""
        mine = [item for item in self.slots if item.tier == slot.tier and item.standing != "gone"]
        today = [item for item in mine if item.day == slot.day]
        if self.house.quiet(rules.actual_wall(slot)):
            return f"{slot.time} 在安静时段里"
        if len(today) >= self.house.caps.get(slot.tier, len(today) + 1):
            return f"{day_words(slot.day)}已排满 {len(today)} 条"
        gap = timedelta(minutes=rules.TOO_CLOSE)
        near = next((item for item in today if abs(item.due_at - slot.due_at) < gap), None)
        if near:
            return f"{day_words(slot.day)}{near.time} 已有别的内容"
        offers, total = rules.shares(mine).get((slot.tier, rules.week(slot.day)), (0, 0))
        if slot.offer and total >= rules.MIX_LEAST and (offers + 1) / (total + 1) > rules.MIX_LIMIT:
            return f"那一周优惠已占 {offers / total:.0%}"
        return ""


def complete(
    slots: Sequence[Slot], offers: Sequence[Offer], house: rules.House
) -> tuple[list[Slot], list[Conflict]]:
    """The slots with the missing essential touches added, and what could not be added."""
    standing = list(slots)
    found: list[Conflict] = []
    known = {slot.key for slot in slots}
    for stage in ESSENTIAL:
        for offer in offers:
            for tier in (level for level in LEVELS if level in offer.tiers and house.groups(level)):
                if _covered(stage, offer, tier, standing):
                    continue
                added, conflict = _place(stage, offer, tier, Room(house, tuple(standing)))
                if added and added.key not in known:
                    standing.append(added)
                found += [conflict] if conflict else []
    return standing, found


def _covered(stage: Stage, offer: Offer, tier: str, slots: Iterable[Slot]) -> bool:
    """True when the timetable (or what a person kept) already has this stage, or the offer does not need it."""
    if stage == "last_call" and offer.end - offer.start < LEAST_RUN:
        return True
    if stage == "showcase" and offer.kind == "game":
        return True  # results are facts only the operators know
    mine = [slot for slot in slots if slot.tier == tier]
    about = [slot for slot in mine if offer.code == slot.campaign or offer.code in slot.also]
    if stage == "warm_up":
        return any(slot.due_at < offer.start for slot in about)
    if stage == "start":
        return any(abs(slot.due_at - offer.start) < ON_THE_DOT for slot in about)
    if stage == "last_call":
        return any(slot.stage == "last_call" and slot.campaign == offer.code for slot in about)
    after = offer.day(offer.end) + timedelta(days=1)
    shown = any(slot.kind == "showcase" and slot.day == after for slot in mine)
    return shown or any(slot.stage == "showcase" and slot.campaign == offer.code for slot in about)


def _place(stage: Stage, offer: Offer, tier: str, room: Room) -> tuple[Slot | None, Conflict | None]:
    refusal, first = "", None
    for day, wall in _moments(stage, offer):
        slot = _touch(stage, offer, tier, day, wall)
        first = first or slot
        why = room.refusal(slot)
        if not why:
            return slot, None
        refusal = refusal or why
    if first is None:
        return None, None
    text = (
        f"「{offer.name}」对{LEVEL_NAMES[tier]}层级缺「{_STAGE_WORDS[stage]}」这一步，没有自动加上：{refusal}。"
        "请在 SOP 里腾一个位置，或不管它。"
    )
    return None, Conflict("arc_missing", "notice", text, first.day, tier, slot=first.key)


def _moments(stage: Stage, offer: Offer) -> Iterator[tuple[date, str]]:
    """The wall moments at which a missing stage may be placed, best first."""
    if stage == "start":
        yield _wall(offer.start, offer)
    elif stage == "last_call":
        yield _wall(offer.end - LAST_CALL, offer)
    elif stage == "warm_up":
        eve = offer.day(offer.start) - timedelta(days=1)
        if offer.day(offer.warmup) == eve:
            yield _wall(offer.warmup, offer)
        yield from ((eve, f"{wall:%H:%M}") for wall in _EVE)
    else:
        after = offer.day(offer.end) + timedelta(days=1)
        yield from ((after, f"{wall:%H:%M}") for wall in _AFTER)


def _wall(instant: datetime, offer: Offer) -> tuple[date, str]:
    local = instant.astimezone(offer.zone)
    return local.date(), f"{local:%H:%M}"


def _touch(stage: Stage, offer: Offer, tier: str, day: date, wall: str) -> Slot:
    kind = _kind(stage, offer)
    placed = zones.place(day, time.fromisoformat(wall), offer.zone)
    return Slot(
        key=f"arc:{offer.code}:{ANGLE[stage]}:{tier}", tier=tier, kind=kind, kind_written=all_kinds()[kind].name,
        lane="confirm", day=day, time=wall, due_at=placed.instant, zone=offer.zone.key, placed=placed.how,
        theme=_THEME[stage].format(name=offer.name), dated=True, campaign=offer.code, campaign_id=offer.id,
        stage=stage,
    )  # fmt: skip


def _kind(stage: Stage, offer: Offer) -> str:
    if stage == "warm_up":
        return "teaser" if offer.kind == "launch" else "reminder"
    if stage == "start":
        return offer.kind
    return "last_call" if stage == "last_call" else "showcase"


def number(slots: Iterable[Slot]) -> list[Slot]:
    """Give every touch of a campaign and tier its angle and its number, in order of time."""
    arcs: dict[tuple[str, str], list[Slot]] = defaultdict(list)
    rest = []
    for slot in slots:
        if slot.campaign and slot.stage:
            arcs[slot.campaign, slot.tier].append(slot)
        else:
            rest.append(replace(slot, angle=None, aidma=None, touch=None, touches=None))
    return rest + [slot for mine in arcs.values() for slot in _numbered(sorted(mine, key=rules.order))]


def _numbered(mine: Sequence[Slot]) -> Iterator[Slot]:
    kept = {slot.key: slot.angle for slot in mine if slot.standing == "fixed" and slot.angle}
    kept |= {slot.key: slot.key.split(":")[-2] for slot in mine if slot.arc and slot.key not in kept}
    taken = [angle for angle in kept.values() if angle]
    for position, slot in enumerate(mine, 1):
        if slot.standing == "fixed":
            yield slot
            continue
        own = kept.get(slot.key)
        angle, step = (
            angles.known(own) if own else angles.choose(slot.stage or "", slot.kind, slot.theme, taken)
        )
        if not own:
            taken.append(angle)
        yield replace(slot, angle=angle, aidma=step, touch=position, touches=len(mine))
