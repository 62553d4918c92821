"""Access tokens: two hours, the same one again while it lives, revocable; repeated bad secrets ban the caller for an hour."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any

LIFE = 7200
BAN_AFTER = 5
BAN = 3600.0


@dataclass
class Tokens:
    """The app's secrets (corp → secret) and the tokens given out. ``trusted``: the caller's IP is on the list."""

    secrets: dict[str, str] = field(default_factory=lambda: {"ww0123456789abcdef": "app-secret"})
    trusted: bool = True
    given: int = 0
    _current: dict[str, tuple[str, float]] = field(default_factory=dict)
    _ended: set[str] = field(default_factory=set)
    _wrong: int = 0
    _banned_until: float = 0.0

    def give(self, corp: str, secret: str, now: float) -> dict[str, Any]:
        """The answer of gettoken."""
        if now < self._banned_until:
            return {"errcode": 45009, "errmsg": "api freq out of limit"}
        if corp not in self.secrets:
            return {"errcode": 40013, "errmsg": "invalid corpid"}
        if self.secrets[corp] != secret:
            self._wrong += 1
            if self._wrong >= BAN_AFTER:
                self._banned_until = now + BAN
            return {"errcode": 40001, "errmsg": "invalid credential"}
        self._wrong = 0
        token, until = self._current.get(corp, ("", 0.0))
        if now >= until:
            self._ended.add(token)
            token, until = f"T-{uuid.uuid4().hex}", now + LIFE
            self._current[corp] = (token, until)
            self.given += 1
        return {"errcode": 0, "errmsg": "ok", "access_token": token, "expires_in": round(until - now)}

    def revoke(self) -> None:
        """End every token before its time: 40014 from now on."""
        self._current.clear()

    def check(self, token: str, now: float) -> int:
        """The errcode of a call with this token."""
        if not token:
            return 41001
        for known, until in self._current.values():
            if token == known:
                return (0 if self.trusted else 60020) if now < until else 42001
        return 42001 if token in self._ended else 40014
