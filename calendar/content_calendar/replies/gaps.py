"""The questions nobody could answer: counted while they come, answered or ignored by an editor.

An answer becomes a knowledge item of the desk's own at once. A question that was answered and still finds nothing is
opened again; one that was ignored stays so and is only counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from content_calendar import audit
from content_calendar.errors import NotFound, StateConflict
from content_calendar.replies import own_rows
from content_calendar.replies.own_rows import KnowledgeDraft
from content_calendar.replies.sameness import digest
from content_calendar.tables import Brand, KnowledgeGap, KnowledgeItem, User

GapState = Literal["open", "answered", "ignored"]
MOST_ASKED = 2_000


@dataclass(frozen=True)
class Gap:
    """A question the sources do not answer, with how often it came and what became of it."""

    id: int
    question: str
    count: int
    first_at: datetime
    last_at: datetime
    state: str
    knowledge_id: int | None = None
    decided_by: str = ""


def note(session: Session, brand: Brand, masked: str, *, now: datetime) -> None:
    """Count a question nobody could answer. One that was answered and comes again is opened again."""
    known = (KnowledgeGap.brand_id == brand.id, KnowledgeGap.question_hash == digest(masked))
    changed = session.execute(
        update(KnowledgeGap).where(*known).values(count=KnowledgeGap.count + 1, last_at=now)
    )
    if changed.rowcount:  # type: ignore[attr-defined]
        session.execute(
            update(KnowledgeGap).where(*known, KnowledgeGap.state == "answered").values(state="open")
        )
        return
    with session.begin_nested():
        session.add(
            KnowledgeGap(
                brand_id=brand.id, question_hash=digest(masked), question=masked[:MOST_ASKED], count=1,
                first_at=now, last_at=now, state="open",
            )
        )  # fmt: skip


def listed(session: Session, brand: Brand, *, state: GapState | None = "open", limit: int = 100) -> list[Gap]:
    """The questions in that state, the most asked first."""
    wanted = select(KnowledgeGap).where(KnowledgeGap.brand_id == brand.id)
    if state is not None:
        wanted = wanted.where(KnowledgeGap.state == state)
    rows = session.scalars(
        wanted.order_by(KnowledgeGap.count.desc(), KnowledgeGap.last_at.desc()).limit(limit)
    )
    return [_plain(row) for row in rows]


def count(session: Session, brand: Brand) -> int:
    """How many are open."""
    found = select(func.count()).where(KnowledgeGap.brand_id == brand.id, KnowledgeGap.state == "open")
    return session.scalar(found) or 0


def answer(
    session: Session, brand: Brand, gap_id: int, draft: KnowledgeDraft, *, user: User, now: datetime
) -> KnowledgeItem:
    """The gap is answered by a knowledge item that replies may stand on from now on."""
    gap = _open(session, brand, gap_id)
    item = own_rows.put_knowledge(session, brand, draft, actor=f"user:{user.name}", now=now)
    _settle(session, brand, gap, "answered", user, now, knowledge_id=item.id)
    return item


def ignore(session: Session, brand: Brand, gap_id: int, *, user: User, now: datetime) -> None:
    """The gap needs no answer; it is counted on, and no longer shown."""
    _settle(session, brand, _open(session, brand, gap_id), "ignored", user, now)


def _settle(
    session: Session, brand: Brand, gap: KnowledgeGap, state: GapState, user: User, now: datetime,
    *, knowledge_id: int | None = None,
) -> None:  # fmt: skip
    changed = session.execute(
        update(KnowledgeGap)
        .where(KnowledgeGap.id == gap.id, KnowledgeGap.state == "open")
        .values(state=state, decided_at=now, decided_by=user.name, knowledge_id=knowledge_id)
    )
    if not changed.rowcount:  # type: ignore[attr-defined]
        raise _decided(gap.id)
    audit.note(
        session, brand_id=brand.id, now=now, actor=f"user:{user.name}", action=f"gap.{state}", subject="gap",
        subject_id=gap.id, detail={"count": gap.count} | ({"knowledge": knowledge_id} if knowledge_id else {}),
    )  # fmt: skip


def _open(session: Session, brand: Brand, gap_id: int) -> KnowledgeGap:
    gap = session.get(KnowledgeGap, gap_id)
    if gap is None or gap.brand_id != brand.id:
        raise NotFound(
            f"没有编号为 {gap_id} 的知识缺口。", code="reply.gap", english=f"No knowledge gap {gap_id}."
        )
    if gap.state != "open":
        raise _decided(gap_id)
    return gap


def _decided(gap_id: int) -> StateConflict:
    return StateConflict(
        f"知识缺口 {gap_id} 已经有人处理了，请刷新列表。",
        code="reply.gap_decided",
        english=f"Somebody has settled gap {gap_id} already; reload the list.",
    )


def _plain(row: KnowledgeGap) -> Gap:
    return Gap(
        row.id,
        row.question,
        row.count,
        row.first_at,
        row.last_at,
        row.state,
        row.knowledge_id,
        row.decided_by,
    )
