"""What may go beside the words of a mass-send or a welcome."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..bodies import size

Lives = Callable[[object, float], bool]
MOST = 9


def wrong(asked: dict[str, Any], lives: Lives, now: float, *, text_bytes: int) -> int:
    """The errcode of text and attachments together; 0 when they are right."""
    text, items = (asked.get("text") or {}).get("content", ""), asked.get("attachments") or []
    if not text and not items:
        return 44004
    if size(text) > text_bytes:
        return 45002
    if len(items) > MOST:
        return 41064
    return next((code for item in items if (code := of_one(item, lives, now))), 0)


def of_one(item: dict[str, Any], lives: Lives, now: float) -> int:
    """The errcode of one attachment."""
    kind = str(item.get("msgtype"))
    content = item.get(kind) or {}
    if kind == "image":
        return 0 if content.get("pic_url") or lives(content.get("media_id"), now) else 40007
    if kind == "link":
        right = content.get("title") and content.get("url")
        return (
            0 if right and size(content["title"]) <= 128 and size(content.get("desc", "")) <= 512 else 40058
        )
    return 41065
