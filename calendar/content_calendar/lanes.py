"""Channels and lanes: which road a message to a group takes.

A group whose channel is a bot, a webhook or the demo always uses that. A customer group (mass-send or
sidebar) takes the lane its post asks for, because no server may post into it unattended (企业微信 92135).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from prompts.brief import Lane


@dataclass(frozen=True)
class ChannelInfo:
    """What a channel is called in a workbook and which lane it belongs to. ``max_bytes``: UTF-8 text.

    ``lead``: minutes before the slot that the call is made, where a person has to act afterwards. ``whole``: all groups of
    one owner travel in one call.
    """

    key: str
    lane: Lane
    names: tuple[str, ...]  # the first is the one shown and exported
    max_bytes: int
    needs_address: bool
    https: bool = False  # the address must be an https URL
    lead: int = 0
    whole: bool = False


CHANNELS: dict[str, ChannelInfo] = {
    info.key: info
    for info in (
        ChannelInfo(
            "wecom_mass", "confirm", ("企业群发", "群发", "企微群发"), 4000, True, lead=10, whole=True
        ),
        ChannelInfo("sidebar", "hand_off", ("侧边栏", "侧栏", "人工发送"), 4000, True, lead=8, whole=True),
        ChannelInfo(
            "wecom_bot", "auto", ("群机器人", "企微机器人", "企业微信机器人"), 2048, True, https=True
        ),
        ChannelInfo("feishu_bot", "auto", ("飞书机器人", "飞书"), 20_000, True, https=True),
        ChannelInfo("dingtalk_bot", "auto", ("钉钉机器人", "钉钉"), 20_000, True, https=True),
        ChannelInfo("webhook", "auto", ("webhook", "Webhook", "回调"), 20_000, True, https=True),
        ChannelInfo("demo", "demo", ("演示", "演示群", "模拟"), 4000, False),
    )
}
WHOLE = frozenset(key for key, info in CHANNELS.items() if info.whole)
EARLIEST = timedelta(minutes=12)  # no call is ever made longer before its slot
CROWDED = frozenset({0, 30})  # minutes of the hour in which everybody's reminders go out
CUSTOMER_CHANNELS = frozenset({"wecom_mass", "sidebar"})
LANE_NAMES: dict[str, str] = {"auto": "自动", "confirm": "企业群发", "hand_off": "侧边栏", "demo": "演示"}


def channel_for(group_channel: str, wanted: str) -> str:
    """The channel that reaches a group when a post wants ``wanted`` (a channel key)."""
    if group_channel in CUSTOMER_CHANNELS and wanted in CUSTOMER_CHANNELS:
        return wanted
    return group_channel


def lane_of(channel: str) -> Lane:
    """The lane a channel belongs to."""
    return CHANNELS[channel].lane


def call_at(channel: str, slot: datetime) -> datetime:
    """When the call for a slot is made: at the slot, or some minutes before where a person must act, in a quiet minute."""
    lead = CHANNELS[channel].lead
    return quiet_minute(slot - timedelta(minutes=lead)) if lead else slot


def quiet_minute(instant: datetime) -> datetime:
    """The instant, or two minutes before it when it falls into a crowded minute."""
    return instant - timedelta(minutes=2) if instant.minute in CROWDED else instant


def after_crowd(instant: datetime) -> datetime:
    """The instant, or the start of the next minute when it falls into a crowded one."""
    if instant.minute not in CROWDED:
        return instant
    return instant.replace(second=0, microsecond=0) + timedelta(minutes=1)
