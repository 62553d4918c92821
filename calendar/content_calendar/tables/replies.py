"""What was proposed to an operator, what became of it, and what customers asked that nobody could answer.

Customers' own words are kept masked only (names, phones, addresses, order numbers replaced), beside a hash of the
masked text that joins the same question asked twice. Suggestions are told apart by their place in the list.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from content_calendar.tables.base import Base


class Suggestion(Base):
    """One question and what was proposed for it. ``suggestions``: stance, text, findings, sources, author each."""

    __tablename__ = "suggestion"
    __table_args__ = (
        Index(None, "brand_id", "created_at"),
        Index(None, "brand_id", "asked_hash"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    brand_id: Mapped[int] = mapped_column(ForeignKey("brand.id"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("chat_group.id"))
    tier: Mapped[str] = mapped_column(String(8), default="")
    private: Mapped[bool] = mapped_column(default=True)
    asked_hash: Mapped[str] = mapped_column(String(64))  # SHA-256 of the normalised masked text
    asked: Mapped[str] = mapped_column(Text, default="")  # masked, at most 2,000 characters
    risk: Mapped[str] = mapped_column(String(24), default="none")
    escalate: Mapped[bool] = mapped_column(default=False)
    handover: Mapped[str] = mapped_column(String(400), default="")
    gap: Mapped[bool] = mapped_column(default=False)
    follow_up: Mapped[str] = mapped_column(String(400), default="")
    sources: Mapped[list[dict[str, Any]]] = mapped_column(default=list)  # sheet, row, key; best first
    suggestions: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    author: Mapped[str] = mapped_column(String(120), default="offline")
    fell_back: Mapped[str] = mapped_column(String(40), default="")  # why no model wrote it
    prompt_version: Mapped[str] = mapped_column(String(64), default="")
    milliseconds: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))


class SuggestionEvent(Base):
    """What an operator did with a suggestion: shown, copied, edited (``text``: into what), dismissed, escalated."""

    __tablename__ = "suggestion_event"
    __table_args__ = (Index(None, "suggestion_id", "at"), Index(None, "kind", "at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    suggestion_id: Mapped[int] = mapped_column(ForeignKey("suggestion.id"))
    place: Mapped[int | None]  # 0, 1, 2 in the list; None: the whole reply
    kind: Mapped[str] = mapped_column(String(12))
    text: Mapped[str] = mapped_column(Text, default="")  # masked
    at: Mapped[datetime]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))


class KnowledgeGap(Base):
    """A question the sources do not answer, counted. ``state``: open, answered, ignored."""

    __tablename__ = "knowledge_gap"
    __table_args__ = (
        UniqueConstraint("brand_id", "question_hash"),
        Index(None, "brand_id", "state", "count"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    brand_id: Mapped[int] = mapped_column(ForeignKey("brand.id"))
    question_hash: Mapped[str] = mapped_column(String(64))
    question: Mapped[str] = mapped_column(Text)  # masked, as first asked
    count: Mapped[int] = mapped_column(default=1)
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(12), default="open")
    knowledge_id: Mapped[int | None] = mapped_column(ForeignKey("knowledge_item.id"))  # what answers it now
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str] = mapped_column(String(80), default="")
