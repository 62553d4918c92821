"""What was suggested before and what became of it: a day's replies, one reply again, its outcome."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple, Protocol

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from content_calendar.tables import Brand, Suggestion, SuggestionEvent

Outcome = Literal["copied", "edited", "escalated", "dismissed", ""]


class Did(Protocol):
    """What an event says of a suggestion."""

    @property
    def place(self) -> int | None: ...
    @property
    def kind(self) -> str: ...
    @property
    def text(self) -> str: ...


class Done(NamedTuple):
    """An event without its row."""

    place: int | None
    kind: str
    text: str


@dataclass(frozen=True)
class Used:
    """What an operator did with one suggestion; ``text`` is what was copied in its place (masked)."""

    outcome: Outcome = ""
    text: str = ""


def of_day(
    session: Session, brand: Brand, *, start: datetime, end: datetime, user_id: int | None = None,
    after: tuple[datetime, int] | None = None, limit: int = 50,
) -> Sequence[Suggestion]:  # fmt: skip
    """Replies from ``start`` until before ``end``, the newest first, of one operator or of all; ``after`` a place."""
    wanted = select(Suggestion).where(
        Suggestion.brand_id == brand.id, Suggestion.created_at >= start, Suggestion.created_at < end
    )
    if user_id is not None:
        wanted = wanted.where(Suggestion.user_id == user_id)
    if after is not None:
        at, number = after
        wanted = wanted.where(
            or_(Suggestion.created_at < at, and_(Suggestion.created_at == at, Suggestion.id < number))
        )
    return session.scalars(
        wanted.order_by(Suggestion.created_at.desc(), Suggestion.id.desc()).limit(limit)
    ).all()


def events(session: Session, suggestion_ids: Sequence[int]) -> dict[int, list[SuggestionEvent]]:
    """What was done with each of these replies, in order; one statement."""
    found: dict[int, list[SuggestionEvent]] = {}
    rows = session.scalars(
        select(SuggestionEvent)
        .where(SuggestionEvent.suggestion_id.in_(suggestion_ids))
        .order_by(SuggestionEvent.id)
    )
    for row in rows:
        found.setdefault(row.suggestion_id, []).append(row)
    return found


def used(done: Iterable[Did], place: int) -> Used:
    """What became of the suggestion at ``place``: the last copy counts, else that it was put aside."""
    found = Used()
    for event in done:
        if event.place != place:
            continue
        if event.kind == "copied":
            found = Used("edited" if event.text else "copied", event.text)
        elif event.kind == "dismissed" and not found.outcome:
            found = Used("dismissed")
    return found


def outcome(done: Sequence[Did]) -> Outcome:
    """What became of a whole reply: handed to a person, copied, copied with other words, put aside, or nothing yet."""
    kinds = {event.kind for event in done}
    if "escalated" in kinds:
        return "escalated"
    copies = [event for event in done if event.kind == "copied"]
    if copies:
        return "edited" if copies[-1].text else "copied"
    return "dismissed" if any(event.kind == "dismissed" and event.place is None for event in done) else ""
