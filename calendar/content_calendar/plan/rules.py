"""The rules a plan keeps before anyone writes: quiet hours, doubles, caps, one mass-send a day, the mix.

Each takes slots and gives slots back with the conflicts it found; none looks at a database or a clock.
"""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from content_calendar.lanes import CUSTOMER_CHANNELS
from content_calendar.plan import days
from content_calendar.plan.report import LEVEL_NAMES, Conflict, day_words
from content_calendar.plan.slots import Slot, minutes, short
from prompts.kinds import fold

TOO_CLOSE = 20  # minutes between two posts of one tier
MIX_LIMIT = 0.45  # offers among a tier's posts of one ISO week; practice aims at 0.30
MIX_LEAST = 5  # posts in a week before its mix says anything


@dataclass(frozen=True)
class House:
    """What the brand allows: quiet hours (HH:MM, start included, end excluded), caps, and who is reached how."""

    quiet_from: str
    quiet_to: str
    caps: Mapping[str, int]
    channels: Mapping[str, Mapping[str, int]] = field(default_factory=dict)  # tier → channel → active groups

    def quiet(self, wall: str) -> bool:
        """True when a wall time lies in the quiet hours, also where they run over midnight; blank: there are none."""
        if not self.quiet_from or not self.quiet_to:
            return False
        start, end, at = minutes(self.quiet_from), minutes(self.quiet_to), minutes(wall)
        if start == end:
            return False
        return start <= at < end if start < end else at >= start or at < end

    def customers(self, tier: str) -> int:
        """How many groups of a tier are customer groups, the only ones a mass-send reaches."""
        return sum(
            count for channel, count in self.channels.get(tier, {}).items() if channel in CUSTOMER_CHANNELS
        )

    def groups(self, tier: str) -> int:
        """How many active groups a tier has."""
        return sum(self.channels.get(tier, {}).values())


def actual_wall(slot: Slot) -> str:
    """The wall time at which it really goes out: later than written where the clock jumps."""
    return slot.due_at.astimezone(ZoneInfo(slot.zone)).strftime("%H:%M")


def no_audience(
    slots: Sequence[Slot], house: House, window: tuple[date, date]
) -> tuple[list[Slot], list[Conflict]]:
    """Slots of tiers that have groups; one conflict for each tier that has none, counting the window's slots."""
    kept = [slot for slot in slots if house.groups(slot.tier) or slot.standing != "free"]
    lost: dict[str, int] = defaultdict(int)
    for slot in slots:
        if not house.groups(slot.tier) and slot.standing == "free" and window[0] <= slot.day <= window[1]:
            lost[slot.tier] += 1
    text = "{tier}层级没有可用的社群，{count} 条内容没有排。请在「社群」表里给这一层级加群，或把 SOP 的层级改掉。"
    return kept, [
        Conflict("no_audience", "warning", text.format(tier=LEVEL_NAMES[tier], count=count), tier=tier)
        for tier, count in sorted(lost.items())
    ]


def quiet_hours(slots: Iterable[Slot], house: House) -> tuple[list[Slot], list[Conflict]]:
    """Slots outside the quiet hours; those inside are not made."""
    kept, found = [], []
    for slot in slots:
        if slot.standing == "free" and house.quiet(actual_wall(slot)):
            text = f"{short(slot)}落在安静时段 {house.quiet_from}-{house.quiet_to} 里，没有排。请把 SOP 第 {slot.row} 行改到别的时间。"
            found.append(Conflict("quiet_hours", "error", text, slot.day, slot.tier, slot=slot.key))
        else:
            kept.append(slot)
    return kept, found


def duplicates(slots: Iterable[Slot]) -> tuple[list[Slot], list[Conflict]]:
    """The same thing to the same tier at the same moment is made once."""
    seen: dict[tuple[str, date, str, str, str], Slot] = {}
    kept, found = [], []
    for slot in sorted(slots, key=order):
        same = (slot.tier, slot.day, slot.time, slot.kind, fold(slot.theme))
        if slot.standing == "free" and same in seen:
            text = f"SOP 第 {seen[same].row} 行和第 {slot.row} 行在{short(slot)}重复，{LEVEL_NAMES[slot.tier]}层级只排一条。请删掉其中一行。"
            found.append(Conflict("duplicate_slot", "warning", text, slot.day, slot.tier, slot=slot.key))
            continue
        seen.setdefault(same, slot)
        kept.append(slot)
    return kept, found


