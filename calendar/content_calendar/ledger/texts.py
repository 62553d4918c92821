"""What is really said: the approved text with its live tokens filled in at the moment of sending.

A line whose value nobody knows is left out, never guessed (promise 4).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from content_calendar.tables import Brand, Post, Revision
from prompts import live


@dataclass(frozen=True)
class Said:
    """The text as the group will read it (empty when nothing of it is left), and the live values in it."""

    text: str
    values: Mapping[str, str] = field(default_factory=dict)


def said(session: Session, brand: Brand, post: Post, revision: Revision, *, now: datetime) -> Said:
    """The approved text with what is known at this moment."""
    wanted = live.keys(revision.text)
    if not wanted:
        return Said(revision.text)
    from content_calendar import facts  # the seam to live sources: only asked when a text needs them

    values = facts.live_values(session, brand, wanted, now=now, due_at=post.due_at)
    return Said(live.fill(revision.text, values), values)
