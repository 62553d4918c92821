"""Where a WeCom robot lives, how its bodies look, what its codes prove."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from yarl import URL

from content_calendar.forms import Message
from content_calendar.roads import Pace
from workers.channels.base import Capabilities, Tools
from workers.channels.robots import Call, RobotChannel, Rule
from workers.channels.several import split

HOST = "qyapi.weixin.qq.com"
PATH = "/cgi-bin/webhook/send"
TEXT_BYTES = 2048
MARKDOWN_BYTES = 4096
PICTURE_BYTES = 2 * 1024 * 1024
MOST_PARTS = 3  # of twenty calls a minute
RULES: Mapping[int, Rule] = {
    -1: Rule("retry", 5),
    45009: Rule("block", 60),
    45033: Rule("retry", 3),
    40008: Rule("refuse"),
    40033: Rule("refuse"),
    40058: Rule("refuse"),
    44004: Rule("refuse"),
    45002: Rule("refuse"),
    93000: Rule("disable"),
    93004: Rule("disable"),
    93008: Rule("disable"),
}


class WecomRobot:
    """The platform. What identifies a robot is its key, which is its password."""

    key, name, code_field = "wecom_bot", "企业微信群机器人", "errcode"
    rules = RULES

    def robot(self, address: str) -> str:
        """The key, when the address is a robot's."""
        try:
            url = URL(address)
        except ValueError:
            return ""
        return url.query.get("key", "") if url.host == HOST and url.path == PATH else ""

    def call(self, address: str, message: Message, images: Mapping[str, bytes], now: float) -> Call | None:
        """One POST for the message; a picture travels alone."""
        body = _body(message, images)
        return None if body is None else Call(PATH, {"key": self.robot(address)}, body)

    def parts(self, message: Message) -> Sequence[Message]:
        """Words and pictures are messages of their own here; more than :data:`MOST_PARTS` are too many for its pace."""
        found = split(message)
        return found if len(found) <= MOST_PARTS else (message,)


def _body(message: Message, images: Mapping[str, bytes]) -> dict[str, Any] | None:
    form = message.form
    if form == "image":
        return _image(images[message.pictures[0]]) if len(message.pictures) == 1 else None
    if message.pictures:
        return None  # too many parts: text and picture are messages of their own here
    if form == "link" and message.card is not None:
        article = {"title": message.card.title, "description": message.text, "url": message.card.url}
        return {"msgtype": "news", "news": {"articles": [article]}}
    if form == "markdown":
        return _sized("markdown", message.written, MARKDOWN_BYTES)
    return _sized("text", message.text, TEXT_BYTES)


def _sized(kind: str, content: str, limit: int) -> dict[str, Any] | None:
    return {"msgtype": kind, kind: {"content": content}} if 0 < len(content.encode()) <= limit else None


def _image(raw: bytes) -> dict[str, Any] | None:
    if len(raw) > PICTURE_BYTES:
        return None
    digest = hashlib.md5(raw, usedforsecurity=False).hexdigest()  # of the bytes, before base64
    return {"msgtype": "image", "image": {"base64": base64.b64encode(raw).decode(), "md5": digest}}


def make_channel(tools: Tools) -> RobotChannel:
    """The channel."""
    can = Capabilities(
        mode="auto", max_bytes=MARKDOWN_BYTES, longest_call=85.0, pace=Pace(20, burst=2), concurrency=32,
        carries=frozenset({"text", "markdown", "link", "image"}),
    )  # fmt: skip
    return RobotChannel(tools, WecomRobot(), tools.settings.wecom_url, can)