def order(slot: Slot) -> tuple[object, ...]:
    """Order of time; what is fixed comes first at the same moment."""
    return (slot.due_at, slot.standing != "fixed", slot.tier, slot.row, slot.key)


def _weight(slot: Slot) -> tuple[object, ...]:
    """Who keeps a place when a day is over its cap: fixed, dated, of a campaign, weekly, daily; then the earlier."""
    return (
        slot.standing != "fixed",
        slot.daily,
        not slot.dated,
        slot.campaign is None,
        slot.due_at,
        slot.key,
    )


def caps(slots: Iterable[Slot], house: House) -> tuple[list[Slot], list[Conflict]]:
    """At most the tier's daily cap; the lightest slots of a full day are not made."""
    days_of: dict[tuple[date, str], list[Slot]] = defaultdict(list)
    kept: list[Slot] = []
    found: list[Conflict] = []
    for slot in slots:
        (days_of[slot.day, slot.tier] if slot.standing != "gone" else kept).append(slot)
    for (day, tier), mine in sorted(days_of.items()):
        cap = house.caps.get(tier, len(mine))
        ranked = sorted(mine, key=_weight)
        over = {slot.key for slot in ranked[cap:] if slot.standing == "free"}
        kept += [slot for slot in mine if slot.key not in over]
        for slot in mine:
            if slot.key in over:
                text = (
                    f"{day_words(day)}{LEVEL_NAMES[tier]}层级排了 {len(mine)} 条，超过每日上限 {cap} 条，{short(slot)}没有排进去。"
                    "请调高上限、删掉一条，或把它挪到别的日子。"
                )
                found.append(Conflict("over_cap", "warning", text, day, tier, slot=slot.key))
    return kept, found


def lanes(slots: Iterable[Slot], house: House) -> list[Slot]:
    """One mass-send per customer group and day: the second one of a tier's day takes the sidebar and says so.

    What the timetable asks for goes before the touches the planner added.
    """
    used: dict[tuple[date, str], Slot] = {}
    mine = sorted(slots, key=lambda slot: (slot.arc, order(slot)))
    for slot in mine:
        if slot.lane == "confirm" and slot.standing == "fixed":
            used.setdefault((slot.day, slot.tier), slot)
    return [_laned(slot, used, house) for slot in mine]


def _laned(slot: Slot, used: dict[tuple[date, str], Slot], house: House) -> Slot:
    if slot.standing != "free" or not house.customers(slot.tier):
        return slot
    if slot.lane in {"auto", "demo"}:
        count = house.customers(slot.tier)
        text = f"{LEVEL_NAMES[slot.tier]}层级有 {count} 个客户群不能无人值守发送，{short(slot)}会按各群自己的通道交给群主。"
        return slot.noting("lane_unfit", "notice", text)
    if slot.lane != "confirm":
        return slot
    first = used.setdefault((slot.day, slot.tier), slot)
    if first is slot:
        return slot
    if slot.arc:
        return replace(slot, lane="hand_off")
    text = (
        f"{day_words(slot.day)}{LEVEL_NAMES[slot.tier]}层级的企业群发已给了{short(first)}，{short(slot)}改走侧边栏，由群主手动发。"
        "要换过来，请改 SOP 的通道。"
    )
    return replace(slot, lane="hand_off").noting("lane_changed", "notice", text)


def quota(slots: Iterable[Slot], house: House) -> list[Conflict]:
    """Mass-sends of one month above the platform's allowance: as many as the month has days."""
    months: dict[tuple[int, int, str], int] = defaultdict(int)
    for slot in slots:
        if slot.lane == "confirm" and slot.standing != "gone" and house.customers(slot.tier):
            months[slot.day.year, slot.day.month, slot.tier] += 1
    found = []
    for (year, month, tier), count in sorted(months.items()):
        allowed = calendar.monthrange(year, month)[1]
        if count > allowed:
            text = f"{year}年{month}月{LEVEL_NAMES[tier]}层级排了 {count} 次企业群发，超过每群每月 {allowed} 次。请把多出的改走侧边栏。"
            found.append(Conflict("mass_send_quota", "error", text, date(year, month, allowed), tier))
    return found


