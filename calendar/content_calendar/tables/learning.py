"""What the product learns from people: edits kept as pairs, notes drawn from them, the words a prompt had.

A pair is kept for every approved machine text, changed or not: acceptance is the share that was not.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from content_calendar.tables.base import Base


class EditPair(Base):
    """What the machine wrote for a post and what a person approved in its place.

    ``distance`` is 0 where the text was approved as it stood and 1 where nothing of it is left.
    A post that is approved again keeps one pair: the last.
    """

    __tablename__ = "edit_pair"
    __table_args__ = (
        UniqueConstraint("post_id"),
        Index(None, "brand_id", "kind", "tier", "approved_at"),
        Index(None, "brand_id", "template_hash"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    brand_id: Mapped[int] = mapped_column(ForeignKey("brand.id"))
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    machine_revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"))
    approved_revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"))
    persona: Mapped[str] = mapped_column(String(40), default="")
    tier: Mapped[str] = mapped_column(String(8))
    kind: Mapped[str] = mapped_column(String(24))
    template: Mapped[str] = mapped_column(String(160), default="")
    template_hash: Mapped[str] = mapped_column(String(64), default="")
    author: Mapped[str] = mapped_column(String(80))  # "offline" or a model's name
    machine: Mapped[str] = mapped_column(Text)
    approved: Mapped[str] = mapped_column(Text)
    distance: Mapped[float] = mapped_column(default=0.0)
    approved_at: Mapped[datetime]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))


class HouseNote(Base):
    """An edit that keeps coming back, told as a wish; in the prompt only once a person accepted it."""

    __tablename__ = "house_note"
    __table_args__ = (UniqueConstraint("brand_id", "kind", "note"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    brand_id: Mapped[int] = mapped_column(ForeignKey("brand.id"))
    kind: Mapped[str] = mapped_column(String(24), default="")  # empty: every kind
    note: Mapped[str] = mapped_column(String(400))
    count: Mapped[int] = mapped_column(default=0)  # pairs that show it
    of: Mapped[int] = mapped_column(default=0)
    examples: Mapped[list[str]] = mapped_column(default=list)
    state: Mapped[str] = mapped_column(String(12), default="offered")  # offered | accepted | dismissed
    offered_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str] = mapped_column(String(80), default="")


class PromptVersion(Base):
    """The words behind a template hash, kept when first used, so that versions can be compared later."""

    __tablename__ = "prompt_version"

    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    template: Mapped[str] = mapped_column(String(160))
    chain: Mapped[list[str]] = mapped_column(default=list)  # names of the pieces, nearest first
    body: Mapped[str] = mapped_column(Text)
    first_used_at: Mapped[datetime]


class ScriptOffer(Base):
    """An edited reply that operators keep copying, offered to an editor as a script (话术) of its own."""

    __tablename__ = "script_offer"
    __table_args__ = (UniqueConstraint("brand_id", "text_hash"), Index(None, "brand_id", "state", "count"))

    id: Mapped[int] = mapped_column(primary_key=True)
    brand_id: Mapped[int] = mapped_column(ForeignKey("brand.id"))
    text_hash: Mapped[str] = mapped_column(String(64))  # SHA-256 of the normalised answer
    scene: Mapped[str] = mapped_column(String(80), default="")
    question: Mapped[str] = mapped_column(Text)  # masked
    answer: Mapped[str] = mapped_column(Text)  # masked
    sources: Mapped[list[dict[str, Any]]] = mapped_column(default=list)  # what the first suggestion stood on
    count: Mapped[int] = mapped_column(default=1)
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(12), default="open")  # noted | open | accepted | dismissed
    script_id: Mapped[int | None] = mapped_column(ForeignKey("script.id"))
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str] = mapped_column(String(80), default="")
