"""Where a Feishu robot lives, how its bodies look and are signed, what its codes prove.

A robot with signature check has its secret behind the address: ``https://…/hook/ID#secret``.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from yarl import URL

from content_calendar.forms import LINK, Message
from content_calendar.roads import Pace
from workers.channels.base import Capabilities, Tools
from workers.channels.robots import Call, RobotChannel, Rule

HOSTS = frozenset({"open.feishu.cn", "open.larksuite.com"})
_PATH = re.compile(r"/open-apis/bot/v2/hook/([A-Za-z0-9_-]{1,100})")
BODY_BYTES = 20 * 1024
TEXT_BYTES = 18_000  # leaves room for what JSON adds
RULES: Mapping[int, Rule] = {
    11232: Rule("block", 15),
    9499: Rule("refuse"),
    19024: Rule("refuse"),
    19001: Rule("disable"),
    19021: Rule("disable"),
    19022: Rule("disable"),
}


class FeishuRobot:
    """The platform. What identifies a robot is the id in its path."""

    key, name, code_field = "feishu_bot", "飞书机器人", "code"
    rules = RULES

    def robot(self, address: str) -> str:
        """The hook's id, when the address is a robot's."""
        try:
            url = URL(address)
        except ValueError:
            return ""
        found = _PATH.fullmatch(url.path)
        return found.group(1) if found and url.host in HOSTS else ""

    def call(self, address: str, message: Message, images: Mapping[str, bytes], now: float) -> Call | None:
        """One POST for the message, signed when the robot asks for it. Pictures need an app, which a robot is not."""
        body = None if message.pictures else _body(message)
        if body is None:
            return None
        secret = URL(address).fragment
        if secret:
            stamp = str(int(now))
            body |= {"timestamp": stamp, "sign": sign(secret, stamp)}
        small = len(json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()) <= BODY_BYTES
        return Call(f"/open-apis/bot/v2/hook/{self.robot(address)}", {}, body) if small else None

    def parts(self, message: Message) -> Sequence[Message]:
        """Whole."""
        return (message,)


def sign(secret: str, stamp: str) -> str:
    """The signature: the key is ``timestamp\\nsecret``, nothing is signed with it."""
    return base64.b64encode(hmac.new(f"{stamp}\n{secret}".encode(), b"", hashlib.sha256).digest()).decode()


def _body(message: Message) -> dict[str, Any] | None:
    if message.form == "link" and message.card is not None:
        return _card(message)
    if message.form == "markdown":
        rows = [_row(line) for line in message.written.split("\n")]
        return {"msg_type": "post", "content": {"post": {"zh_cn": {"title": "", "content": rows}}}}
    return {"msg_type": "text", "content": {"text": message.text}} if message.text else None


def _card(message: Message) -> dict[str, Any]:
    assert message.card is not None
    button = {"tag": "button", "text": {"tag": "plain_text", "content": message.card.title}, "type": "primary", "url": message.card.url}  # fmt: skip
    said = [{"tag": "div", "text": {"tag": "plain_text", "content": message.text}}] if message.text else []
    return {"msg_type": "interactive", "card": {"elements": [*said, {"tag": "action", "actions": [button]}]}}


def _row(line: str) -> list[dict[str, str]]:
    """A line of rich text: words and links in their order."""
    parts: list[dict[str, str]] = []
    at = 0
    for found in LINK.finditer(line):
        if line[at : found.start()]:
            parts.append({"tag": "text", "text": line[at : found.start()]})
        parts.append({"tag": "a", "text": found.group(1), "href": found.group(2)})
        at = found.end()
    if line[at:] or not parts:
        parts.append({"tag": "text", "text": line[at:]})
    return parts


def make_channel(tools: Tools) -> RobotChannel:
    """The channel. Four a second at most: the pace of a minute with a burst of three."""
    can = Capabilities(
        mode="auto", max_bytes=TEXT_BYTES, longest_call=40.0, pace=Pace(100, burst=3), concurrency=32,
        carries=frozenset({"text", "markdown", "link"}),
    )  # fmt: skip
    return RobotChannel(tools, FeishuRobot(), tools.settings.feishu_url, can)
