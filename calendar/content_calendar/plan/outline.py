"""The plan on paper: everything a window should hold, computed without writing anything.

Campaigns and weeks do not end with the window, so the outline is drawn over whole campaigns and whole ISO weeks and
cut to the window last; that way the same post gets the same angle and number whichever days are asked for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from content_calendar import zones
from content_calendar.errors import CalendarError
from content_calendar.lanes import CHANNELS
from content_calendar.plan import arcs, cycles, days, matching, offers, rules
from content_calendar.plan.audience import channel_of
from content_calendar.plan.offers import Offer
from content_calendar.plan.report import LEVEL_NAMES, Conflict
from content_calendar.plan.slots import Slot, expand, short
from content_calendar.plan.standing import stand
from content_calendar.tables import Brand, Campaign, Group, Post, Product, SopRow, Tier
from prompts.kinds import all_kinds

REACH = timedelta(days=45)  # how far beyond the window a campaign is looked at
CHUNK = 500  # keys asked for in one statement


@dataclass(frozen=True)
class Outline:
    """``slots``: free and fixed ones of the window still to come, in order of time; ``past``: slots already over."""

    slots: tuple[Slot, ...]
    conflicts: tuple[Conflict, ...]
    posts: dict[str, Post]  # posts that exist, by slot key: of the wide span, and wherever a slot was moved
    asked: dict[str, Slot]  # what the SOP rows ask for in the wide span, before any rule
    past: int = 0


@dataclass(frozen=True)
class _Given:
    """What the tables say, read in a fixed number of statements."""

    zone: ZoneInfo
    rows: tuple[SopRow, ...]
    offers: tuple[Offer, ...]
    goods: tuple[str, ...]
    house: rules.House
    start: date  # of the wide span
    end: date


def draw(
    session: Session, brand: Brand, *, start: date, days_ahead: int, now: datetime,
    installed: frozenset[str] | None = None,
) -> Outline:  # fmt: skip
    """What ``days_ahead`` days from ``start`` should hold. Reads only; ``installed`` are channel keys (None: all)."""
    end = start + timedelta(days=days_ahead - 1)
    given = _read(session, brand, start, end)
    asked = {slot.key: slot for slot in expand(given.rows, start=given.start, end=given.end, zone=given.zone)}
    posts = _posts(session, brand, given, asked)
    codes = {item.id: item.code for item in given.offers}
    slots, conflicts = _settle(stand(asked.values(), posts, codes), given, (start, end))
    window = [slot for slot in slots if start <= slot.day <= end]
    live = [slot for slot in window if slot.standing != "gone"]
    coming = [slot for slot in live if slot.due_at > now]
    gone_by = sum(slot.standing == "free" and slot.key not in posts for slot in live if slot.due_at <= now)
    conflicts += [
        *_whole(slots, given),
        *_notices(given, start, end),
        *_channels(coming, given, brand, installed),
    ]
    conflicts += [note for slot in coming for note in slot.notes]
    if gone_by:
        text = f"有 {gone_by} 个时段在计划时已经过了，没有排。"
        conflicts.append(Conflict("past", "notice", text, start))
    told = [item for item in conflicts if _concerns(item, start, end, now, given.zone)]
    ordered = sorted(coming, key=rules.order)
    return Outline(tuple(ordered), tuple(sorted(told, key=_rank)), posts, asked, gone_by)


def _settle(slots: list[Slot], given: _Given, window: tuple[date, date]) -> tuple[list[Slot], list[Conflict]]:
    """The rules in their order: first what may be at all, then what is added, then how each goes out."""
    conflicts: list[Conflict] = []
    slots, found = rules.no_audience(slots, given.house, window)
    conflicts += found
    slots = matching.attach(slots, given.offers)
    slots, found = rules.quiet_hours(slots, given.house)
    conflicts += found
    slots, found = rules.duplicates(slots)
    conflicts += found
    slots, found = rules.caps(slots, given.house)
    conflicts += found
    slots, found = arcs.complete(slots, given.offers, given.house)
    conflicts += found
    slots = rules.lanes(arcs.number(slots), given.house)
    slots = rules.daylight(rules.festivals(rules.too_close(slots)))
    return [_for_sale(slot, given) for slot in slots], conflicts


def _for_sale(slot: Slot, given: _Given) -> Slot:
    """A conflict on an offer that has nothing to sell: no campaign, no product, no number to go by."""
    kind = all_kinds().get(slot.kind)
    if not (kind and kind.offer) or slot.campaign or slot.standing != "free":
        return slot
    if any(offers.mention(slot.theme, name) for name in given.goods):
        return slot
    if slot.kind == "member_day":
        if any(sign.isdigit() for sign in slot.theme + slot.remark):
            return slot
        text = f"{short(slot)}没有写福利的数字（面额、门槛、数量），成稿也就说不出来。请写进主题或备注。"
        return slot.noting("campaign_missing", "notice", text)
    text = (
        f"{short(slot)}是优惠类内容，可「活动」表里没有对得上的活动，也没提到商品。请补活动，或改内容类型。"
    )
    return slot.noting("campaign_missing", "warning", text)


def _read(session: Session, brand: Brand, start: date, end: date) -> _Given:
    zone = _zone(brand)
    products = {
        item.code: item
        for item in session.scalars(
            select(Product).where(Product.brand_id == brand.id, Product.active.is_(True))
        )
    }
    found = offers.of(_campaigns(session, brand, start, end, zone), products, zone)
    touching = [item for item in found if item.first_day <= end and item.last_day >= start]
    first = min([start, *(max(item.first_day, start - REACH) for item in touching)])
    last = max([end, *(min(item.last_day, end + REACH) for item in touching)])
    rows = session.scalars(
        select(SopRow)
        .where(SopRow.brand_id == brand.id, SopRow.active.is_(True))
        .order_by(SopRow.row, SopRow.id)
    ).all()
    return _Given(
        zone=zone, rows=tuple(rows), offers=found, goods=tuple(item.name for item in products.values()),
        house=_house(session, brand), start=first - timedelta(days=first.weekday()),
        end=last + timedelta(days=6 - last.weekday()),
    )  # fmt: skip


def _campaigns(session: Session, brand: Brand, start: date, end: date, zone: ZoneInfo) -> Sequence[Campaign]:
    """Campaigns that touch the window, and their neighbours: what belongs to a neighbour is nobody else's."""
    return session.scalars(
        select(Campaign).where(
            Campaign.brand_id == brand.id, Campaign.active.is_(True),
            Campaign.end_at >= _midnight(start - 2 * REACH, zone),
            Campaign.start_at <= _midnight(end + 2 * REACH, zone),
        )
    ).all()  # fmt: skip


