"""What the sheets share: the context a row is built in, the kinds and channels a cell may name, how values are shown."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from content_calendar.lanes import CHANNELS
from content_calendar.workbook.columns import Column, Known
from content_calendar.workbook.issues import Report
from content_calendar.workbook.table import Table
from content_calendar.workbook.values.dates import Moment, bad_moment, parse_moment
from content_calendar.workbook.values.text import BRACKETED, Raw, fold, name, plain
from content_calendar.workbook.values.tiers import LEVEL_NAMES
from content_calendar.workbook.values.unreadable import Unreadable
from content_calendar.zones import place
from prompts.brief import LEVELS, Level
from prompts.kinds import Kind, all_kinds, by_name

_CHANNEL_WORDS: dict[str, tuple[str, ...]] = {
    "wecom_mass": ("企业微信群发", "客户群群发", "群发助手", "企微客户群群发", "企业群发助手", "群发任务"),
    "sidebar": ("侧边栏发送", "侧边栏人工发送", "人工", "手动发送", "聊天工具栏"),
    "wecom_bot": ("群机器人webhook", "企业微信群机器人", "企微群机器人", "机器人"),
    "feishu_bot": ("飞书群机器人", "feishu"),
    "dingtalk_bot": ("钉钉群机器人", "dingtalk"),
    "webhook": ("web hook", "签名webhook", "接口", "自定义webhook"),
    "demo": ("演示通道", "模拟群", "demo"),
}


@dataclass(frozen=True)
class Context:
    """What building a row may use."""

    table: Table
    known: Known
    report: Report


@dataclass(frozen=True)
class At:
    """A moment in a cell as an instant; ``only_day`` when no time was written; ``slip`` names a wrong weekday."""

    instant: datetime
    only_day: bool = False
    slip: str = ""


@cache
def _channels() -> dict[str, str]:
    words = {fold(word): key for key, names in _CHANNEL_WORDS.items() for word in names}
    return words | {fold(word): key for key, info in CHANNELS.items() for word in (key, *info.names)}


def parse_channel(raw: Raw, _: Known) -> str:
    """A channel's key from any of its names."""
    found = _channels().get(fold(plain(raw)))
    if found is None:
        known = "、".join(info.names[0] for info in CHANNELS.values())
        raise Unreadable("unknown_channel", f"通道：{known}", f"a channel: {known}")
    return found


def channel_name(key: str) -> str:
    """How a channel is written in a workbook."""
    return CHANNELS[key].names[0]


@cache
def _kind(written: str) -> Kind | None:
    bare = BRACKETED.sub("", written)
    return (
        by_name(written)
        or by_name(bare)
        or by_name(fold(bare).removesuffix("活动"))
        or by_name(fold(bare) + "活动")
    )


def parse_kind(raw: Raw, known: Known) -> tuple[str, str]:
    """A kind's key, and the words it was written in."""
    written = name(raw)
    kind = _kind(written)
    if kind is None:
        raise unknown_kind(written, [kind.name for kind in all_kinds().values()])
    return kind.key, written


def parse_campaign_kind(raw: Raw, known: Known) -> tuple[str, str]:
    """A kind that a campaign can be of: it sells, or it plays."""
    key, written = parse_kind(raw, known)
    fitting = {kind.key: kind.name for kind in all_kinds().values() if kind.offer or kind.key == "game"}
    if key not in fitting:
        raise unknown_kind(written, list(fitting.values()))
    return key, written


def unknown_kind(written: str, names: Sequence[str]) -> Unreadable:
    """Which kinds there are, the nearest first named."""
    near = difflib.get_close_matches(written, names, n=1, cutoff=0.5)
    hint = f"（是不是「{near[0]}」？）" if near else ""
    known = "、".join(names)
    return Unreadable("unknown_kind", f"内容类型{hint}：{known}", f"a kind: {known}")


def moment_column(header: str, *aliases: str, need: Any = "optional", end: bool = False) -> Column:
    """A moment in the brand's zone. A day without a time is its first minute, or as an ``end`` its last."""

    def parse(raw: Raw, known: Known) -> At:
        moment = parse_moment(raw)
        try:
            day = moment.day.on(known.anchor)
        except Unreadable as error:
            raise bad_moment() from error
        slip = ""
        if moment.day.weekday is not None and moment.day.weekday != day.isoweekday():
            slip = f"{day.isoformat()} 是周{'一二三四五六日'[day.isoweekday() - 1]}"
        return At(_instant(moment, day, known.zone, end=end), moment.minutes is None, slip)

    return Column(header, parse, need, None, aliases)


def _instant(moment: Moment, day: date, zone: ZoneInfo, *, end: bool) -> datetime:
    minutes = (24 * 60 - 1 if end else 0) if moment.minutes is None else moment.minutes
    if moment.offset is not None:
        midnight = datetime.combine(day, time(), tzinfo=UTC) - moment.offset
        return midnight + timedelta(minutes=minutes, seconds=moment.seconds)
    days, rest = divmod(minutes, 24 * 60)
    wall = time(rest // 60, rest % 60, moment.seconds)
    return place(day + timedelta(days=days), wall, zone).instant


def local(instant: datetime | None, zone: ZoneInfo) -> str | None:
    """An instant as ISO text in the brand's zone."""
    return None if instant is None else instant.astimezone(zone).isoformat()


def written_moment(instant: datetime | None, zone: ZoneInfo) -> datetime | str | None:
    """An instant as a cell: wall time; as text where a cell would be misread (midnight, the second 2:30 of a night)."""
    if instant is None:
        return None
    there = instant.astimezone(zone)
    wall = there.replace(tzinfo=None, fold=0)
    if place(wall.date(), wall.time(), zone).instant != instant:
        return there.isoformat(sep=" ")
    if (wall.hour, wall.minute, wall.second) == (0, 0, 0):
        return wall.strftime("%Y-%m-%d 00:00")
    return wall


def written_tiers(levels: Sequence[Level]) -> str:
    """高、中 or 全部."""
    return "全部" if len(levels) == len(LEVELS) else "、".join(LEVEL_NAMES[level] for level in levels)


def money(value: Decimal | None) -> str | None:
    """A price as plain decimal text."""
    return None if value is None else format(value, "f")
