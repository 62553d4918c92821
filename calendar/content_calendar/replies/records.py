"""What was proposed and what became of it, as it is recorded.

Everything arrives masked and is kept so; these functions never see a customer's raw words. Nobody commits here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from content_calendar.errors import CalendarError, NotFound
from content_calendar.replies import gaps, offers
from content_calendar.replies.sameness import digest, normalised
from content_calendar.tables import Brand, Group, Suggestion, SuggestionEvent, User

EventKind = Literal["shown", "copied", "edited", "dismissed", "escalated"]
EVENTS: tuple[EventKind, ...] = ("shown", "copied", "edited", "dismissed", "escalated")
MOST_ASKED, MOST_EDITED = 2_000, 4_000
_ROW: Any = Suggestion.__table__
_KEEP = insert(_ROW)  # made once: it runs for every reply


@dataclass(frozen=True)
class Asked:
    """A question and its answer as they are recorded. ``masked`` holds no personal data; the rest is the reply's JSON."""

    masked: str
    private: bool
    tier: str = ""
    group_id: int | None = None
    user_id: int | None = None
    milliseconds: int = 0


def record(session: Session, brand: Brand, asked: Asked, reply: Mapping[str, Any], *, now: datetime) -> int:
    """Keep a reply (the JSON of generator.replies' Reply, with ``prompt_version``); the suggestion's id.

    A gap is counted in the same transaction.
    """
    gap = bool(reply["gap"])
    told = {
        "brand_id": brand.id, "group_id": asked.group_id, "tier": asked.tier, "private": asked.private,
        "asked_hash": digest(asked.masked), "asked": asked.masked[:MOST_ASKED], "risk": str(reply["risk"])[:24],
        "escalate": bool(reply["escalate"]), "handover": str(reply.get("handover", ""))[:400], "gap": gap,
        "follow_up": str(reply.get("follow_up", ""))[:400], "sources": list(reply["sources"]),
        "suggestions": list(reply["suggestions"]), "author": str(reply.get("author", "offline"))[:120],
        "fell_back": str(reply.get("fell_back", ""))[:40], "prompt_version": str(reply.get("prompt_version", ""))[:64],
        "milliseconds": asked.milliseconds, "created_at": now, "user_id": asked.user_id,
    }  # fmt: skip
    made = session.execute(_KEEP, told)
    if gap and normalised(asked.masked):
        gaps.note(session, brand, asked.masked, now=now)
    return int(made.inserted_primary_key[0])  # type: ignore[attr-defined]


def event(
    session: Session, brand: Brand, suggestion_id: int, kind: str, *, now: datetime, place: int | None = None,
    text: str = "", user: User | None = None,
) -> int:  # fmt: skip
    """Note what an operator did; ``text`` (masked) is what a suggestion was edited to. The event's id.

    A copy that follows an edit of the same suggestion is a copy of that edit; such copies are counted as offers.
    """
    found = get(session, brand, suggestion_id)
    _sensible(found, kind, place, text)
    if kind == "copied" and place is not None:
        text = _edited_to(session, found, place, text)
    row = SuggestionEvent(
        suggestion_id=found.id,
        place=place,
        kind=kind,
        text=text[:MOST_EDITED] if kind in {"edited", "copied"} else "",
        at=now,
        user_id=user.id if user else None,
    )
    session.add(row)
    session.flush()
    if kind == "copied" and row.text:
        offers.note_copy(session, brand, found, row.text, now=now)
    return row.id


def shown(session: Session, brand: Brand, suggestion_id: int, *, now: datetime, user: User) -> None:
    """Note that an operator was shown every suggestion of a reply."""
    found = get(session, brand, suggestion_id)
    session.add_all(
        SuggestionEvent(suggestion_id=found.id, place=place, kind="shown", at=now, user_id=user.id)
        for place in range(len(found.suggestions))
    )
    session.flush()


def get(session: Session, brand: Brand, suggestion_id: int) -> Suggestion:
    """A brand's reply; NotFound otherwise."""
    found = session.get(Suggestion, suggestion_id)
    if found is None or found.brand_id != brand.id:
        raise NotFound(
            f"没有编号为 {suggestion_id} 的回复建议。",
            code="reply.missing",
            english=f"No suggestion {suggestion_id}.",
        )
    return found


def _sensible(found: Suggestion, kind: str, place: int | None, text: str) -> None:
    if kind not in EVENTS:
        raise CalendarError(
            f"不认识的动作「{kind[:20]}」，可用：{'、'.join(EVENTS)}。",
            code="reply.event",
            english=f"Unknown event; use one of {', '.join(EVENTS)}.",
        )
    if place is not None and not 0 <= place < len(found.suggestions):
        raise CalendarError(
            f"这条回复没有第 {place + 1} 个建议。",
            code="reply.place",
            english=f"This reply has no suggestion {place + 1}.",
        )
    if kind == "edited" and not text.strip():
        raise CalendarError(
            "改成了什么？请把改后的文字一起交来。", code="reply.edited", english="Say what it was edited to."
        )


def last_edit(session: Session, found: Suggestion, place: int) -> str:
    """What a suggestion was edited to last; empty where it was not."""
    wanted = select(SuggestionEvent.text).where(
        SuggestionEvent.suggestion_id == found.id, SuggestionEvent.place == place, SuggestionEvent.kind == "edited"
    )  # fmt: skip
    return session.scalar(wanted.order_by(SuggestionEvent.id.desc()).limit(1)) or ""


def _edited_to(session: Session, found: Suggestion, place: int, text: str) -> str:
    """What was copied where it is not the suggestion itself: what was told, else the edit made just before."""
    if not text:
        last = session.scalar(
            select(SuggestionEvent)
            .where(SuggestionEvent.suggestion_id == found.id, SuggestionEvent.place == place)
            .order_by(SuggestionEvent.id.desc())
            .limit(1)
        )
        text = last.text if last is not None and last.kind == "edited" else ""
    proposed = str(found.suggestions[place].get("text", ""))
    return "" if text.strip() == proposed.strip() else text


def group_named(session: Session, brand: Brand, name: str) -> Group:
    """The active group with this code or name; NotFound with the remedy."""
    group = session.scalar(
        select(Group)
        .where(
            Group.brand_id == brand.id, Group.active.is_(True), (Group.code == name) | (Group.name == name)
        )
        .limit(1)
    )
    if group is None:
        raise NotFound(
            f"没有叫「{name[:40]}」的社群，请写群名称或群编号。",
            code="reply.group",
            english=f"No group called {name[:40]!r}; give its name or code.",
        )
    return group
