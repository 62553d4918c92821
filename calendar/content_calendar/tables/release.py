"""A post going out: release (the frozen audience), delivery, attempt; and the small ledgers around them.

A delivery is one (post, group) pair, unique. An attempt row is committed before its network call.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from content_calendar.tables.base import Base


class Release(Base):
    """The moment a post's audience and revision were frozen; the ledger counts against ``audience``."""

    __tablename__ = "release"

    id: Mapped[int] = mapped_column(primary_key=True)
    brand_id: Mapped[int] = mapped_column(ForeignKey("brand.id"))
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"), unique=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"))
    revision_hash: Mapped[str] = mapped_column(String(64))
    audience: Mapped[list[int]] = mapped_column(default=list)  # ids of chat_group, in order
    due_at: Mapped[datetime]
    day: Mapped[date]  # local day of the brand
    frozen_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]  # every delivery has ended


class Delivery(Base):
    """One (post, group) pair. ``id`` (32 hex digits) is the idempotency key, the same for every attempt."""

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("post_id", "group_id"),
        Index(None, "state", "due_at"),
        Index(None, "brand_id", "day"),
        Index(None, "group_id", "day"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    brand_id: Mapped[int] = mapped_column(ForeignKey("brand.id"))
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    release_id: Mapped[int] = mapped_column(ForeignKey("release.id"))
    group_id: Mapped[int] = mapped_column(ForeignKey("chat_group.id"))
    lane: Mapped[str] = mapped_column(String(12))  # the lane it would really take
    channel: Mapped[str] = mapped_column(String(24))  # the channel that carries it (demo in a demo brand)
    day: Mapped[date]
    due_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(16), default="planned")
    state_reason: Mapped[str] = mapped_column(String(400), default="")
    lease_owner: Mapped[str] = mapped_column(String(80), default="")
    lease_until: Mapped[datetime | None]
    fence: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None]
    late_ms: Mapped[int | None]  # start of the call minus due_at
    remote_id: Mapped[str] = mapped_column(String(120), default="")
    proof: Mapped[str] = mapped_column(String(12), default="")  # who confirmed: owner (said so) | platform
    confirmed_at: Mapped[datetime | None]


class Attempt(Base):
    """One network try, committed before the call. ``outcome`` stays empty while it is in flight."""

    __tablename__ = "attempt"
    __table_args__ = (UniqueConstraint("delivery_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    delivery_id: Mapped[str] = mapped_column(ForeignKey("delivery.id"))
    number: Mapped[int]
    fence: Mapped[int]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    revision_hash: Mapped[str] = mapped_column(String(64), default="")  # the revision this try carried
    outcome: Mapped[str] = mapped_column(String(12), default="")  # "" | sent|handed_over|refused|unknown
    code: Mapped[str] = mapped_column(String(80), default="")
    remote_id: Mapped[str] = mapped_column(String(120), default="")


class DemoMessage(Base):
    """What a simulated group has received. Unique per delivery: the simulator itself refuses a double."""

    __tablename__ = "demo_message"
    __table_args__ = (Index(None, "group_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    delivery_id: Mapped[str] = mapped_column(String(32), unique=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("chat_group.id"))
    at: Mapped[datetime]
    sender: Mapped[str] = mapped_column(String(80))
    lane: Mapped[str] = mapped_column(String(12))
    text: Mapped[str] = mapped_column(Text)


class QuotaEntry(Base):
    """One mass-send counted against a group's daily and monthly allowance."""

    __tablename__ = "quota_entry"
    __table_args__ = (Index(None, "group_id", "day"), UniqueConstraint("group_id", "post_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("chat_group.id"))
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    day: Mapped[date]
    lane: Mapped[str] = mapped_column(String(12))


class OutboxEvent(Base):
    """A side effect to be carried out after its transaction: notifications, hooks."""

    __tablename__ = "outbox_event"
    __table_args__ = (Index(None, "done_at", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    brand_id: Mapped[int | None]
    at: Mapped[datetime]
    topic: Mapped[str] = mapped_column(String(40))
    body: Mapped[dict[str, Any]]
    done_at: Mapped[datetime | None]


class Heartbeat(Base):
    """When a part of the machine last stamped its row: beat, worker:<name>, dispatcher:<name>, canary."""

    __tablename__ = "heartbeat"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    at: Mapped[datetime]
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)


class ModelCall(Base):
    """One call of a language model: what it cost, never what was said."""

    __tablename__ = "model_call"
    __table_args__ = (Index(None, "day"), Index(None, "post_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    brand_id: Mapped[int | None]
    post_id: Mapped[int | None]
    at: Mapped[datetime]
    day: Mapped[date]
    model: Mapped[str] = mapped_column(String(120))
    purpose: Mapped[str] = mapped_column(String(24), default="write")
    template_hash: Mapped[str] = mapped_column(String(64), default="")
    parameters: Mapped[dict[str, Any]] = mapped_column(default=dict)
    tokens_in: Mapped[int | None]
    tokens_out: Mapped[int | None]
    milliseconds: Mapped[int]
    outcome: Mapped[str] = mapped_column(String(40))  # ok | timeout | rate_limited | refused | ...
    cost: Mapped[Decimal | None]
