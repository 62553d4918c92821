"""Welcome templates of customer groups: at most a hundred, 3,000 bytes, the first kind of attachment alone counts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..bodies import size

MOST = 100
TEXT_BYTES = 3000
_KINDS = ("image", "link", "miniprogram", "file", "video")


@dataclass
class Templates:
    """``told``: how often members were told to attach one."""

    known: dict[str, dict[str, Any]] = field(default_factory=dict)
    told: int = 0
    _made: int = 0

    def add(self, asked: dict[str, Any], _now: float) -> dict[str, Any]:
        """The answer of group_welcome_template/add."""
        code = 41055 if len(self.known) >= MOST else _wrong(asked)
        if code:
            return _said(code)
        self._made += 1
        template_id = f"TPL{self._made:06d}"
        self.known[template_id] = _kept(asked)
        self.told += int(asked.get("notify", 1)) == 1
        return {**_said(0), "template_id": template_id}

    def edit(self, asked: dict[str, Any], _now: float) -> dict[str, Any]:
        """The answer of …/edit."""
        template_id = str(asked.get("template_id", ""))
        code = 40058 if template_id not in self.known else _wrong(asked)
        if code == 0:
            self.known[template_id] = _kept(asked)
        return _said(code)

    def get(self, asked: dict[str, Any], _now: float) -> dict[str, Any]:
        """The answer of …/get."""
        found = self.known.get(str(asked.get("template_id", "")))
        return _said(40058) if found is None else {**_said(0), **found}

    def delete(self, asked: dict[str, Any], _now: float) -> dict[str, Any]:
        """The answer of …/del."""
        gone = self.known.pop(str(asked.get("template_id", "")), None)
        return _said(40058 if gone is None else 0)


def _wrong(asked: dict[str, Any]) -> int:
    content = (asked.get("text") or {}).get("content", "")
    if not content and not any(kind in asked for kind in _KINDS):
        return 44004
    return 45002 if size(content) > TEXT_BYTES else 0


def _kept(asked: dict[str, Any]) -> dict[str, Any]:
    """Of several attachments the first of the platform's order wins."""
    first = next((kind for kind in _KINDS if asked.get(kind)), None)
    return {"text": asked.get("text"), **({first: asked[first]} if first else {})}


def _said(code: int) -> dict[str, Any]:
    return {"errcode": code, "errmsg": "ok" if code == 0 else f"error {code}"}