def _zone(brand: Brand) -> ZoneInfo:
    try:
        return zones.zone(brand.zone)
    except ValueError as error:
        raise CalendarError(
            f"品牌「{brand.name}」的时区「{brand.zone}」不存在，请在「品牌」表写 Asia/Shanghai 这样的名字。",
            code="brand.zone", english=f"Brand {brand.name!r} has no valid zone: {brand.zone!r}.",
        ) from error  # fmt: skip


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone)


def _house(session: Session, brand: Brand) -> rules.House:
    caps = dict(
        session.execute(select(Tier.level, Tier.daily_cap).where(Tier.brand_id == brand.id)).tuples().all()
    )
    channels: dict[str, dict[str, int]] = {}
    counted = session.execute(
        select(Group.tier, Group.channel, func.count())
        .where(Group.brand_id == brand.id, Group.active.is_(True))
        .group_by(Group.tier, Group.channel)
    )
    for tier, channel, count in counted:
        channels.setdefault(tier, {})[channel] = count
    return rules.House(brand.quiet_from, brand.quiet_to, caps, channels)


def _posts(session: Session, brand: Brand, given: _Given, asked: Iterable[str]) -> dict[str, Post]:
    """The posts of the wide span, and those whose slot belongs there although a person moved them elsewhere."""
    within = select(Post).where(
        Post.brand_id == brand.id, Post.day >= given.start, Post.day <= given.end, Post.occasion == ""
    )
    found = {
        post.slot_key: post for post in session.scalars(within.execution_options(populate_existing=True))
    }
    missing = [key for key in asked if key not in found]
    for at in range(0, len(missing), CHUNK):
        elsewhere = select(Post).where(Post.brand_id == brand.id, Post.slot_key.in_(missing[at : at + CHUNK]))
        found |= {post.slot_key: post for post in session.scalars(elsewhere)}
    return found


def _whole(slots: Iterable[Slot], given: _Given) -> list[Conflict]:
    """Conflicts of whole months and weeks."""
    mine = list(slots)
    return [*rules.quota(mine, given.house), *rules.mix(mine)]


def _notices(given: _Given, start: date, end: date) -> list[Conflict]:
    """Years without official holidays, and days of the month that a month does not have."""
    found = []
    for year in range(start.year, end.year + 1):
        if not days.covered(year):
            text = f"{year} 年的放假和调休安排还没有收录，工作日暂按周一到周五算。安排公布后请升级节假日数据再排一次。"
            found.append(Conflict("year_not_covered", "notice", text, max(start, date(year, 1, 1))))
    for row in given.rows:
        for last, wanted in cycles.missing_month_days(cycles.of(row.cycle_rule), start, end):
            text = f"{last.month} 月没有 {wanted} 日，SOP 第 {row.row} 行「{row.theme[:16]}」这个月没有排。"
            found.append(Conflict("month_day_missing", "notice", text, last))
    return found


def _channels(
    slots: Sequence[Slot], given: _Given, brand: Brand, installed: frozenset[str] | None
) -> list[Conflict]:
    """Groups of the window's audience whose channel nobody has installed."""
    if installed is None or brand.demo:
        return []
    missing: Counter[tuple[str, str]] = Counter()
    for tier, lane in sorted({(slot.tier, slot.lane) for slot in slots}):
        asked: Counter[str] = Counter()
        for own, count in given.house.channels.get(tier, {}).items():
            asked[channel_of(own, lane)] += count
        for channel in asked.keys() - installed:
            missing[tier, channel] = max(missing[tier, channel], asked[channel])
    return [_channel_missing(tier, channel, count) for (tier, channel), count in missing.items()]


def _channel_missing(tier: str, channel: str, count: int) -> Conflict:
    name = CHANNELS[channel].names[0] if channel in CHANNELS else channel
    text = f"{LEVEL_NAMES[tier]}层级有 {count} 个群要走「{name}」，这个通道还没有接上，这些群会收不到。请接上通道，或在「社群」表改用别的通道。"
    return Conflict("channel_missing", "warning", text, tier=tier)


def _concerns(found: Conflict, start: date, end: date, now: datetime, zone: ZoneInfo) -> bool:
    """True when a conflict touches a day of the window that is not over."""
    if found.day is None:
        return True
    if found.kind in {"mix", "mass_send_quota"}:
        reach = timedelta(days=6) if found.kind == "mix" else timedelta(days=31)
        first = found.day if found.kind == "mix" else found.day.replace(day=1)
        return first <= end and first + reach >= start
    return max(start, zones.local_day(now, zone)) <= found.day <= end or (
        found.kind == "past" and found.day == start
    )


def _rank(found: Conflict) -> tuple[object, ...]:
    levels = {"error": 0, "warning": 1, "notice": 2}
    return (found.day or date.min, levels[found.level], found.kind, found.tier or "", found.slot or "")
