"""Who gets a post: the one place that decides each group's channel and lane, and why a group is passed over.

Asked at release, when the audience is frozen, and by the rehearsal for many posts at once; both get the same
answer from the same rules. Reads a fixed number of statements, however many groups and posts there are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from content_calendar import lanes, quota
from content_calendar.plan.rules import House
from content_calendar.states import DeliveryState
from content_calendar.tables import Brand, Delivery, Group, Post, Tier
from prompts.brief import Lane

WANTED: Mapping[str, str] = {"confirm": "wecom_mass", "hand_off": "sidebar"}
_NOT_HEARD = (DeliveryState.cancelled, DeliveryState.skipped, DeliveryState.refused, DeliveryState.expired)
SKIPS: Mapping[str, str] = {
    "paused": "这个群已暂停发送",
    "channel_missing": "群的发送通道还没有接上",
    "quiet_hours": "这时是安静时段",
    "over_cap": "这个群今天已到每日上限",
    "mass_send_used": "这个群今天的企业群发已用掉",
    "mass_send_quota": "这个群的企业群发额度已用完（含成员自己发的）",
}


@dataclass(frozen=True, slots=True)
class Seat:
    """One group of a post's audience. ``skip`` says in Chinese why it gets nothing; empty when it does.

    ``lane`` is the lane it would really take; ``channel`` is what carries it (``demo`` in a demo brand).
    """

    group_id: int
    group_code: str
    group_name: str
    owner: str
    channel: str
    lane: Lane
    skip: str = ""
    skip_code: str = ""


@dataclass(frozen=True, slots=True)
class _Place:
    """A group as far as its seat depends on it."""

    id: int
    code: str
    name: str
    owner: str
    channel: str
    paused: bool


@dataclass
class _Used:
    """What groups have heard on a day and sent in a month; grows as seats are given."""

    heard: Counter[tuple[int, date]]
    mass: Counter[tuple[int, date]]
    quota: quota.Used

    def count(self, group_id: int, day: date, lane: str) -> None:
        self.heard[group_id, day] += 1
        if lane == "confirm":
            self.mass[group_id, day] += 1
            self.quota.count(group_id, day)


def channel_of(group_channel: str, lane: str) -> str:
    """The channel that reaches a group when its post wants ``lane``."""
    return lanes.channel_for(group_channel, WANTED.get(lane, group_channel))


def seats(
    session: Session, post: Post, *, at: datetime | None = None, installed: frozenset[str] | None = None
) -> list[Seat]:
    """The seats of every active group of the post's tier, in the order of the workbook.

    ``at``: the moment it really goes out (default: its due moment), for quiet hours. ``installed``: channel keys that
    can carry something (None: all).
    """
    moments = {post.id: at} if at else {}
    return seats_of(session, [post], moments=moments, installed=installed)[post.id]


def seats_of(
    session: Session, posts: Iterable[Post], *, moments: Mapping[int, datetime] | None = None,
    installed: frozenset[str] | None = None,
) -> dict[int, list[Seat]]:  # fmt: skip
    """Post id → seats, for posts of one brand; each post's seats count against those after it in time."""
    ordered = sorted(posts, key=lambda post: (post.due_at, post.id))
    if not ordered:
        return {}
    brand = session.get_one(Brand, ordered[0].brand_id)
    places = _places(session, brand, {post.tier for post in ordered})
    caps = dict(
        session.execute(select(Tier.level, Tier.daily_cap).where(Tier.brand_id == brand.id)).tuples().all()
    )
    used = _used(session, brand, ordered)
    house = House(brand.quiet_from, brand.quiet_to, caps)
    can_carry = None if brand.demo else installed
    found = {}
    for post in ordered:
        moment = (moments or {}).get(post.id, post.due_at)
        quiet = house.quiet(moment.astimezone(ZoneInfo(post.zone)).strftime("%H:%M"))
        mine = places.get(post.tier, ())
        found[post.id] = [_seat(post, place, brand, caps, used, quiet, can_carry) for place in mine]
    return found


def _seat(
    post: Post, place: _Place, brand: Brand, caps: Mapping[str, int], used: _Used, quiet: bool,
    installed: frozenset[str] | None,
) -> Seat:  # fmt: skip
    channel = channel_of(place.channel, post.lane)
    lane = lanes.lane_of(channel)
    why = _skip(post, place, channel, lane, caps, used, quiet, installed)
    if not why:
        used.count(place.id, post.day, lane)
    return Seat(
        place.id, place.code, place.name, place.owner, "demo" if brand.demo else channel, lane,
        SKIPS[why] if why else "", why,
    )  # fmt: skip


def _skip(
    post: Post, place: _Place, channel: str, lane: str, caps: Mapping[str, int], used: _Used, quiet: bool,
    installed: frozenset[str] | None,
) -> str:  # fmt: skip
    """Why the group is passed over, as a key of SKIPS; empty when it is not."""
    if place.paused:
        return "paused"
    if installed is not None and channel not in installed:
        return "channel_missing"
    if quiet:
        return "quiet_hours"
    if used.heard[place.id, post.day] >= caps.get(post.tier, 1_000):
        return "over_cap"
    if lane != "confirm":
        return ""
    if used.mass[place.id, post.day]:
        return "mass_send_used"
    return "mass_send_quota" if used.quota.full(place.id, post.day) else ""


def _places(session: Session, brand: Brand, tiers: set[str]) -> dict[str, list[_Place]]:
    rows = session.execute(
        select(Group.tier, Group.id, Group.code, Group.name, Group.owner, Group.channel, Group.paused_at)
        .where(Group.brand_id == brand.id, Group.active.is_(True), Group.tier.in_(tiers))
        .order_by(Group.row, Group.id)
    )
    found: dict[str, list[_Place]] = {}
    for tier, group_id, code, name, owner, channel, paused_at in rows:
        found.setdefault(tier, []).append(_Place(group_id, code, name, owner, channel, paused_at is not None))
    return found


def _used(session: Session, brand: Brand, posts: Sequence[Post]) -> _Used:
    """What other posts' deliveries and mass-sends have used already."""
    ids = [post.id for post in posts]
    days = {post.day for post in posts}
    used = _Used(Counter(), Counter(), quota.used(session, brand, days, but=ids))
    mass = func.sum(case((Delivery.lane == "confirm", 1), else_=0))
    asked = select(Group.id).where(Group.brand_id == brand.id, Group.tier.in_({post.tier for post in posts}))
    heard = session.execute(
        select(Delivery.group_id, Delivery.day, func.count(), mass)
        .where(
            Delivery.brand_id == brand.id, Delivery.day.in_(days), Delivery.post_id.not_in(ids),
            Delivery.group_id.in_(asked), Delivery.state.not_in(_NOT_HEARD),
        )
        .group_by(Delivery.group_id, Delivery.day)
    )  # fmt: skip
    for group_id, day, count, confirmed in heard:
        used.heard[group_id, day] = count
        used.mass[group_id, day] = confirmed
    return used
