"""What the desk shows of learning: recent pairs, house notes and what became of them, how each template version fares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from content_calendar.tables import Brand, EditPair, HouseNote, PromptVersion, User

PAGE = 20
VERSIONS = 200
SET_ASIDE = 50
_UNTOUCHED = case((EditPair.distance == 0, 1), else_=0)
Place = tuple[datetime, int]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which pairs: of a kind, of a version (whole hash or its beginning), only those a person changed."""

    kind: str = ""
    version: str = ""
    author: str = ""
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """One pair and who approved it."""

    pair: EditPair
    by: str


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one template version, author or the whole: approved, of them untouched, mean distance."""

    approved: int
    untouched: int
    distance: float

    @property
    def share(self) -> float:
        """Share approved as it stood."""
        return self.untouched / self.approved if self.approved else 0.0


@dataclass(frozen=True, slots=True)
class Version:
    """A template version with its figures; ``first`` is None for one whose words were never kept."""

    hash: str
    template: str
    first: datetime | None
    last: datetime
    figures: Figures


@dataclass(frozen=True, slots=True)
class Note:
    """A house note; ``since``: what became of the texts it speaks to after it was accepted."""

    row: HouseNote
    since: Figures | None


def pairs(
    session: Session, brand: Brand, wanted: Wanted, *, before: Place | None = None, limit: int = PAGE
) -> tuple[list[Shown], bool]:
    """The newest pairs, and whether there are more."""
    ids = (
        select(EditPair.id)
        .where(*_where(brand, wanted, before))
        .order_by(EditPair.approved_at.desc(), EditPair.id.desc())
        .limit(limit + 1)
    )
    rows = session.execute(
        select(EditPair, User.name)
        .join(User, User.id == EditPair.user_id)
        .where(EditPair.id.in_(ids.scalar_subquery()))
        .order_by(EditPair.approved_at.desc(), EditPair.id.desc())
    ).all()
    return [Shown(pair, f"user:{name}") for pair, name in rows[:limit]], len(rows) > limit


def _where(brand: Brand, wanted: Wanted, before: Place | None) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = [EditPair.brand_id == brand.id]
    if wanted.kind:
        where.append(EditPair.kind == wanted.kind)
    if wanted.version:
        where.append(EditPair.template_hash.startswith(wanted.version, autoescape=True))
    if wanted.author:
        where.append(EditPair.author == wanted.author)
    if wanted.changed:
        where.append(EditPair.distance > 0)
    if before is not None:
        at, last = before
        where.append(or_(EditPair.approved_at < at, and_(EditPair.approved_at == at, EditPair.id < last)))
    return where


def kinds(session: Session, brand: Brand) -> list[str]:
    """The kinds there are pairs of."""
    found = select(EditPair.kind).where(EditPair.brand_id == brand.id).distinct().order_by(EditPair.kind)
    return list(session.scalars(found))


def whole(session: Session, brand: Brand) -> Figures:
    """All pairs of the brand together."""
    row = session.execute(select(*_measures()).where(EditPair.brand_id == brand.id)).one()
    return _figures(*row)


def versions(session: Session, brand: Brand) -> list[Version]:
    """Each template version with its figures, the one last used first."""
    last = func.max(EditPair.approved_at)
    rows = session.execute(
        select(
            EditPair.template_hash,
            EditPair.template,
            func.min(PromptVersion.first_used_at),
            last,
            *_measures(),
        )
        .outerjoin(PromptVersion, PromptVersion.hash == EditPair.template_hash)
        .where(EditPair.brand_id == brand.id, EditPair.template_hash != "")
        .group_by(EditPair.template_hash, EditPair.template)
        .order_by(last.desc(), EditPair.template)
        .limit(VERSIONS)
    ).all()
    return [Version(row[0], row[1], row[2], row[3], _figures(*row[4:])) for row in rows]


def worth_comparing(found: Sequence[Version]) -> tuple[str, str]:
    """The two newest versions of one template, else the two newest of all: what a person most likely wants to see."""
    kept = [one for one in found if one.first is not None]
    same = ((one, other) for one, other in combinations(kept, 2) if one.template == other.template)
    pair = next(same, tuple(kept[:2]))
    return (pair[1].hash, pair[0].hash) if len(pair) == 2 else ("", "")


def authors(session: Session, brand: Brand) -> list[tuple[str, Figures]]:
    """Each writer (offline or a model) with its figures, the busiest first."""
    rows: Sequence[Any] = session.execute(
        select(EditPair.author, *_measures())
        .where(EditPair.brand_id == brand.id)
        .group_by(EditPair.author)
        .order_by(func.count().desc(), EditPair.author)
    ).all()
    return [(row[0], _figures(*row[1:])) for row in rows]


def notes(session: Session, brand: Brand) -> dict[str, list[Note]]:
    """The house notes by state: the most shown of the offered first, of the decided the newest."""
    rows = session.scalars(
        select(HouseNote)
        .where(HouseNote.brand_id == brand.id)
        .order_by(HouseNote.decided_at.desc(), HouseNote.count.desc(), HouseNote.id)
    ).all()
    since = _since(session, brand)
    found: dict[str, list[Note]] = {"offered": [], "accepted": [], "dismissed": []}
    for row in rows:
        found[row.state].append(Note(row, since.get(row.id)))
    found["offered"].sort(key=lambda note: -note.row.count)
    found["dismissed"] = found["dismissed"][:SET_ASIDE]
    return found


def _since(session: Session, brand: Brand) -> dict[int, Figures]:
    """For each note in force, the texts of its kind approved since it was accepted."""
    rows: Sequence[Any] = session.execute(
        select(HouseNote.id, *_measures())
        .join(
            EditPair,
            and_(
                EditPair.brand_id == HouseNote.brand_id,
                EditPair.approved_at > HouseNote.decided_at,
                or_(HouseNote.kind == "", HouseNote.kind == EditPair.kind),
            ),
        )
        .where(HouseNote.brand_id == brand.id, HouseNote.state == "accepted")
        .group_by(HouseNote.id)
    ).all()
    return {row[0]: _figures(*row[1:]) for row in rows}


def _measures() -> list[ColumnElement[Any]]:
    return [func.count(EditPair.id), func.sum(_UNTOUCHED), func.avg(EditPair.distance)]


def _figures(approved: int, untouched: int | None, distance: float | None) -> Figures:
    return Figures(int(approved), int(untouched or 0), float(distance or 0.0))
