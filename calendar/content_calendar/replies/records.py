"""What was proposed and what became of it, and the questions nobody could answer.

Everything arrives masked and is kept so; these functions never see a customer's raw words. Nobody commits here.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from content_calendar.errors import CalendarError, NotFound
from content_calendar.tables import Brand, Group, KnowledgeGap, Suggestion, SuggestionEvent, User

EventKind = Literal["shown", "copied", "edited", "dismissed", "escalated"]
EVENTS: tuple[EventKind, ...] = ("shown", "copied", "edited", "dismissed", "escalated")
GapState = Literal["open", "answered", "ignored"]
MOST_ASKED, MOST_EDITED = 2_000, 4_000
_SPACES = re.compile(r"[\s\W_]+")


@dataclass(frozen=True)
class Asked:
    """A question and its answer as they are recorded. ``masked`` holds no personal data; the rest is the reply's JSON."""

    masked: str
    private: bool
    tier: str = ""
    group_id: int | None = None
    user_id: int | None = None
    milliseconds: int = 0


@dataclass(frozen=True)
class Gap:
    """A question the sources do not answer, with how often it came."""

    id: int
    question: str
    count: int
    first_at: datetime
    last_at: datetime
    state: str


def normalised(masked: str) -> str:
    """The question without punctuation, spaces and width: what makes two askings the same."""
    return _SPACES.sub("", unicodedata.normalize("NFKC", masked)).lower()


def asked_hash(masked: str) -> str:
    """SHA-256 (64 hex digits) of the normalised question."""
    return hashlib.sha256(normalised(masked).encode()).hexdigest()


def record(session: Session, brand: Brand, asked: Asked, reply: Mapping[str, Any], *, now: datetime) -> int:
    """Keep a reply (the JSON of generator.replies' Reply, with ``prompt_version``); the suggestion's id.

    A gap is counted in the same transaction.
    """
    row = Suggestion(
        brand_id=brand.id, group_id=asked.group_id, tier=asked.tier, private=asked.private,
        asked_hash=asked_hash(asked.masked), asked=asked.masked[:MOST_ASKED], risk=str(reply["risk"])[:24],
        escalate=bool(reply["escalate"]), handover=str(reply.get("handover", ""))[:400], gap=bool(reply["gap"]),
        follow_up=str(reply.get("follow_up", ""))[:400], sources=list(reply["sources"]),
        suggestions=list(reply["suggestions"]), author=str(reply.get("author", "offline"))[:120],
        fell_back=str(reply.get("fell_back", ""))[:40], prompt_version=str(reply.get("prompt_version", ""))[:64],
        milliseconds=asked.milliseconds, created_at=now, user_id=asked.user_id,
    )  # fmt: skip
    session.add(row)
    session.flush()
    if row.gap and normalised(asked.masked):
        note_gap(session, brand, asked.masked, now=now)
    return row.id


def event(
    session: Session, brand: Brand, suggestion_id: int, kind: str, *, now: datetime, place: int | None = None,
    text: str = "", user: User | None = None,
) -> int:  # fmt: skip
    """Note what an operator did; ``text`` (masked) is what a suggestion was edited to. The event's id."""
    found = _of(session, brand, suggestion_id)
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
    row = SuggestionEvent(
        suggestion_id=found.id,
        place=place,
        kind=kind,
        text=text[:MOST_EDITED],
        at=now,
        user_id=user.id if user else None,
    )
    session.add(row)
    session.flush()
    return row.id


def _of(session: Session, brand: Brand, suggestion_id: int) -> Suggestion:
    found = session.get(Suggestion, suggestion_id)
    if found is None or found.brand_id != brand.id:
        raise NotFound(
            f"没有编号为 {suggestion_id} 的回复建议。",
            code="reply.missing",
            english=f"No suggestion {suggestion_id}.",
        )
    return found


def note_gap(session: Session, brand: Brand, masked: str, *, now: datetime) -> None:
    """Count a question nobody could answer. One that was settled and comes again is opened again."""
    digest = asked_hash(masked)
    changed = session.execute(
        update(KnowledgeGap)
        .where(KnowledgeGap.brand_id == brand.id, KnowledgeGap.question_hash == digest)
        .values(count=KnowledgeGap.count + 1, last_at=now)
    )
    if changed.rowcount:  # type: ignore[attr-defined]
        session.execute(
            update(KnowledgeGap)
            .where(
                KnowledgeGap.brand_id == brand.id,
                KnowledgeGap.question_hash == digest,
                KnowledgeGap.state == "answered",
            )
            .values(state="open")
        )
        return
    with session.begin_nested():
        session.add(
            KnowledgeGap(
                brand_id=brand.id, question_hash=digest, question=masked[:MOST_ASKED], count=1, first_at=now,
                last_at=now, state="open",
            )
        )  # fmt: skip


def gaps(session: Session, brand: Brand, *, state: GapState | None = "open", limit: int = 100) -> list[Gap]:
    """The questions without an answer, the most asked first."""
    wanted = select(KnowledgeGap).where(KnowledgeGap.brand_id == brand.id)
    if state is not None:
        wanted = wanted.where(KnowledgeGap.state == state)
    rows = session.scalars(
        wanted.order_by(KnowledgeGap.count.desc(), KnowledgeGap.last_at.desc()).limit(limit)
    )
    return [Gap(row.id, row.question, row.count, row.first_at, row.last_at, row.state) for row in rows]


def settle_gap(session: Session, brand: Brand, gap_id: int, state: GapState) -> None:
    """Mark a gap answered or ignored, or open it again."""
    changed = session.execute(
        update(KnowledgeGap)
        .where(KnowledgeGap.brand_id == brand.id, KnowledgeGap.id == gap_id)
        .values(state=state)
    )
    if not changed.rowcount:  # type: ignore[attr-defined]
        raise NotFound(
            f"没有编号为 {gap_id} 的知识缺口。", code="reply.gap", english=f"No knowledge gap {gap_id}."
        )


def history(
    session: Session, brand: Brand, *, user_id: int | None = None, limit: int = 20
) -> Sequence[Suggestion]:
    """The newest replies, of one operator or of all."""
    wanted = select(Suggestion).where(Suggestion.brand_id == brand.id)
    if user_id is not None:
        wanted = wanted.where(Suggestion.user_id == user_id)
    return session.scalars(wanted.order_by(Suggestion.id.desc()).limit(limit)).all()


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
