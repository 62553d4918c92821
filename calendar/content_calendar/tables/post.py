"""The calendar's entries and who allowed them: post, brief, revision, finding, approval, comment, audit.

A revision is immutable: an ORM event refuses to flush a change to one. Audit events are only added.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, event
from sqlalchemy.orm import Mapped, Mapper, mapped_column

from content_calendar.tables.base import Base


class Post(Base):
    """One calendar entry: one text for one audience at one moment. ``slot_key`` makes planning idempotent."""

    __tablename__ = "post"
    __table_args__ = (
        UniqueConstraint("brand_id", "slot_key"),
        Index(None, "brand_id", "due_at"),
        Index(None, "state", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    brand_id: Mapped[int] = mapped_column(ForeignKey("brand.id"))
    slot_key: Mapped[str] = mapped_column(String(160))  # sop:<key>:<date>:<tier> | arc:<code>:<touch>:<tier>
    sop_row_id: Mapped[int | None] = mapped_column(ForeignKey("sop_row.id"))
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"))
    tier: Mapped[str] = mapped_column(String(8))
    kind: Mapped[str] = mapped_column(String(24))
    kind_written: Mapped[str] = mapped_column(String(40), default="")
    # "" goes to groups at its moment; friend | group: a welcome text, which stands until its moment
    occasion: Mapped[str] = mapped_column(String(8), default="")
    lane: Mapped[str] = mapped_column(String(12))  # what the SOP row wants; groups with a bot take their own
    day: Mapped[date]  # wall date in ``zone``
    time: Mapped[str] = mapped_column(String(5))  # wall time HH:MM in ``zone``
    zone: Mapped[str] = mapped_column(String(64))
    due_at: Mapped[datetime]
    theme: Mapped[str] = mapped_column(Text, default="")
    remark: Mapped[str] = mapped_column(Text, default="")
    owner: Mapped[str] = mapped_column(String(80), default="")
    stage: Mapped[str | None] = mapped_column(String(16))
    angle: Mapped[str | None] = mapped_column(String(24))
    aidma: Mapped[str | None] = mapped_column(String(12))
    touch: Mapped[int | None]
    touches: Mapped[int | None]
    offer: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(20), default="planned")
    state_reason: Mapped[str] = mapped_column(String(400), default="")
    state_since: Mapped[datetime]
    touched: Mapped[bool] = mapped_column(default=False)  # a person changed it: planning leaves it alone
    revision_id: Mapped[int | None]  # the newest revision
    late_policy: Mapped[str | None] = mapped_column(String(12))  # None: the brand's
    conflicts: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    write_attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]


class BriefRow(Base):
    """What was known when a revision was written (JSON of :class:`prompts.brief.Brief`)."""

    __tablename__ = "brief"
    __table_args__ = (UniqueConstraint("post_id", "hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    hash: Mapped[str] = mapped_column(String(64))
    body: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]


class Revision(Base):
    """Immutable text + facts + provenance, with the hash an approval binds to."""

    __tablename__ = "revision"
    __table_args__ = (UniqueConstraint("post_id", "number"), Index(None, "created_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    number: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))
    text: Mapped[str] = mapped_column(Text)
    first_line: Mapped[str] = mapped_column(String(400), default="")
    action: Mapped[str] = mapped_column(String(400), default="")
    picture: Mapped[str] = mapped_column(Text, default="")
    facts: Mapped[list[dict[str, Any]]] = mapped_column(default=list)  # prompts.brief.Fact
    provenance: Mapped[dict[str, Any]] = mapped_column(default=dict)  # prompts.draft.Provenance
    author: Mapped[str] = mapped_column(String(80))  # "offline", a model's name, or user:<name>
    brief_id: Mapped[int | None] = mapped_column(ForeignKey("brief.id"))
    created_at: Mapped[datetime]


class FindingRow(Base):
    """A hit of a check on a revision."""

    __tablename__ = "finding"
    __table_args__ = (Index(None, "revision_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"))
    rule: Mapped[str] = mapped_column(String(80))
    version: Mapped[str] = mapped_column(String(20), default="1")
    verdict: Mapped[str] = mapped_column(String(8))
    start: Mapped[int] = mapped_column(default=0)
    end: Mapped[int] = mapped_column(default=0)
    excerpt: Mapped[str] = mapped_column(Text, default="")
    reason: Mapped[str] = mapped_column(Text)
    law: Mapped[str] = mapped_column(String(200), default="")
    suggestion: Mapped[str] = mapped_column(Text, default="")
    replacement: Mapped[str | None] = mapped_column(Text)
    trust: Mapped[float] = mapped_column(default=1.0)


class Approval(Base):
    """Who allowed which revision hash, when, on which step. Valid until revoked or expired."""

    __tablename__ = "approval"
    __table_args__ = (Index(None, "post_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"))
    revision_hash: Mapped[str] = mapped_column(String(64))
    due_at: Mapped[datetime]  # the moment it was approved for; moving the post needs a new approval
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    step: Mapped[int] = mapped_column(default=1)
    decided_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    override_reason: Mapped[str] = mapped_column(String(400), default="")  # a lead lifted a block
    revoked_at: Mapped[datetime | None]
    revoke_reason: Mapped[str] = mapped_column(String(200), default="")


class Comment(Base):
    """What somebody said of a post, on a range of text or the whole."""

    __tablename__ = "comment"
    __table_args__ = (Index(None, "post_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    revision_id: Mapped[int | None] = mapped_column(ForeignKey("revision.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    text: Mapped[str] = mapped_column(Text)
    start: Mapped[int] = mapped_column(default=0)
    end: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]


class AuditEvent(Base):
    """One change of state, approval or decision; written in the same transaction, never changed."""

    __tablename__ = "audit_event"
    __table_args__ = (Index(None, "subject", "subject_id"), Index(None, "brand_id", "at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    brand_id: Mapped[int | None]
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(80))  # user:<name> | system:<part>
    action: Mapped[str] = mapped_column(
        String(40)
    )  # post.state, delivery.state, post.approved, brand.paused ...
    subject: Mapped[str] = mapped_column(String(20))  # post | delivery | brand | group | user ...
    subject_id: Mapped[str] = mapped_column(String(40))
    before: Mapped[str] = mapped_column(String(40), default="")
    after: Mapped[str] = mapped_column(String(40), default="")
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Notice(Base):
    """Something the lead must be told: a missed post, a held one, a broken ledger, a dead worker."""

    __tablename__ = "notice"
    __table_args__ = (Index(None, "brand_id", "read_at"), UniqueConstraint("brand_id", "code", "subject"))

    id: Mapped[int] = mapped_column(primary_key=True)
    brand_id: Mapped[int] = mapped_column(ForeignKey("brand.id"))
    at: Mapped[datetime]
    level: Mapped[str] = mapped_column(String(8))  # info | warn | alarm
    code: Mapped[str] = mapped_column(
        String(40)
    )  # post.missed, post.held, delivery.unknown, ledger.broken ...
    subject: Mapped[str] = mapped_column(String(80))  # post:12, delivery:ab…, day:2026-11-23: told once each
    text: Mapped[str] = mapped_column(Text)
    read_at: Mapped[datetime | None]
    read_by: Mapped[str] = mapped_column(String(80), default="")


class ImmutableRowError(RuntimeError):
    """Somebody tried to change a row that may only be added."""


def _refuse(mapper: Mapper[Any], _connection: Any, target: Any) -> None:
    raise ImmutableRowError(f"{mapper.class_.__name__} {target.id} may not be changed")


for _model in (Revision, AuditEvent):
    event.listen(_model, "before_update", _refuse)
    event.listen(_model, "before_delete", _refuse)
