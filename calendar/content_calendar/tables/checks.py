"""What the checks keep: a brand's own rules, which rules a revision was last checked by, a judge's answers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from content_calendar.tables.base import Base


class BrandRule(Base):
    """A rule a brand adds, or one of the packs it silences, always with a reason; ended rather than deleted."""

    __tablename__ = "brand_rule"
    __table_args__ = (Index(None, "brand_id", "ended_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    brand_id: Mapped[int] = mapped_column(ForeignKey("brand.id"))
    action: Mapped[str] = mapped_column(String(8))  # add | silence
    rule: Mapped[str] = mapped_column(String(80))  # the id it gives itself, or the id it silences
    body: Mapped[dict[str, Any]] = mapped_column(default=dict)  # words, verdict, suggestion of an added rule
    reason: Mapped[str] = mapped_column(String(400))
    source: Mapped[str] = mapped_column(String(80), default="")  # 规则!A3, or empty when told in the desk
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(80))
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str] = mapped_column(String(80), default="")
    end_reason: Mapped[str] = mapped_column(String(400), default="")


class CheckRun(Base):
    """By which rules and facts a revision was last checked, why, and with what result."""

    __tablename__ = "check_run"
    __table_args__ = (Index(None, "rules"),)

    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"), primary_key=True)
    rules: Mapped[str] = mapped_column(String(64))  # fingerprint of the packs and the brand's own rules
    facts: Mapped[str] = mapped_column(String(64), default="")  # digest of the facts it was compared with
    cause: Mapped[str] = mapped_column(String(12))  # written | edited | facts | rules | door
    verdict: Mapped[str] = mapped_column(String(8))  # clean | warn | block
    at: Mapped[datetime]


class JudgeAnswer(Base):
    """What a model judge said of one doubtful span, so that it is asked once."""

    __tablename__ = "judge_answer"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)  # SHA-256 of model, rule and sentence
    model: Mapped[str] = mapped_column(String(120))
    rule: Mapped[str] = mapped_column(String(80))
    answer: Mapped[dict[str, Any]] = mapped_column(default=dict)
    reason: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime]
