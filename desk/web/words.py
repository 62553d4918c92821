"""How the interface says things: states, tiers, lanes, dates and counts. Chinese first, English by catalogue."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from content_calendar import forms
from content_calendar.lanes import CHANNELS, LANE_NAMES
from content_calendar.occasions import NAMES as OCCASIONS
from content_calendar.states import DELIVERY_NAMES, POST_NAMES
from desk.web.i18n import _, current
from prompts.kinds import all_kinds
from prompts.live import NAMES as LIVE_NAMES

TIER_NAMES = {"high": "高", "mid": "中", "low": "低"}
STAGE_NAMES = {
    "warm_up": "预热",
    "start": "开始",
    "status": "播报",
    "last_call": "最后提醒",
    "showcase": "晒单",
}
POST_ORDER = (
    "in_review",
    "changes_requested",
    "planned",
    "writing",
    "approved",
    "releasing",
    "released",
    "held",
    "rejected",
    "missed",
    "cancelled",
)
DELIVERY_ORDER = (
    "planned",
    "claimed",
    "sending",
    "retry_wait",
    "sent",
    "handed_over",
    "confirmed",
    "unknown",
    "refused",
    "skipped",
    "expired",
    "cancelled",
)
_SUBJECTS = {
    "people": "人做的",
    "post": "内容",
    "delivery": "触达",
    "brand": "品牌",
    "user": "用户",
    "token": "令牌",
    "note": "家规",
    "script": "话术",
    "knowledge": "知识",
    "offer": "话术提议",
    "gap": "知识缺口",
    "rule": "规则",
    "prompt": "提示词",
}
UTC = ZoneInfo("UTC")
_WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_PARTS = ((9, "清晨"), (12, "上午"), (14, "午间"), (17, "下午"), (19, "傍晚"), (22, "晚间"), (24, "睡前"))


def post_state(state: str) -> str:
    """待审, 已批准 ..."""
    return _(POST_NAMES.get(state, state))  # type: ignore[call-overload]


def delivery_state(state: str) -> str:
    """待发, 已交给群主 ...: four different words, never "sent" for the first."""
    return _(DELIVERY_NAMES.get(state, state))  # type: ignore[call-overload]


def pictured(text: str) -> tuple[str, ...]:
    """The hashes of the pictures a text names."""
    return forms.read(text).pictures


def unpictured(text: str) -> str:
    """A piece of a text without the names of pictures."""
    return forms.PICTURE.sub("", text)


def occasion(key: str) -> str:
    """Where a welcome is said; empty for a post of the calendar."""
    return _(OCCASIONS[key]) if key in OCCASIONS else ""


def tier(level: str) -> str:
    """高, 中, 低."""
    return _(TIER_NAMES.get(level, level))


def kind(key: str) -> str:
    """干货分享, 秒杀 ...; an unknown key as it is."""
    known = all_kinds().get(key)
    return _(known.name) if known else key


def kinds() -> tuple[str, ...]:
    """Every kind's key, as the library orders them."""
    return tuple(all_kinds())


def lane(key: str) -> str:
    """自动, 企业群发, 侧边栏, 演示."""
    return _(LANE_NAMES.get(key, key))


def channel(key: str) -> str:
    """The channel's name as the workbook calls it."""
    return _(CHANNELS[key].names[0]) if key in CHANNELS else key


def stage(key: str | None) -> str:
    """预热, 开始, 播报 ..."""
    return _(STAGE_NAMES.get(key, key)) if key else ""


def live(token: str) -> str:
    """What a live token stands for: 商品余量 for ``stock:MH105``."""
    name, _colon, code = token.partition(":")
    return f"{_(LIVE_NAMES.get(name, name))} {code}".strip()


def weekday(day: date) -> str:
    """周一."""
    return _(_WEEKDAYS[day.weekday()])


def weekday_short(day: date) -> str:
    """一, Mon."""
    return weekday(day)[:3] if current() == "en" else _WEEKDAYS[day.weekday()][-1]


def month_day(day: date) -> str:
    """11月23日, 23 Nov."""
    if current() == "en":
        return f"{day.day} {_MONTHS[day.month - 1]}"
    return f"{day.month}月{day.day}日"


def month_of(day: date) -> str:
    """2026年11月, Nov 2026."""
    return f"{_MONTHS[day.month - 1]} {day.year}" if current() == "en" else f"{day.year}年{day.month}月"


def days(many: int) -> timedelta:
    """So many days, for a template that looks ahead or back."""
    return timedelta(days=many)


def day_long(day: date) -> str:
    """11月23日 周一."""
    return f"{month_day(day)} {weekday(day)}"


def span(first: date, last: date) -> str:
    """11月23日 – 29日, or both months when they differ."""
    if current() == "en":
        return f"{first.day if first.month == last.month else month_day(first)} – {month_day(last)}"
    return (
        f"{month_day(first)} – {last.day}日"
        if first.month == last.month
        else f"{month_day(first)} – {month_day(last)}"
    )


def clock(instant: datetime, where: ZoneInfo) -> str:
    """09:00 in that zone."""
    return f"{instant.astimezone(where):%H:%M}"


def clock_exact(instant: datetime, where: ZoneInfo) -> str:
    """09:00:00 in that zone."""
    return f"{instant.astimezone(where):%H:%M:%S}"


def moment(instant: datetime, where: ZoneInfo) -> str:
    """11月23日 周一 09:00 in that zone."""
    local = instant.astimezone(where)
    return f"{day_long(local.date())} {local:%H:%M}"


def moment_short(instant: datetime, where: ZoneInfo) -> str:
    """11-23 09:00 in that zone."""
    return f"{instant.astimezone(where):%m-%d %H:%M}"


