"""What people taught so far, as briefs need it: approved texts, notes in force, what was read and clicked most.

Each in one statement for any number of posts, and of this brand alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, case, func, select
from sqlalchemy.orm import Session

from content_calendar.plan.relevance import pairs
from content_calendar.tables import Brand, Campaign, EditPair, Figure, Group, HouseNote, Post, Revision
from prompts.distance import without_label

EXAMPLES_EACH = 20  # of a kind and tier, the newest: a writer is shown three
EXAMPLE_DAYS = 365
READ_DAYS = 90
_MEASURES = ("reads", "clicks")


@dataclass(frozen=True)
class Lesson:
    """An approved text and what it was about; ``edited_from`` is the machine's where a person mended it."""

    post_id: int
    tier: str
    kind: str
    text: str
    edited_from: str
    words: frozenset[str]  # pairs of characters of its theme
    products: frozenset[str]
    campaign: str  # kind of its campaign, "" for none
    stage: str


@dataclass(frozen=True)
class Read:
    """A post that went out and the figures that came back. ``reached``: people of the groups counted, 0 for all."""

    post_id: int
    tier: str
    kind: str
    day: date
    text: str
    reads: int
    clicks: int
    reached: int


def examples(
    session: Session, brand: Brand, persona: str | None, kinds: Collection[str], now: datetime
) -> tuple[Lesson, ...]:
    """The newest approved texts of each of these kinds and every tier, newest first; ``persona`` None: anybody's."""
    spoken = [EditPair.persona.in_((persona, ""))] if persona is not None else []
    number = func.row_number().over(
        partition_by=(EditPair.kind, EditPair.tier),
        order_by=(EditPair.approved_at.desc(), EditPair.id.desc()),
    )
    newest = (
        select(EditPair.id, number.label("number"))
        .where(
            EditPair.brand_id == brand.id, EditPair.kind.in_(kinds), *spoken,
            EditPair.approved_at > now - timedelta(days=EXAMPLE_DAYS), EditPair.approved_at <= now,
        )
        .subquery()
    )  # fmt: skip
    rows = session.execute(
        select(EditPair, Post.theme, Post.stage, Campaign.kind, Revision.facts)
        .join(newest, newest.c.id == EditPair.id)
        .join(Post, Post.id == EditPair.post_id)
        .join(Revision, Revision.id == EditPair.approved_revision_id)
        .outerjoin(Campaign, Campaign.id == Post.campaign_id)
        .where(newest.c.number <= EXAMPLES_EACH)
        .order_by(EditPair.approved_at.desc(), EditPair.id.desc())
    )
    return tuple(
        _lesson(pair, brand.ai_label, theme, stage, campaign, facts)
        for pair, theme, stage, campaign, facts in rows
    )


def _lesson(
    pair: EditPair, label: str, theme: str, stage: str | None, campaign: str | None,
    facts: list[dict[str, object]],
) -> Lesson:  # fmt: skip
    codes = (str(fact.get("id", "")).split(".") for fact in facts)
    return Lesson(
        post_id=pair.post_id, tier=pair.tier, kind=pair.kind, text=without_label(pair.approved, label),
        edited_from=without_label(pair.machine, label) if pair.distance > 0 else "",
        words=frozenset(pairs(theme)), products=frozenset(code[1] for code in codes if code[0] == "product" and len(code) > 2),
        campaign=campaign or "", stage=stage or "",
    )  # fmt: skip


def notes(session: Session, brand: Brand) -> tuple[tuple[str, str], ...]:
    """(kind, note) of every house note in force, the newest decision first; kind "" is every kind."""
    mine = select(HouseNote.kind, HouseNote.note).where(
        HouseNote.brand_id == brand.id, HouseNote.state == "accepted"
    )
    return tuple(session.execute(mine.order_by(HouseNote.decided_at.desc(), HouseNote.id.desc())).tuples())


def read_most(session: Session, brand: Brand, kinds: Collection[str], today: date) -> tuple[Read, ...]:
    """What came of the last weeks' posts of these kinds, where figures were imported."""
    part = _latest(brand, today).subquery()
    whole = part.c.scope == "post"
    rows = session.execute(
        select(
            Post.id, Post.tier, Post.kind, Post.day, Revision.text, part.c.measure,
            func.sum(case((whole, part.c.value), else_=0)).label("whole"),
            func.sum(case((whole, 0), else_=part.c.value)).label("parts"),
            func.sum(case((whole, 0), else_=part.c.members)).label("reached"),
        )
        .select_from(part)
        .join(Post, Post.id == part.c.post_id)
        .join(Revision, Revision.id == Post.revision_id)
        .where(Post.brand_id == brand.id, Post.kind.in_(kinds))
        .group_by(Post.id, Revision.id, part.c.measure)
        .order_by(Post.id)
    ).all()  # fmt: skip
    found = defaultdict(list)
    for row in rows:
        found[row.id].append(row)
    return tuple(_read(mine) for mine in found.values())


def _latest(brand: Brand, today: date) -> Select[int, str, str, int, int]:
    """Each number once: of several files that report the same thing the highest count is the latest."""
    return (
        select(
            Figure.post_id, Figure.scope, Figure.measure, func.max(Figure.value).label("value"),
            func.max(func.coalesce(Group.members, 0)).label("members"),
        )
        .outerjoin(Group, Group.id == Figure.group_id)
        .where(
            Figure.brand_id == brand.id, Figure.measure.in_(_MEASURES), Figure.day <= today,
            Figure.day >= today - timedelta(days=READ_DAYS),
        )
        .group_by(Figure.post_id, Figure.scope, Figure.measure)
    )  # fmt: skip


def _read(rows: Sequence[Row[Any]]) -> Read:
    """One post from its measures: a file's own total counts for more than the sum of the groups it names."""
    first = rows[0]
    values = {row.measure: int(row.whole or row.parts) for row in rows}
    total = any(row.whole for row in rows)
    return Read(
        post_id=first.id, tier=first.tier, kind=first.kind, day=first.day, text=first.text,
        reads=values.get("reads", 0), clicks=values.get("clicks", 0),
        reached=0 if total else max(int(row.reached) for row in rows),
    )  # fmt: skip
