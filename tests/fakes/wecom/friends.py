"""New friends: a welcome code lives twenty seconds and is used once; whoever comes late or second is told so."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any

from . import attachments
from .attachments import Lives

LIFE = 20.0
TEXT_BYTES = 4000


@dataclass
class Code:
    """A code given out for one new friend of one member."""

    member: str
    made: float
    used: bool = False


@dataclass
class Friends:
    """``welcomed``: what customers read, in order, with the code it was said for."""

    lives: Lives
    codes: dict[str, Code] = field(default_factory=dict)
    welcomed: list[dict[str, Any]] = field(default_factory=list)

    def add(self, member: str, now: float) -> str:
        """Somebody becomes this member's friend; the code that the event carries."""
        code = f"CODE-{uuid.uuid4().hex}"
        self.codes[code] = Code(member, now)
        return code

    def welcome(self, asked: dict[str, Any], now: float) -> dict[str, Any]:
        """The answer of send_welcome_msg."""
        code = self._wrong(asked, now)
        if code == 0:
            known = self.codes[str(asked["welcome_code"])]
            known.used = True
            self.welcomed.append({"member": known.member, **asked})
        return {"errcode": code, "errmsg": "ok" if code == 0 else f"error {code}"}

    def _wrong(self, asked: dict[str, Any], now: float) -> int:
        if not asked.get("welcome_code"):
            return 41049
        known = self.codes.get(str(asked["welcome_code"]))
        if known is None or now > known.made + LIFE:
            return 41050
        if known.used:
            return 41051
        return attachments.wrong(asked, self.lives, now, text_bytes=TEXT_BYTES)