def offset(instant: datetime, where: ZoneInfo) -> str:
    """UTC+8 for the zone at that instant."""
    minutes = int((instant.astimezone(where).utcoffset() or timedelta()).total_seconds() // 60)
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02d}" if rest else "")


def part_of_day(wall: str) -> str:
    """早间, 下午, 晚间 ... of a wall time HH:MM."""
    hour = int(wall[:2])
    return _(next(name for until, name in _PARTS if hour < until))


_ACTIONS = {
    "post.planned": "排进日历",
    "post.replanned": "重新排过",
    "post.unwritten": "没写成",
    "post.approved": "批准了",
    "post.approval_revoked": "撤销了批准",
    "post.edited": "改了文字",
    "post.moved": "改了时间",
    "post.move_undone": "撤销了改期",
    "post.added": "新建了内容",
    "post.send_late": "决定补发",
    "post.rest_cancelled": "取消了其余社群",
    "post.rechecked": "复查了检查结果",
    "rule.added": "加了规则",
    "rule.silenced": "静音了规则",
    "rule.ended": "停用了规则",
    "release.frozen": "定下要发的社群",
    "release.withdrawn": "撤回了待发",
    "release.bound_again": "按新批准继续发",
    "brand.paused": "全部暂停",
    "figures.imported": "导入了数据",
    "brand.four_eyes": "改了双人批准",
    "brand.resumed": "恢复发送",
    "workbook.imported": "导入了工作簿",
    "brand.cell_edited": "改了品牌资料",
    "script.made": "收录了话术",
    "script.withdrawn": "撤下了话术",
    "knowledge.made": "收录了知识",
    "knowledge.withdrawn": "撤下了知识",
    "offer.accepted": "收下了话术提议",
    "offer.dismissed": "没有收话术提议",
    "gap.answered": "回答了知识缺口",
    "gap.ignored": "略过了知识缺口",
    "prompt.saved": "存了提示词",
    "prompt.restored": "恢复了打包的提示词",
    "channel.account": "接通了企业微信应用",
    "channel.confirming": "改了企业群发的规则",
    "channel.reopened": "重新启用了通道",
    "user.created": "添加了用户",
    "user.password": "换了密码",
    "user.role": "改了角色",
    "user.disabled": "停用了用户",
    "user.enabled": "启用了用户",
    "note.accepted": "采纳了家规",
    "note.dismissed": "搁置了家规",
    "note.withdrawn": "撤回了家规",
    "note.written": "写了家规",
    "token.created": "新建了令牌",
    "token.revoked": "吊销了令牌",
}


def action(code: str) -> str:
    """What an audit event says was done; an unknown code as it is."""
    return _(_ACTIONS[code]) if code in _ACTIONS else code


def late_policy(policy: str, minutes: int) -> str:
    """What happens to what could not go out in time."""
    if policy == "send_late":
        return _("{n} 分钟内补发", n=minutes)
    return _("问人") if policy == "ask" else _("不再发")


def subject(name: str) -> str:
    """What kind of thing an audit event is about."""
    return _(_SUBJECTS.get(name, name))


_known: ContextVar[Mapping[str, str]] = ContextVar("desk_people", default=MappingProxyType({}))


def know(people: Mapping[str, str]) -> None:
    """How users are called, by name, for the rest of this request."""
    _known.set(people)


def person(actor: str) -> str:
    """Who an audit event or a revision names: ``user:li`` → 李晓, ``offline`` → 离线写手, ``system:x`` → 系统."""
    if actor.startswith("system:"):
        return _("系统")
    if actor == "offline":
        return _("离线写手")
    name = actor.removeprefix("user:").removeprefix("service:")
    return _known.get().get(name) or name


def thousands(number: int) -> str:
    """12,345."""
    return f"{number:,}"


def fact(kind: str, value: str, unit: str, where: ZoneInfo) -> str:
    """A fact's value as a person reads it: ¥199, 11月29日 周日 22:00, 500份."""
    try:
        if kind == "moment":
            return moment(datetime.fromisoformat(value), where)
        if kind == "day":
            return day_long(date.fromisoformat(value))
    except ValueError:
        return value
    return f"¥{value}" if kind == "price" else f"{value}{unit}"


def attempt(outcome: str | None) -> str:
    """How one network try ended; a dash while it is under way."""
    named = {"sent": _("成功"), "handed_over": _("已交出"), "refused": _("没发出"), "unknown": _("结果未知")}
    return named.get(outcome or "", "…")


def late(milliseconds: int | None) -> str:
    """How late a delivery began: 0.3 秒."""
    if milliseconds is None:
        return ""
    seconds = milliseconds / 1000
    if abs(seconds) < 1:
        return _("准点")
    return (
        _("迟 {n} 秒", n=f"{seconds:.1f}") if abs(seconds) < 60 else _("迟 {n} 分钟", n=round(seconds / 60))
    )


FILTERS: dict[str, Callable[..., Any]] = {
    "post_state": post_state,
    "delivery_state": delivery_state,
    "occasion": occasion,
    "pictured": pictured,
    "unpictured": unpictured,
    "tier": tier,
    "kind": kind,
    "lane": lane,
    "channel": channel,
    "stage": stage,
    "live": live,
    "weekday": weekday,
    "month_day": month_day,
    "month_of": month_of,
    "day_long": day_long,
    "clock": clock,
    "clock_exact": clock_exact,
    "moment": moment,
    "moment_short": moment_short,
    "part_of_day": part_of_day,
    "person": person,
    "thousands": thousands,
    "late": late,
    "fact": fact,
}
