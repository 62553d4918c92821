"""App messages to staff (message/send): 30 a minute for each member, more is dropped without a word; doubles are refused."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from ..bodies import Window


@dataclass
class Messages:
    """``members``: user ids there are (empty: everybody). ``seen``: (member, message)."""

    members: set[str] = field(default_factory=set)
    seen: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    window: Window = field(default_factory=lambda: Window(30, block=0.0))
    _same: dict[str, float] = field(default_factory=dict)

    def send(self, asked: dict[str, Any], now: float) -> dict[str, Any]:
        """The answer of message/send."""
        if not asked.get("agentid") or asked.get("msgtype") not in {"text", "textcard", "markdown"}:
            return {"errcode": 40008, "errmsg": "invalid message type"}
        wanted = [user for user in str(asked.get("touser", "")).split("|") if user]
        invalid = [user for user in wanted if self.members and user not in self.members]
        if not wanted or len(invalid) == len(wanted):
            return {"errcode": 81013, "errmsg": "user & party & tag all invalid"}
        same = json.dumps(asked, sort_keys=True)
        if asked.get("enable_duplicate_check") and self._same.get(same, 0.0) > now:
            return {"errcode": 0, "errmsg": "ok", "msgid": "again", "invaliduser": "|".join(invalid)}
        self._same[same] = now + float(asked.get("duplicate_check_interval", 1800))
        for user in wanted:
            if user not in invalid and self.window.allows(user, now):
                self.seen.append((user, asked))
        return {
            "errcode": 0,
            "errmsg": "ok",
            "msgid": f"app{len(self.seen)}",
            "invaliduser": "|".join(invalid),
        }
