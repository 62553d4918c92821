"""Occasions: a post that is no message of a day but a welcome, said whenever somebody new comes.

Such a post is written, checked and approved like every other. Its moment is its last one: until then the approved text
stands, and then the approval ends by itself. It never goes to the groups of its tier.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from content_calendar import forms
from prompts import live

FRIEND, GROUP = "friend", "group"
KIND = "welcome"


@dataclass(frozen=True)
class Limits:
    """What the platform takes of one welcome."""

    text_bytes: int
    attachments: int


LIMITS: Mapping[str, Limits] = {FRIEND: Limits(4000, 9), GROUP: Limits(3000, 1)}
NAMES: Mapping[str, str] = {FRIEND: "新好友欢迎语", GROUP: "入群欢迎语"}


def unfit(occasion: str, text: str) -> tuple[str, str] | None:
    """Why this text cannot be such a welcome, in Chinese and English; None when it can."""
    limits = LIMITS.get(occasion)
    if limits is None:
        return None
    said = forms.read(text)
    size, extras = len(said.worded.encode()), len(said.pictures) + said.carded
    if size > limits.text_bytes:
        return (
            f"{NAMES[occasion]}最多 {limits.text_bytes} 字节，现在 {size} 字节，请改短",
            f"A welcome has at most {limits.text_bytes} bytes, this one {size}; shorten it",
        )
    if extras > limits.attachments:
        return (
            f"{NAMES[occasion]}最多带 {limits.attachments} 个图片或链接，现在 {extras} 个，请去掉几个",
            f"A welcome carries at most {limits.attachments} pictures or links, this one {extras}; take some away",
        )
    if occasion == GROUP and live.keys(text):
        return (
            "入群欢迎语建好后平台自己发，不能带实时数据（{…}），请去掉",
            "The platform says a group's welcome by itself: it cannot hold live values; take them away",
        )
    if size == 0:
        return f"{NAMES[occasion]}不能只有图片，请写一句话", "A welcome needs a sentence, not pictures alone"
    return None
