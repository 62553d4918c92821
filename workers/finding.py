"""What one check of the doctor found, for the modules that check."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["ok", "warn", "fault"]


@dataclass(frozen=True)
class Finding:
    """What one check found. ``level``: ``fault`` needs mending, ``warn`` may be meant so."""

    check: str
    level: Level
    sentence: str
    english: str
