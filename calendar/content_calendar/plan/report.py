"""What planning tells: conflicts by name, each with one sentence that says what is wrong and what to do."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

Level = Literal["error", "warning", "notice"]


@dataclass(frozen=True)
class Conflict:
    """One thing the plan could not do as asked. ``kind`` is stable; ``text`` is for a person."""

    kind: str
    level: Level
    text: str
    day: date | None = None
    tier: str | None = None
    post_id: int | None = None
    slot: str | None = None  # the slot it concerns, also when no post was made

    def stored(self) -> dict[str, str]:
        """The form kept on ``post.conflicts``."""
        return {"kind": self.kind, "level": self.level, "text": self.text}


@dataclass(frozen=True)
class PlanReport:
    """What one run did. Counts are posts; ``by_day`` and ``by_tier`` count the posts that stand in the window."""

    created: int = 0
    kept: int = 0
    updated: int = 0
    cancelled: int = 0
    past: int = 0  # slots whose moment was already over
    posts: int = 0
    by_day: dict[date, int] = field(default_factory=dict)
    by_tier: dict[str, int] = field(default_factory=dict)
    conflicts: tuple[Conflict, ...] = ()

    @property
    def dropped(self) -> int:
        """Posts cancelled because the workbook no longer asks for them."""
        return self.cancelled


LEVEL_NAMES: dict[str, str] = {"high": "高", "mid": "中", "low": "低"}


def day_words(day: date) -> str:
    """11月26日."""
    return f"{day.month}月{day.day}日"
