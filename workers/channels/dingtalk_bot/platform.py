"""Where a DingTalk robot lives, how its bodies look and calls are signed, what its codes prove.

A robot with signature check has its secret behind the address: ``https://…access_token=T#SEC…``.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from typing import Any

from yarl import URL

from content_calendar.forms import Message
from content_calendar.roads import Pace
from workers.channels.base import Capabilities, Tools
from workers.channels.robots import Call, RobotChannel, Rule

HOST = "oapi.dingtalk.com"
PATH = "/robot/send"
BODY_BYTES = 19_900
TEXT_BYTES = 18_000  # leaves room for what JSON adds
TITLE = 30  # characters shown in the list of chats
RULES: Mapping[int, Rule] = {
    -1: Rule("retry", 5),
    130101: Rule("block", 600),
    410100: Rule("block", 600),
    40035: Rule("refuse"),
    43004: Rule("refuse"),
    400105: Rule("refuse"),
    430101: Rule("refuse"),
    430102: Rule("refuse"),
    430103: Rule("refuse"),
    430104: Rule("refuse"),
    460101: Rule("refuse"),
    # "token is not exist", but 300001 also of a body that lacks a field; the signature, the address, or only a keyword.
    300001: Rule("disable", only=("token",)),
    300005: Rule("disable"),
    310000: Rule("disable", only=("sign", "timestamp", "ip ", "whitelist")),
    400013: Rule("disable"),
    400101: Rule("disable"),
    400102: Rule("disable"),
    400106: Rule("disable"),
}


class DingtalkRobot:
    """The platform. What identifies a robot is its access token, which is its password."""

    key, name, code_field = "dingtalk_bot", "钉钉机器人", "errcode"
    rules = RULES

    def robot(self, address: str) -> str:
        """The token, when the address is a robot's."""
        try:
            url = URL(address)
        except ValueError:
            return ""
        return url.query.get("access_token", "") if url.host == HOST and url.path == PATH else ""

    def call(self, address: str, message: Message, images: Mapping[str, bytes], now: float) -> Call | None:
        """One POST for the message, signed when the robot asks for it. A picture needs a public address: not carried."""
        body = None if message.pictures else _body(message)
        if body is None or len(json.dumps(body, ensure_ascii=False).encode()) > BODY_BYTES:
            return None
        query = {"access_token": self.robot(address)}
        secret = URL(address).fragment
        if secret:
            stamp = str(int(now * 1000))
            query |= {"timestamp": stamp, "sign": sign(secret, stamp)}
        return Call(PATH, query, body)

    def parts(self, message: Message) -> Sequence[Message]:
        """Whole."""
        return (message,)


def sign(secret: str, stamp: str) -> str:
    """The signature of ``timestamp\\nsecret``."""
    found = hmac.new(secret.encode(), f"{stamp}\n{secret}".encode(), hashlib.sha256).digest()
    return base64.b64encode(found).decode()


def _body(message: Message) -> dict[str, Any] | None:
    title = message.text.split("\n", 1)[0][:TITLE]
    if message.form == "link" and message.card is not None:
        card = message.card
        return {
            "msgtype": "link",
            "link": {
                "title": card.title,
                "text": message.text or card.title,
                "messageUrl": card.url,
                "picUrl": "",
            },
        }
    if message.form == "markdown":
        # A single line break is none in its markdown: two spaces before it make one.
        return {
            "msgtype": "markdown",
            "markdown": {"title": title, "text": message.written.replace("\n", "  \n")},
        }
    return {"msgtype": "text", "text": {"content": message.text}} if message.text else None


def make_channel(tools: Tools) -> RobotChannel:
    """The channel. The pace stays under twenty: going over costs ten minutes."""
    can = Capabilities(
        mode="auto", max_bytes=TEXT_BYTES, longest_call=40.0, pace=Pace(18, burst=2), concurrency=32,
        carries=frozenset({"text", "markdown", "link"}),
    )  # fmt: skip
    return RobotChannel(tools, DingtalkRobot(), tools.settings.dingtalk_url, can)
