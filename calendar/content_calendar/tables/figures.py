"""What came of a post, what models may still cost today, and what a person last saw."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from content_calendar.tables.base import Base


class Figure(Base):
    """One imported number: reads, clicks, orders of a post, in a group where the source says which."""

    __tablename__ = "figure"
    __table_args__ = (
        UniqueConstraint("post_id", "scope", "measure", "source"),
        Index(None, "brand_id", "day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    brand_id: Mapped[int] = mapped_column(ForeignKey("brand.id"))
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("chat_group.id"))
    scope: Mapped[str] = mapped_column(
        String(24), default="post"
    )  # post | group:<id>; unique where NULL is not
    day: Mapped[date]  # local day of the post
    measure: Mapped[str] = mapped_column(String(12))  # reads | clicks | orders | replies | leaves
    value: Mapped[int]
    source: Mapped[str] = mapped_column(String(120), default="")  # name of the file it came from
    imported_at: Mapped[datetime]


class ModelBudget(Base):
    """One day's spending on models, shared by all processes. Tokens in flight are reserved before a call.

    Money is micro-yuan in whole numbers, so that the database can add.
    """

    __tablename__ = "model_budget"

    day: Mapped[date] = mapped_column(primary_key=True)
    tokens_used: Mapped[int] = mapped_column(BigInteger, default=0)
    tokens_reserved: Mapped[int] = mapped_column(BigInteger, default=0)
    micro_yuan_used: Mapped[int] = mapped_column(BigInteger, default=0)
    micro_yuan_reserved: Mapped[int] = mapped_column(BigInteger, default=0)
    milliseconds_used: Mapped[int] = mapped_column(BigInteger, default=0)
    calls: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)  # calls the budget did not allow


class PostView(Base):
    """The revision of a post a person last had before their eyes: what changed since starts there."""

    __tablename__ = "post_view"
    __table_args__ = (Index(None, "post_id"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"), primary_key=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"))
    at: Mapped[datetime]
