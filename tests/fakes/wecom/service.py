"""微信客服: at most five messages within 48 hours after the customer's last word; a new word refills."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..bodies import size

OPEN_FOR = 48 * 3600.0
MOST = 5
TEXT_BYTES = 2048


@dataclass
class Service:
    """``said``: what customers read. A customer who never wrote cannot be written to."""

    said: list[dict[str, Any]] = field(default_factory=list)
    _last: dict[str, float] = field(default_factory=dict)
    _sent: dict[str, int] = field(default_factory=dict)
    _ids: set[str] = field(default_factory=set)

    def heard(self, customer: str, now: float) -> None:
        """The customer writes."""
        self._last[customer], self._sent[customer] = now, 0

    def send(self, asked: dict[str, Any], now: float) -> dict[str, Any]:
        """The answer of kf/send_msg."""
        code = self._wrong(asked, now)
        if code:
            return {"errcode": code, "errmsg": f"error {code}"}
        customer = str(asked["touser"])
        self._sent[customer] += 1
        self.said.append(asked)
        msgid = str(asked.get("msgid") or f"kf{len(self.said)}")
        self._ids.add(msgid)
        return {"errcode": 0, "errmsg": "ok", "msgid": msgid}

    def _wrong(self, asked: dict[str, Any], now: float) -> int:
        customer = str(asked.get("touser", ""))
        if not asked.get("open_kfid"):
            return 95000
        if asked.get("msgtype") != "text" or str(asked.get("msgid") or "") in self._ids:
            return 40058
        content = (asked.get("text") or {}).get("content", "")
        if not content:
            return 44004
        if size(content) > TEXT_BYTES:
            return 45002
        if customer not in self._last or now > self._last[customer] + OPEN_FOR:
            return 95002
        return 95001 if self._sent[customer] >= MOST else 0
