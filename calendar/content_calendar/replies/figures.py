"""How replies fare: how often each source, stance and prompt version is copied as it stands, edited, put aside, handed on.

Counted per suggestion: one that was shown beside two others and not chosen counts as shown. The edit distance is 0 where
the words were copied as they stood and 1 where nothing of them is left, the mean over all copies.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from rapidfuzz.distance import Levenshtein
from sqlalchemy import select
from sqlalchemy.orm import Session

from content_calendar.replies.history import Done, used
from content_calendar.tables import Brand, Suggestion, SuggestionEvent

By = Literal["source", "stance", "version"]
SortBy = Literal["shown", "accepted", "unchanged", "edited", "dismissed", "escalated", "distance"]
SORTS: tuple[SortBy, ...] = ("shown", "accepted", "unchanged", "edited", "dismissed", "escalated", "distance")
MOST = 20_000  # replies counted, the newest first
REVIEWED = ("script", "care", "offline")  # authors that no prompt stands behind
Name = tuple[str, str]


@dataclass
class Line:
    """One source, stance or version. ``name`` is (sheet, key or row), (stance, "") or (version, model)."""

    name: Name
    row: int = 0
    shown: int = 0
    unchanged: int = 0
    edited: int = 0
    dismissed: int = 0
    escalated: int = 0
    _far: float = field(default=0.0, repr=False)

    @property
    def copied(self) -> int:
        """Copies, edited or not."""
        return self.unchanged + self.edited

    @property
    def accepted(self) -> float:
        """The share of what was shown that was copied."""
        return self.copied / self.shown if self.shown else 0.0

    @property
    def distance(self) -> float | None:
        """The mean edit distance of the copies; None without any."""
        return self._far / self.copied if self.copied else None

    def count(self, outcome: str, far: float, *, escalated: bool) -> None:
        """One suggestion more."""
        self.shown += 1
        self.escalated += escalated
        self._far += far
        if outcome == "copied":
            self.unchanged += 1
        elif outcome == "edited":
            self.edited += 1
        elif outcome == "dismissed":
            self.dismissed += 1


@dataclass(frozen=True)
class Figures:
    """A table of lines, sorted, and their total. ``capped``: there were more replies than are counted."""

    lines: tuple[Line, ...]
    total: Line
    replies: int
    capped: bool


def load(
    session: Session, brand: Brand, *, since: datetime, by: By = "source", sort: SortBy = "shown"
) -> Figures:
    """The figures of replies made since ``since``: three statements."""
    replies = session.execute(
        select(Suggestion.id, Suggestion.suggestions, Suggestion.prompt_version)
        .where(Suggestion.brand_id == brand.id, Suggestion.created_at >= since)
        .order_by(Suggestion.created_at.desc())
        .limit(MOST + 1)
    ).all()
    done = _events(session, brand, since)
    lines: dict[Name, Line] = {}
    total = Line(("", ""))
    counted = 0
    for number, proposed, version in replies[:MOST]:
        if number not in done:  # asked for by a program that tells nothing of what became of it
            continue
        counted += 1
        _count(lines, total, by, proposed, version, done[number])
    return Figures(tuple(sorted(lines.values(), key=_order(sort))), total, counted, len(replies) > MOST)


def _events(session: Session, brand: Brand, since: datetime) -> dict[int, list[Done]]:
    """What was done with each reply that anybody saw; the many events "shown" only say that somebody did."""
    of_late = (Suggestion.brand_id == brand.id, Suggestion.created_at >= since)
    joined = Suggestion.id == SuggestionEvent.suggestion_id
    seen = session.scalars(
        select(SuggestionEvent.suggestion_id).join(Suggestion, joined).where(*of_late).distinct()
    )
    found: dict[int, list[Done]] = {number: [] for number in seen}
    rows = session.execute(
        select(
            SuggestionEvent.suggestion_id, SuggestionEvent.place, SuggestionEvent.kind, SuggestionEvent.text
        )
        .join(Suggestion, joined)
        .where(*of_late, SuggestionEvent.kind.in_(("copied", "dismissed", "escalated")))
        .order_by(SuggestionEvent.id)
    )
    for number, place, kind, text in rows:
        found[number].append(Done(place, kind, text))
    return found


def _count(
    lines: dict[Name, Line], total: Line, by: By, proposed: Iterable[dict[str, Any]], version: str,
    done: Sequence[Done],
) -> None:  # fmt: skip
    escalated = any(event.kind == "escalated" for event in done)
    aside = any(event.kind == "dismissed" and event.place is None for event in done)
    for place, one in enumerate(proposed):
        name, row = _name(one, by, version)
        became = used(done, place)
        outcome = became.outcome or ("dismissed" if aside else "")
        far = distance(str(one.get("text", "")), became.text) if outcome == "edited" else 0.0
        line = lines.setdefault(name, Line(name, row))
        for counted in (line, total):
            counted.count(outcome, far, escalated=escalated)


def distance(proposed: str, copied: str) -> float:
    """How far a copy is from what was proposed: 0 the same, 1 nothing in common."""
    return float(Levenshtein.normalized_distance(proposed.strip(), copied.strip()))


def _name(one: dict[str, Any], by: By, version: str) -> tuple[Name, int]:
    if by == "stance":
        return (str(one.get("stance", "")), ""), 0
    author = str(one.get("author", "offline"))
    if by == "version":
        return ((author, "") if author in REVIEWED else (version, author)), 0
    sources = one.get("sources") or ()
    if not sources:
        return ("", author if author == "care" else ""), 0
    first = sources[0]
    row = int(first.get("row") or 0)
    return (str(first.get("sheet", "")), str(first.get("key") or row)), row


def _order(sort: SortBy) -> Callable[[Line], tuple[float, int, Name]]:
    """The greatest first; equal ones by how often they were shown."""
    return lambda line: (-float(getattr(line, sort) or 0.0), -line.shown, line.name)
