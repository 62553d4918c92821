"""The figures of replies with the rows their sources are now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from content_calendar.replies import figures
from content_calendar.replies.figures import By, Figures, Line, SortBy
from content_calendar.tables import Brand
from desk.queries.replies import Named, Source, names


@dataclass(frozen=True, slots=True)
class Table:
    """Lines, each with its source where it is one."""

    figures: Figures
    rows: tuple[tuple[Line, Source | None], ...]


def load(session: Session, brand: Brand, *, since: datetime, by: By, sort: SortBy) -> Table:
    """The table asked for."""
    found = figures.load(session, brand, since=since, by=by, sort=sort)
    if by != "source":
        return Table(found, tuple((line, None) for line in found.lines))
    wanted = [
        {"sheet": line.name[0], "row": line.row, "key": line.name[1]} for line in found.lines if line.name[0]
    ]
    named = names(session, brand, wanted)
    return Table(found, tuple((line, _source(line, named)) for line in found.lines))


def _source(line: Line, named: Named) -> Source | None:
    sheet, key = line.name
    if not sheet:
        return None
    by_key = named.by_key.get((sheet, key))
    return by_key or named.find({"sheet": sheet, "row": line.row})
