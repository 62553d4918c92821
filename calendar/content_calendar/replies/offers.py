"""Edited replies that operators keep copying, offered to an editor as scripts.

An edit is noted when it is copied and offered from the third copy on, or at once when an operator asks for it.
Nothing becomes a script before an editor has read it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from content_calendar import audit
from content_calendar.errors import CalendarError, NotFound, StateConflict
from content_calendar.replies import own_rows
from content_calendar.replies.own_rows import ScriptDraft
from content_calendar.replies.sameness import digest, normalised
from content_calendar.tables import Brand, Script, ScriptOffer, Suggestion, User

OfferState = Literal["noted", "open", "accepted", "dismissed"]
OFTEN = 3  # copies from which on an edit is offered
SHORTEST = 6  # signs; 好的 is no script


@dataclass(frozen=True)
class Offer:
    """An edit on its way to become a script. ``scene`` is a guess from what the first suggestion stood on."""

    id: int
    scene: str
    question: str
    answer: str
    count: int
    first_at: datetime
    last_at: datetime
    state: str
    sources: tuple[Mapping[str, Any], ...] = ()
    script_id: int | None = None
    decided_by: str = ""


def note_copy(session: Session, brand: Brand, of: Suggestion, answer: str, *, now: datetime) -> None:
    """An edited reply was copied: counted, and offered once that has become a habit."""
    if len(normalised(answer)) < SHORTEST or not normalised(of.asked):
        return
    offer = _found(session, brand, answer)
    if offer is None:
        _add(session, brand, of, answer, "noted", now)
        return
    session.execute(
        update(ScriptOffer).where(ScriptOffer.id == offer.id).values(count=ScriptOffer.count + 1, last_at=now)
    )
    session.execute(
        update(ScriptOffer)
        .where(ScriptOffer.id == offer.id, ScriptOffer.state == "noted", ScriptOffer.count >= OFTEN)
        .values(state="open")
    )


def ask(session: Session, brand: Brand, of: Suggestion, answer: str, *, now: datetime) -> int:
    """Offer an answer at once, because an operator found it worth keeping; the offer's id."""
    if len(normalised(answer)) < SHORTEST or not normalised(of.asked):
        raise CalendarError(
            "这句太短，存不成话术；请写完整再存。",
            code="reply.too_short",
            english="Too short to be kept as a script; write it out first.",
        )
    offer = _found(session, brand, answer)
    if offer is None:
        return _add(session, brand, of, answer, "open", now)
    session.execute(
        update(ScriptOffer)
        .where(ScriptOffer.id == offer.id, ScriptOffer.state == "noted")
        .values(state="open", last_at=now)
    )
    return offer.id


def listed(session: Session, brand: Brand, *, state: OfferState = "open", limit: int = 100) -> list[Offer]:
    """The offers in that state, the most copied first."""
    rows = session.scalars(
        select(ScriptOffer)
        .where(ScriptOffer.brand_id == brand.id, ScriptOffer.state == state)
        .order_by(ScriptOffer.count.desc(), ScriptOffer.last_at.desc())
        .limit(limit)
    )
    return [_plain(row) for row in rows]


def count(session: Session, brand: Brand) -> int:
    """How many wait for an editor."""
    found = select(func.count()).where(ScriptOffer.brand_id == brand.id, ScriptOffer.state == "open")
    return session.scalar(found) or 0


def accept(
    session: Session, brand: Brand, offer_id: int, draft: ScriptDraft, *, user: User, now: datetime
) -> Script:
    """The offer becomes a script, as the editor left it, live at once."""
    offer = _undecided(session, brand, offer_id)
    script = own_rows.put_script(session, brand, draft, actor=f"user:{user.name}", now=now)
    _decide(session, brand, offer, "accepted", user, now, script_id=script.id)
    return script


def dismiss(session: Session, brand: Brand, offer_id: int, *, user: User, now: datetime) -> None:
    """The offer does not become a script; it is counted on and not offered again."""
    _decide(session, brand, _undecided(session, brand, offer_id), "dismissed", user, now)


def _decide(
    session: Session, brand: Brand, offer: ScriptOffer, state: OfferState, user: User, now: datetime,
    *, script_id: int | None = None,
) -> None:  # fmt: skip
    changed = session.execute(
        update(ScriptOffer)
        .where(ScriptOffer.id == offer.id, ScriptOffer.state.in_(("noted", "open")))
        .values(state=state, decided_at=now, decided_by=user.name, script_id=script_id)
    )
    if not changed.rowcount:  # type: ignore[attr-defined]
        raise _decided(offer.id)
    audit.note(
        session, brand_id=brand.id, now=now, actor=f"user:{user.name}", action=f"offer.{state}", subject="offer",
        subject_id=offer.id, detail={"count": offer.count} | ({"script": script_id} if script_id else {}),
    )  # fmt: skip


def _found(session: Session, brand: Brand, answer: str) -> ScriptOffer | None:
    return session.scalar(
        select(ScriptOffer).where(ScriptOffer.brand_id == brand.id, ScriptOffer.text_hash == digest(answer))
    )


def _add(
    session: Session, brand: Brand, of: Suggestion, answer: str, state: OfferState, now: datetime
) -> int:
    offer = ScriptOffer(
        brand_id=brand.id, text_hash=digest(answer), scene=_scene(session, brand, of), question=of.asked[:500],
        answer=answer[:2_000], sources=list(of.sources[:3]), count=1, first_at=now, last_at=now, state=state,
    )  # fmt: skip
    with session.begin_nested():
        session.add(offer)
    return offer.id


def _scene(session: Session, brand: Brand, of: Suggestion) -> str:
    """The scene of the script that fits best, where a script does; else nothing: an editor names it."""
    best = of.sources[0] if of.sources else {}
    if best.get("sheet") != "话术":
        return ""
    where = Script.key == best["key"] if best.get("key") else Script.row == best.get("row", 0)
    found = select(Script.scene).where(Script.brand_id == brand.id, Script.active.is_(True), where)
    return session.scalar(found.limit(1)) or ""


def _undecided(session: Session, brand: Brand, offer_id: int) -> ScriptOffer:
    offer = session.get(ScriptOffer, offer_id)
    if offer is None or offer.brand_id != brand.id:
        raise NotFound(
            f"没有编号为 {offer_id} 的话术提议。", code="reply.offer", english=f"No script offer {offer_id}."
        )
    if offer.state not in ("noted", "open"):
        raise _decided(offer_id)
    return offer


def _decided(offer_id: int) -> StateConflict:
    return StateConflict(
        f"话术提议 {offer_id} 已经有人处理了，请刷新列表。",
        code="reply.offer_decided",
        english=f"Somebody has decided offer {offer_id} already; reload the list.",
    )


def _plain(row: ScriptOffer) -> Offer:
    return Offer(
        row.id, row.scene, row.question, row.answer, row.count, row.first_at, row.last_at, row.state,
        tuple(row.sources), row.script_id, row.decided_by,
    )  # fmt: skip
