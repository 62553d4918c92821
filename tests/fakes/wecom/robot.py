"""The group robot: bytes not characters, 20 a minute and then a minute's block, errcode in an HTTP 200."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ..bodies import Window, document, escaped, size

TEXT_BYTES = 2048
MARKDOWN_BYTES = 4096
IMAGE_BYTES = 2 * 1024 * 1024


@dataclass
class Robot:
    """One robot and what its group has seen."""

    messages: list[dict[str, Any]] = field(default_factory=list)
    state: str = "in"  # in | removed | disabled


@dataclass
class Robots:
    """All robots. ``open``: a key nobody knows yet is a new robot, else it is wrong."""

    open: bool = True
    known: dict[str, Robot] = field(default_factory=dict)
    window: Window = field(default_factory=lambda: Window(20))

    def send(self, key: str, body: bytes, now: float) -> int:
        """What the platform answers, as an errcode."""
        if key not in self.known and self.open and key:
            self.known[key] = Robot()
        robot = self.known.get(key)
        if robot is None or robot.state == "removed":
            return 93000
        if robot.state == "disabled":
            return 93004
        if not self.window.allows(key, now):
            return 45009
        code = judge(body)
        if code == 0:
            robot.messages.append(document(body) or {})
        return code

    def texts(self, key: str) -> list[str]:
        """What the group read."""
        robot = self.known.get(key, Robot())
        return [str(message[message["msgtype"]].get("content", "")) for message in robot.messages]


def judge(body: bytes) -> int:
    """The errcode of a body; 0 when it is right."""
    if escaped(body):
        return 40033
    found = document(body)
    check = _KINDS.get(str(found.get("msgtype"))) if found else None
    if found is None or check is None:
        return 40008
    content = found.get(str(found["msgtype"]))
    return check(content) if isinstance(content, dict) else 40008


def _text(content: dict[str, Any]) -> int:
    if not content.get("content"):
        return 44004
    return 45002 if size(content["content"]) > TEXT_BYTES else 0


def _markdown(content: dict[str, Any]) -> int:
    if not content.get("content"):
        return 44004
    return 45002 if size(content["content"]) > MARKDOWN_BYTES else 0


def _image(content: dict[str, Any]) -> int:
    try:
        raw = base64.b64decode(str(content.get("base64", "")), validate=True)
    except (binascii.Error, ValueError):
        return 40058
    right = hashlib.md5(raw, usedforsecurity=False).hexdigest() == content.get("md5")
    return 0 if raw and right and len(raw) <= IMAGE_BYTES else 40058


def _news(content: dict[str, Any]) -> int:
    articles = content.get("articles")
    if not isinstance(articles, list) or not 1 <= len(articles) <= 8:
        return 40058
    return 0 if all(article.get("title") and article.get("url") for article in articles) else 40058


_KINDS: dict[str, Callable[[dict[str, Any]], int]] = {
    "text": _text, "markdown": _markdown, "markdown_v2": _markdown, "image": _image, "news": _news,
}  # fmt: skip
