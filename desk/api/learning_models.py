"""What the API says of learning: pairs, house notes, template versions."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from desk.queries import learning


class PairOut(BaseModel):
    """What a writer handed in and what went out. ``distance``: 0 untouched to 1 nothing left."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    post_id: int
    kind: str
    tier: str
    persona: str
    author: str
    template: str
    template_hash: str
    machine: str
    approved: str
    distance: float
    approved_at: datetime
    approved_by: str

    @staticmethod
    def of(shown: learning.Shown) -> PairOut:
        """From what the query gives."""
        names = [name for name in PairOut.model_fields if name != "approved_by"]
        values = {name: getattr(shown.pair, name) for name in names}
        return PairOut(**values, approved_by=shown.by.removeprefix("user:"))


class FiguresOut(BaseModel):
    """Texts approved, how many of them untouched, their share, the mean distance."""

    model_config = ConfigDict(from_attributes=True)

    approved: int
    untouched: int
    share: float
    distance: float


class NoteOut(BaseModel):
    """A house note; ``kind`` empty is every kind, ``of``: texts that could have shown the edit, ``count``: that did."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    kind: str
    note: str
    state: str
    count: int
    of: int
    examples: list[str]
    offered_at: datetime
    decided_at: datetime | None
    decided_by: str
    since: FiguresOut | None = Field(
        default=None, description="texts of its kind approved since it was accepted"
    )


class VersionOut(BaseModel):
    """A template version and how its texts fared; ``first_used_at`` is null where its words were not kept."""

    hash: str
    template: str
    first_used_at: datetime | None
    last_used_at: datetime
    figures: FiguresOut


class AuthorOut(BaseModel):
    """A writer (``offline`` or a model) and how its texts fared."""

    author: str
    figures: FiguresOut


class VersionsOut(BaseModel):
    """All template versions and writers."""

    versions: list[VersionOut]
    authors: list[AuthorOut]


class WordsOut(BaseModel):
    """The words behind a version."""

    model_config = ConfigDict(from_attributes=True)

    hash: str
    template: str
    chain: list[str]
    body: str
    first_used_at: datetime


class NoteIn(BaseModel):
    """A note in a person's own words."""

    model_config = ConfigDict(extra="forbid", strict=True)

    note: Annotated[str, Field(max_length=1000)]
    kind: Annotated[str, Field(max_length=24)] = ""


class DecisionIn(BaseModel):
    """What to do with a note."""

    model_config = ConfigDict(extra="forbid", strict=True)

    decision: Literal["accept", "dismiss", "withdraw"]


class RefreshedOut(BaseModel):
    """How many notes are newly offered."""

    new: int
