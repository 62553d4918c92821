"""The model calls of a day, sorted and paged: what each was for, how it ended, what it cost. Never what was said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Float, Select, String, cast, func, select, type_coerce
from sqlalchemy.orm import Session

from content_calendar.tables import Brand, ModelCall

PAGE = 100
_TOKENS = func.coalesce(ModelCall.tokens_in, 0) + func.coalesce(ModelCall.tokens_out, 0)
_COST = func.coalesce(cast(type_coerce(ModelCall.cost, String), Float), 0.0)
SORTS: dict[str, ColumnElement[Any]] = {
    "at": ModelCall.at.expression,
    "model": ModelCall.model.expression,
    "purpose": ModelCall.purpose.expression,
    "tokens": _TOKENS,
    "ms": ModelCall.milliseconds.expression,
    "outcome": ModelCall.outcome.expression,
    "cost": _COST,
}


@dataclass(frozen=True, slots=True)
class Row:
    """One call; ``brand`` is empty for a call that belongs to none."""

    id: int
    at: datetime
    brand_id: int | None
    brand: str
    post_id: int | None
    model: str
    purpose: str
    tokens_in: int | None
    tokens_out: int | None
    milliseconds: int
    outcome: str
    cost: Decimal | None


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the day's calls. ``sort`` is a key of SORTS, with a minus in front for the largest first."""

    rows: tuple[Row, ...]
    total: int
    number: int
    sort: str

    @property
    def more(self) -> bool:
        """True when there is a page after this one."""
        return self.total > self.number * PAGE

    def turned(self, key: str) -> str:
        """The sort that a press on this column's head asks for."""
        return key if self.sort == f"-{key}" else f"-{key}"


def load(session: Session, day: date, *, sort: str = "-at", number: int = 1) -> Page:
    """Page ``number`` (from 1) of the day's calls of all brands: two statements. An unknown sort means newest first."""
    sort = sort if sort.removeprefix("-") in SORTS else "-at"
    total = session.scalar(select(func.count()).where(ModelCall.day == day)) or 0
    by = SORTS[sort.removeprefix("-")]
    down = sort.startswith("-")
    query: Select[*tuple[Any, ...]] = (
        select(
            ModelCall.id, ModelCall.at, ModelCall.brand_id, func.coalesce(Brand.name, ""), ModelCall.post_id, ModelCall.model,
            ModelCall.purpose, ModelCall.tokens_in, ModelCall.tokens_out, ModelCall.milliseconds, ModelCall.outcome, ModelCall.cost,
        )
        .outerjoin(Brand, Brand.id == ModelCall.brand_id)
        .where(ModelCall.day == day)
        .order_by(by.desc() if down else by, ModelCall.id.desc() if down else ModelCall.id)
        .limit(PAGE)
        .offset((number - 1) * PAGE)
    )  # fmt: skip
    return Page(tuple(Row(*row) for row in session.execute(query)), total, number, sort)