def too_close(slots: Iterable[Slot]) -> list[Slot]:
    """A notice on every post that follows another of its tier within minutes."""
    last: dict[tuple[date, str], Slot] = {}
    noted = []
    for slot in sorted(slots, key=order):
        before = last.get((slot.day, slot.tier))
        gap = (slot.due_at - before.due_at) / timedelta(minutes=1) if before else TOO_CLOSE
        if before and gap < TOO_CLOSE and slot.standing != "gone":
            text = f"{LEVEL_NAMES[slot.tier]}层级{short(before)}之后 {gap:.0f} 分钟又有{short(slot)}，请错开至少 {TOO_CLOSE} 分钟。"
            slot = slot.noting("group_too_close", "notice", text)
        if slot.standing != "gone":
            last[slot.day, slot.tier] = slot
        noted.append(slot)
    return noted


def week(day: date) -> tuple[int, int]:
    """ISO year and week."""
    iso = day.isocalendar()
    return iso.year, iso.week


def shares(slots: Iterable[Slot]) -> dict[tuple[str, tuple[int, int]], tuple[int, int]]:
    """(tier, ISO week) → (offers, all posts)."""
    counted: dict[tuple[str, tuple[int, int]], tuple[int, int]] = {}
    for slot in slots:
        if slot.standing != "gone":
            key = (slot.tier, week(slot.day))
            offers, total = counted.get(key, (0, 0))
            counted[key] = (offers + slot.offer, total + 1)
    return counted


def mix(slots: Iterable[Slot]) -> list[Conflict]:
    """A notice for each tier and week in which offers are far above thirty in a hundred."""
    found = []
    for (tier, (year, number)), (offers, total) in sorted(shares(slots).items()):
        if total >= MIX_LEAST and offers / total > MIX_LIMIT:
            monday = date.fromisocalendar(year, number, 1)
            text = (
                f"{day_words(monday)}那一周{LEVEL_NAMES[tier]}层级共 {total} 条，其中优惠 {offers} 条，占 {offers / total:.0%}，"
                f"高于 {MIX_LIMIT:.0%}（宜在三成左右）。请换掉几条优惠，多放干货。"
            )
            found.append(Conflict("mix", "notice", text, monday, tier))
    return found


def festivals(slots: Iterable[Slot]) -> list[Slot]:
    """A warning where a theme greets a solar term or festival that is on another day."""
    noted = []
    for slot in slots:
        wrong = [name for name in _greeted(slot) if name not in days.names(slot.day)]
        if wrong and slot.standing == "free":
            text = f"{short(slot)}说的是「{wrong[0]}」，可这一天不是{wrong[0]}。请改日期或主题。"
            slot = slot.noting("festival_mismatch", "warning", text)
        noted.append(slot)
    return noted


_AHEAD = ("明天", "明日", "后天", "下周", "将至", "临近", "快到", "前夕", "预告", "倒计时")


def _greeted(slot: Slot) -> tuple[str, ...]:
    """The days a theme claims to be: all that a festival post names, elsewhere only 大雪节气 and 今天大雪."""
    if any(word in slot.theme for word in _AHEAD):
        return ()
    named = days.named_in(slot.theme)
    if slot.kind == "festival":
        return named
    claimed = (
        name
        for name in named
        if f"{name}节气" in slot.theme or f"今天{name}" in slot.theme or f"今日{name}" in slot.theme
    )
    return tuple(claimed)


def daylight(slots: Iterable[Slot]) -> list[Slot]:
    """A notice on slots that the change of the clock moves or doubles."""
    noted = []
    for slot in slots:
        if slot.placed == "gap":
            text = f"{short(slot)}那天 {slot.time} 因夏令时被跳过，改在当地 {actual_wall(slot)} 发。"
            slot = slot.noting("dst_gap", "notice", text)
        elif slot.placed == "overlap":
            text = f"{short(slot)}那天 {slot.time} 因夏令时会出现两次，只在第一次发。"
            slot = slot.noting("dst_overlap", "notice", text)
        noted.append(slot)
    return noted
