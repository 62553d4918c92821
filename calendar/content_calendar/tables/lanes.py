"""What the real lanes need to remember: roads and their pace, accounts, owners, mass-send tasks, reports, pictures,
events a platform told us of, welcome templates, the parts of a message that took two calls.

Secrets stand here sealed or as a reference to the environment, never in plain text. No rules live here.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from content_calendar.tables.base import Base


class Road(Base):
    """One rate-limited address (a robot, an app) as all processes share it. ``key`` is a hash, never the secret.

    ``next_at``: the theoretical arrival time of the cell rate algorithm (see :mod:`content_calendar.roads`).
    """

    __tablename__ = "road"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    channel: Mapped[str] = mapped_column(String(24))
    next_at: Mapped[datetime | None]
    blocked_until: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]
    disabled_code: Mapped[str] = mapped_column(String(80), default="")


class ChannelAccount(Base):
    """A brand's account on a platform; ``secret`` is sealed (``sealed:…``) or ``env:NAME``.

    ``callback``: the random word in the address the platform calls back, empty while there is none; ``token`` and
    ``aes_key``, kept like the secret, open what it says there.
    """

    __tablename__ = "channel_account"
    __table_args__ = (UniqueConstraint("brand_id", "kind"), Index(None, "callback"))

    id: Mapped[int] = mapped_column(primary_key=True)
    brand_id: Mapped[int] = mapped_column(ForeignKey("brand.id"))
    kind: Mapped[str] = mapped_column(String(16))  # wecom
    corp_id: Mapped[str] = mapped_column(String(80), default="")
    agent_id: Mapped[str] = mapped_column(String(40), default="")
    secret: Mapped[str] = mapped_column(Text, default="")
    callback: Mapped[str] = mapped_column(String(32), default="")
    token: Mapped[str] = mapped_column(Text, default="")
    aes_key: Mapped[str] = mapped_column(Text, default="")
    updated_at: Mapped[datetime]
    updated_by: Mapped[str] = mapped_column(String(80), default="")


class Owner(Base):
    """A group owner as the workbook names one: who that is on the platform and at the desk, and who stands in."""

    __tablename__ = "owner"
    __table_args__ = (UniqueConstraint("brand_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    brand_id: Mapped[int] = mapped_column(ForeignKey("brand.id"))
    name: Mapped[str] = mapped_column(String(80))  # as in chat_group.owner
    userid: Mapped[str] = mapped_column(String(64), default="")  # the member's id on the platform
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    deputy_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    deputy_until: Mapped[datetime | None]


class MassTask(Base):
    """One 企业群发 task: of one post, for one owner. Written before the call that creates it.

    ``targets``: chat id → delivery id. ``state``: creating (no answer yet) | open | done | cancelled | refused.
    """

    __tablename__ = "mass_task"
    __table_args__ = (Index(None, "state", "look_at"), Index(None, "post_id"), Index(None, "msgid"))

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    brand_id: Mapped[int] = mapped_column(ForeignKey("brand.id"))
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    owner: Mapped[str] = mapped_column(String(80))
    sender: Mapped[str] = mapped_column(String(64))
    msgid: Mapped[str] = mapped_column(String(120), default="")
    state: Mapped[str] = mapped_column(String(12), default="creating")
    text: Mapped[str] = mapped_column(Text)
    targets: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    slot_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    look_at: Mapped[datetime]
    looks: Mapped[int] = mapped_column(default=0)
    reminders: Mapped[int] = mapped_column(default=0)
    reminded_at: Mapped[datetime | None]


class ForeignSend(Base):
    """A mass-send into one of our groups that was not ours: a member made it by hand. It uses the same allowance."""

    __tablename__ = "foreign_send"
    __table_args__ = (UniqueConstraint("group_id", "msgid"), Index(None, "group_id", "day"))

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("chat_group.id"))
    msgid: Mapped[str] = mapped_column(String(120))
    day: Mapped[date]
    at: Mapped[datetime]


class SelfReport(Base):
    """What an owner said of one delivery: done, postponed, cannot. Never the same as the platform's word."""

    __tablename__ = "self_report"

    delivery_id: Mapped[str] = mapped_column(ForeignKey("delivery.id"), primary_key=True)
    state: Mapped[str] = mapped_column(String(12))  # done | postponed | cannot
    reason: Mapped[str] = mapped_column(String(400), default="")
    until: Mapped[datetime | None]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime]


class Picture(Base):
    """A picture by the hash of its bytes, so that a text that names it names exactly these bytes."""

    __tablename__ = "picture"

    brand_id: Mapped[int] = mapped_column(ForeignKey("brand.id"), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    mime: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(120), default="")
    content: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]


class PlatformEvent(Base):
    """A new friend the platform told us of, once however often it says so, and what became of the welcome.

    ``key`` and ``code_key`` are hashes: of what identifies the event, and of its welcome code, which is kept only until it
    has been used. ``state``: waiting | sending | sent | too_late | refused | unknown | skipped.
    """

    __tablename__ = "platform_event"
    __table_args__ = (
        UniqueConstraint("brand_id", "key"),
        UniqueConstraint("code_key"),
        Index(None, "state", "received_at"),
        Index(None, "brand_id", "received_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    brand_id: Mapped[int] = mapped_column(ForeignKey("brand.id"))
    key: Mapped[str] = mapped_column(String(64))
    code_key: Mapped[str | None] = mapped_column(String(64))
    event: Mapped[str] = mapped_column(String(40))
    member: Mapped[str] = mapped_column(String(64), default="")  # userid of ours who was added
    owner: Mapped[str] = mapped_column(String(80), default="")  # that member, as the workbook names one
    welcome_code: Mapped[str] = mapped_column(Text, default="")
    happened_at: Mapped[datetime]
    received_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(12), default="waiting")
    tries: Mapped[int] = mapped_column(default=0)
    claimed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    code: Mapped[str] = mapped_column(String(80), default="")
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    revision_hash: Mapped[str] = mapped_column(String(64), default="")


class GroupTemplate(Base):
    """The welcome template of a platform's groups that one post stands for. Written before the call that makes it.

    ``state``: making (no answer yet) | standing | changing | removing | removed | refused | unknown.
    """

    __tablename__ = "group_template"

    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"), primary_key=True)
    brand_id: Mapped[int] = mapped_column(ForeignKey("brand.id"), index=True)
    template_id: Mapped[str] = mapped_column(String(120), default="")
    revision_hash: Mapped[str] = mapped_column(String(64), default="")
    state: Mapped[str] = mapped_column(String(12), default="making")
    code: Mapped[str] = mapped_column(String(80), default="")
    at: Mapped[datetime]


class DeliveryPart(Base):
    """One of the calls of a delivery that needs several. Written before its call, so that none is made twice."""

    __tablename__ = "delivery_part"

    delivery_id: Mapped[str] = mapped_column(ForeignKey("delivery.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))  # text | image
    outcome: Mapped[str] = mapped_column(String(12), default="")  # "" in flight | sent | refused | unknown
    code: Mapped[str] = mapped_column(String(80), default="")
    at: Mapped[datetime]
