"""House notes (家规): an edit that keeps coming back, told as a wish. It reaches a prompt only when a person accepted it.

Offered notes follow the edits: they are renewed with each look and go when the habit goes. What a person decided stays: an
accepted note is never changed by the machine, a dismissed or withdrawn one is never offered again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from content_calendar import audit
from content_calendar.errors import CalendarError, NotFound, StateConflict
from content_calendar.review import people
from content_calendar.tables import Brand, HouseNote, User
from prompts.clean import plain
from prompts.kinds import all_kinds

STATES = ("offered", "accepted", "dismissed")
MOST_CHARS = 120  # of a note: longer ones are instructions, which belong into a template
NAMES = {"offered": "待定", "accepted": "已采纳", "dismissed": "已搁置"}


@dataclass(frozen=True)
class Habit:
    """What the edits show. ``stem``: the part of ``note`` by which the same habit is known when its numbers moved."""

    kind: str
    note: str
    stem: str
    count: int
    of: int
    examples: tuple[str, ...] = ()


def offer(session: Session, brand: Brand, habits: Iterable[Habit], *, now: datetime) -> int:
    """Bring the offered notes in line with ``habits``; how many are new."""
    rows = session.scalars(select(HouseNote).where(HouseNote.brand_id == brand.id)).all()
    seen: set[int] = set()
    new = 0
    for habit in habits:
        row = _same(rows, habit, seen)
        if row is None:
            session.add(_row(brand, habit, now))
            new += 1
        elif row.state == "offered":
            row.note, row.count, row.of = habit.note[:400], habit.count, habit.of
            row.examples = list(habit.examples)
        if row is not None:
            seen.add(row.id)
    for row in rows:
        if row.state == "offered" and row.id not in seen:
            session.delete(row)
    session.flush()
    return new


def accepted(session: Session, brand_id: int) -> Sequence[HouseNote]:
    """The notes in force, the newest decision first."""
    mine = select(HouseNote).where(HouseNote.brand_id == brand_id, HouseNote.state == "accepted")
    return session.scalars(mine.order_by(HouseNote.decided_at.desc(), HouseNote.id.desc())).all()


def accept(session: Session, brand: Brand, note_id: int, *, user: User, now: datetime) -> HouseNote:
    """From now on writers are told; also for a note that was set aside before."""
    return _decide(session, brand, note_id, ("offered", "dismissed"), "accepted", "采纳", user=user, now=now)


def dismiss(session: Session, brand: Brand, note_id: int, *, user: User, now: datetime) -> HouseNote:
    """Not our way: it is not offered again."""
    return _decide(session, brand, note_id, ("offered",), "dismissed", "搁置", user=user, now=now)


def withdraw(session: Session, brand: Brand, note_id: int, *, user: User, now: datetime) -> HouseNote:
    """Out of the prompts again; not offered again either."""
    return _decide(
        session,
        brand,
        note_id,
        ("accepted",),
        "dismissed",
        "撤回",
        user=user,
        now=now,
        action="note.withdrawn",
    )


def write(session: Session, brand: Brand, *, kind: str, text: str, user: User, now: datetime) -> HouseNote:
    """A note in a person's own words, in force at once. ``kind`` empty: for every kind."""
    actor = people.require(user, people.EDITORS, "写家规", "write house notes")
    note = plain(text, MOST_CHARS + 1, lines=False)
    if not 4 <= len(note) <= MOST_CHARS or "…" in note[-1:]:
        raise CalendarError(
            f"家规要一句话，4 到 {MOST_CHARS} 个字。",
            code="note.unusable",
            english=f"A house note is one sentence of 4 to {MOST_CHARS} characters.",
        )
    if kind and kind not in all_kinds():
        raise CalendarError(
            f"没有「{kind[:24]}」这种内容类型。", code="note.kind", english=f"There is no kind {kind[:24]!r}."
        )
    same = select(HouseNote).filter_by(brand_id=brand.id, kind=kind, note=note)
    row = session.scalar(same)
    if row is None:
        row = HouseNote(brand_id=brand.id, kind=kind, note=note, offered_at=now, state="offered")
        session.add(row)
        session.flush()
    elif row.state == "accepted":
        raise StateConflict("这条家规已经在用。", code="note.known", english="This house note is in force.")
    row.state, row.decided_at, row.decided_by = "accepted", now, actor
    _audit(session, row, "note.written", actor, now)
    session.flush()
    return row


def get(session: Session, brand: Brand, note_id: int) -> HouseNote:
    """The brand's note; NotFound when it has none of this number."""
    row = session.get(HouseNote, note_id, populate_existing=True)
    if row is None or row.brand_id != brand.id:
        raise NotFound(
            f"没有编号为 {note_id} 的家规。",
            code="note.missing",
            english=f"There is no house note {note_id}.",
        )
    return row


def _decide(
    session: Session, brand: Brand, note_id: int, states: tuple[str, ...], to: str, what: str, *, user: User,
    now: datetime, action: str = "",
) -> HouseNote:  # fmt: skip
    actor = people.require(user, people.EDITORS, f"{what}家规", "decide on house notes")
    row = get(session, brand, note_id)
    before = row.state
    changed = session.execute(
        update(HouseNote)
        .where(HouseNote.id == row.id, or_(*(HouseNote.state == state for state in states)))
        .values(state=to, decided_at=now, decided_by=actor)
        .execution_options(synchronize_session=False)
    )
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        raise StateConflict(
            f"这条家规{NAMES.get(before, before)}，不能{what}；刷新看看是谁改的。",
            code="note.state",
            english=f"This house note is {before}; it cannot become {to}.",
        )
    session.refresh(row)
    _audit(session, row, action or f"note.{to}", actor, now)
    return row


def _audit(session: Session, row: HouseNote, action: str, actor: str, now: datetime) -> None:
    audit.note(
        session, brand_id=row.brand_id, now=now, actor=actor, action=action, subject="note", subject_id=row.id,
        detail={"name": row.note, "kind": row.kind},
    )  # fmt: skip


def _same(rows: Iterable[HouseNote], habit: Habit, seen: Collection[int]) -> HouseNote | None:
    """The row that tells of this habit, or of it for every kind: a decided one before an offered one, its own words first."""
    mine = [
        row
        for row in rows
        if (row.note == habit.note or (habit.stem in row.note and row.id not in seen))
        and (row.kind == habit.kind or (not row.kind and row.state == "accepted"))
    ]
    return min(mine, key=lambda row: (row.state == "offered", row.note != habit.note), default=None)


def _row(brand: Brand, habit: Habit, now: datetime) -> HouseNote:
    return HouseNote(
        brand_id=brand.id, kind=habit.kind, note=habit.note[:400], count=habit.count, of=habit.of,
        examples=list(habit.examples), state="offered", offered_at=now,
    )  # fmt: skip
