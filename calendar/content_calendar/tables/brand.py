"""A brand and what its workbook says: persona, tiers, groups, products, campaigns, SOP, answers, past posts.

``row`` columns keep the Excel row a thing was read from, so that a fact can name its source cell.
``active`` is false for a thing that the last import no longer listed; its history stays.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from content_calendar.tables.base import Base


class Brand(Base):
    """One customer of the product."""

    __tablename__ = "brand"

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True)  # random; deliveries' keys derive from it
    name: Mapped[str] = mapped_column(String(80), unique=True)
    industry: Mapped[str] = mapped_column(String(80), default="")
    zone: Mapped[str] = mapped_column(String(64), default="Asia/Shanghai")
    quiet_from: Mapped[str] = mapped_column(String(5), default="22:30")  # HH:MM wall time, start included
    quiet_to: Mapped[str] = mapped_column(String(5), default="08:30")  # HH:MM wall time, end excluded
    hours_from: Mapped[str] = mapped_column(String(5), default="09:00")
    hours_to: Mapped[str] = mapped_column(String(5), default="22:30")
    mall_url: Mapped[str] = mapped_column(String(2048), default="")
    fans: Mapped[str] = mapped_column(String(40), default="")
    forbidden: Mapped[list[str]] = mapped_column(default=list)
    ai_label: Mapped[str] = mapped_column(String(80), default="")
    ai_label_on: Mapped[bool] = mapped_column(default=False)
    story: Mapped[str] = mapped_column(Text, default="")
    late_policy: Mapped[str] = mapped_column(String(12), default="send_late")  # send_late | ask | drop
    late_window_minutes: Mapped[int] = mapped_column(default=15)
    approval_cutoff_minutes: Mapped[int] = mapped_column(default=0)  # approve at least so long before
    offers_need_two: Mapped[bool] = mapped_column(default=False)  # a second approver for every offer
    confirm_window_minutes: Mapped[int] = mapped_column(default=60)  # how long owners may confirm a mass-send
    mass_quota: Mapped[str] = mapped_column(String(12), default="month_days")  # month_days | week_7 | day_1
    demo: Mapped[bool] = mapped_column(default=False)  # every group is played in the demo lane
    paused_at: Mapped[datetime | None]
    paused_by: Mapped[str] = mapped_column(String(80), default="")
    pause_reason: Mapped[str] = mapped_column(String(200), default="")
    workbook_sha256: Mapped[str] = mapped_column(String(64), default="")
    imported_at: Mapped[datetime | None]
    extra: Mapped[dict[str, Any]] = mapped_column(default=dict)  # rows of 品牌 the product does not know


class Persona(Base):
    """The voice that speaks."""

    __tablename__ = "persona"
    __table_args__ = (UniqueConstraint("brand_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    brand_id: Mapped[int] = mapped_column(ForeignKey("brand.id"))
    code: Mapped[str] = mapped_column(String(40))  # key in the prompt library
    nickname: Mapped[str] = mapped_column(String(80))
    intro: Mapped[str] = mapped_column(Text, default="")
    manner: Mapped[str] = mapped_column(Text, default="")


class Tier(Base):
    """high, mid or low, as this brand names and treats it."""

    __tablename__ = "tier"
    __table_args__ = (UniqueConstraint("brand_id", "level"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    brand_id: Mapped[int] = mapped_column(ForeignKey("brand.id"))
    level: Mapped[str] = mapped_column(String(8))
    name: Mapped[str] = mapped_column(String(40), default="")
    threshold: Mapped[str] = mapped_column(Text, default="")
    aim: Mapped[str] = mapped_column(Text, default="")
    focus: Mapped[str] = mapped_column(Text, default="")
    daily_cap: Mapped[int] = mapped_column(default=6)
    row: Mapped[int] = mapped_column(default=0)


class Group(Base):
    """One chat group. ``channel`` is one of CHANNELS in :mod:`content_calendar.lanes`."""

    __tablename__ = "chat_group"
    __table_args__ = (UniqueConstraint("brand_id", "code"), Index(None, "brand_id", "tier"))

    id: Mapped[int] = mapped_column(primary_key=True)
    brand_id: Mapped[int] = mapped_column(ForeignKey("brand.id"))
    code: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(120))
    tier: Mapped[str] = mapped_column(String(8))
    source: Mapped[str] = mapped_column(String(80), default="")
    customer_type: Mapped[str] = mapped_column(String(40), default="")
    members: Mapped[int] = mapped_column(default=0)
    tags: Mapped[list[str]] = mapped_column(default=list)
    owner: Mapped[str] = mapped_column(String(80), default="")
    channel: Mapped[str] = mapped_column(String(24))
    address: Mapped[str] = mapped_column(String(2048), default="")
    paused_at: Mapped[datetime | None]
    active: Mapped[bool] = mapped_column(default=True)
    row: Mapped[int] = mapped_column(default=0)


class Product(Base):
    """Goods with their price, filing and evidence."""

    __tablename__ = "product"
    __table_args__ = (UniqueConstraint("brand_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    brand_id: Mapped[int] = mapped_column(ForeignKey("brand.id"))
    code: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(120))
    spec: Mapped[str] = mapped_column(String(80), default="")
    price: Mapped[Decimal | None]
    lowest_7d: Mapped[Decimal | None]
    selling_points: Mapped[str] = mapped_column(Text, default="")
    ingredients: Mapped[str] = mapped_column(Text, default="")
    efficacy: Mapped[list[str]] = mapped_column(default=list)
    filing: Mapped[str] = mapped_column(String(120), default="")
    usage: Mapped[str] = mapped_column(Text, default="")
    suitable: Mapped[str] = mapped_column(Text, default="")
    caution: Mapped[str] = mapped_column(Text, default="")
    url: Mapped[str] = mapped_column(String(2048), default="")
    stock: Mapped[int | None]
    evidence: Mapped[str] = mapped_column(Text, default="")
    active: Mapped[bool] = mapped_column(default=True)
    row: Mapped[int] = mapped_column(default=0)


class PriceHistory(Base):
    """What a product cost and from when: one row whenever an import changes a price."""

    __tablename__ = "price_history"
    __table_args__ = (Index(None, "product_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    at: Mapped[datetime]
    price: Mapped[Decimal | None]
    lowest_7d: Mapped[Decimal | None]
    source: Mapped[str] = mapped_column(String(120), default="")


class Campaign(Base):
    """A promotion. ``code`` is stable across imports (derived from the name)."""

    __tablename__ = "campaign"
    __table_args__ = (UniqueConstraint("brand_id", "code"), Index(None, "brand_id", "start_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    brand_id: Mapped[int] = mapped_column(ForeignKey("brand.id"))
    code: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(24))
    kind_written: Mapped[str] = mapped_column(String(40), default="")
    products: Mapped[list[str]] = mapped_column(default=list)
    price: Mapped[Decimal | None]
    rules: Mapped[str] = mapped_column(Text, default="")
    warmup_at: Mapped[datetime | None]
    start_at: Mapped[datetime]
    end_at: Mapped[datetime]
    stock: Mapped[int | None]
    limit_per_person: Mapped[int | None]
    tiers: Mapped[list[str]] = mapped_column(default=list)
    gift: Mapped[str] = mapped_column(Text, default="")
    prizes: Mapped[str] = mapped_column(Text, default="")
    active: Mapped[bool] = mapped_column(default=True)
    row: Mapped[int] = mapped_column(default=0)


class SopRow(Base):
    """One row of the SOP timetable. ``key`` is its identity across imports."""

    __tablename__ = "sop_row"
    __table_args__ = (UniqueConstraint("brand_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    brand_id: Mapped[int] = mapped_column(ForeignKey("brand.id"))
    key: Mapped[str] = mapped_column(String(64))
    time: Mapped[str] = mapped_column(String(5))  # HH:MM
    cycle: Mapped[str] = mapped_column(String(120))  # as written
    cycle_rule: Mapped[dict[str, Any]] = mapped_column(default=dict)  # see workbook.values.Cycle
    tiers: Mapped[list[str]] = mapped_column(default=list)
    kind: Mapped[str] = mapped_column(String(24))
    kind_written: Mapped[str] = mapped_column(String(40), default="")
    theme: Mapped[str] = mapped_column(Text, default="")
    channel: Mapped[str] = mapped_column(String(24))
    owner: Mapped[str] = mapped_column(String(80), default="")
    remark: Mapped[str] = mapped_column(Text, default="")
    active: Mapped[bool] = mapped_column(default=True)
    row: Mapped[int] = mapped_column(default=0)


class Script(Base):
    """A reviewed answer (话术)."""

    __tablename__ = "script"
    __table_args__ = (UniqueConstraint("brand_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    brand_id: Mapped[int] = mapped_column(ForeignKey("brand.id"))
    key: Mapped[str] = mapped_column(String(64))
    scene: Mapped[str] = mapped_column(String(80))
    question: Mapped[str] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(Text)
    taboo: Mapped[str] = mapped_column(Text, default="")
    escalate: Mapped[bool] = mapped_column(default=False)
    escalate_to: Mapped[str] = mapped_column(Text, default="")
    origin: Mapped[str] = mapped_column(String(12), default="workbook")  # workbook | desk: kept by an import
    active: Mapped[bool] = mapped_column(default=True)
    row: Mapped[int] = mapped_column(default=0)


class KnowledgeItem(Base):
    """A fact for answering and for tips (知识)."""

    __tablename__ = "knowledge_item"
    __table_args__ = (UniqueConstraint("brand_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    brand_id: Mapped[int] = mapped_column(ForeignKey("brand.id"))
    key: Mapped[str] = mapped_column(String(64))
    topic: Mapped[str] = mapped_column(String(80))
    question: Mapped[str] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(Text)
    products: Mapped[list[str]] = mapped_column(default=list)
    source: Mapped[str] = mapped_column(String(200), default="")
    origin: Mapped[str] = mapped_column(String(12), default="workbook")  # workbook | desk: kept by an import
    active: Mapped[bool] = mapped_column(default=True)
    row: Mapped[int] = mapped_column(default=0)


class PastPost(Base):
    """A post from before the product was used, with its figures."""

    __tablename__ = "past_post"
    __table_args__ = (UniqueConstraint("brand_id", "key"), Index(None, "brand_id", "day"))

    id: Mapped[int] = mapped_column(primary_key=True)
    brand_id: Mapped[int] = mapped_column(ForeignKey("brand.id"))
    key: Mapped[str] = mapped_column(String(64))
    day: Mapped[date]
    time: Mapped[str] = mapped_column(String(5), default="")
    tiers: Mapped[list[str]] = mapped_column(default=list)
    kind: Mapped[str] = mapped_column(String(24))
    kind_written: Mapped[str] = mapped_column(String(40), default="")
    text: Mapped[str] = mapped_column(Text)
    reached: Mapped[int | None]
    reads: Mapped[int | None]
    clicks: Mapped[int | None]
    interactions: Mapped[int | None]
    orders: Mapped[int | None]
    row: Mapped[int] = mapped_column(default=0)


class TradeDay(Base):
    """A day of the trade (双12, 38节) that a brand can edit; ``rule`` is MM-DD or a date YYYY-MM-DD."""

    __tablename__ = "trade_day"
    __table_args__ = (UniqueConstraint("brand_id", "rule", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    brand_id: Mapped[int] = mapped_column(ForeignKey("brand.id"))
    rule: Mapped[str] = mapped_column(String(24))
    name: Mapped[str] = mapped_column(String(40))


class LiveValue(Base):
    """A value that changes by itself (stock left), with the moment it was measured.

    ``key`` as in :mod:`prompts.live`: ``stock:MH105``, ``campaign_stock:<code>``, ``gift_stock:<code>``.
    """

    __tablename__ = "live_value"
    __table_args__ = (UniqueConstraint("brand_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    brand_id: Mapped[int] = mapped_column(ForeignKey("brand.id"))
    key: Mapped[str] = mapped_column(String(120))
    value: Mapped[str] = mapped_column(String(80))
    measured_at: Mapped[datetime]
    source: Mapped[str] = mapped_column(String(120), default="")
