"""A brand's sources for replies, read in a fixed number of statements into plain records."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from content_calendar.facts.cells import cell
from content_calendar.facts.lowest import lowest
from content_calendar.plan.briefs import PERSONA, campaign_sheet, product_sheet
from content_calendar.replies import own_rows
from content_calendar.rules import house
from content_calendar.tables import Brand, Campaign, KnowledgeItem, Persona, Product, Script, Tier
from prompts.brief import Voice
from prompts.reply import CampaignRecord, Corpus, KnowledgeRecord, ProductRecord, ScriptRecord


def stamp(session: Session, brand: Brand, *, now: datetime) -> str:
    """What a brand's sources are known by: another import, row or rule made at the desk gives another stamp.

    So does another day: the seven days of the lowest prices have moved on.
    """
    day = now.astimezone(ZoneInfo(brand.zone)).date()
    at = brand.imported_at.isoformat() if brand.imported_at else ""
    made = f"{own_rows.version(session, brand)}:{house.stamp(session, brand.id)}"
    return f"{brand.id}:{brand.workbook_sha256}:{at}:{brand.ai_label_on}:{made}:{day}"


def load(session: Session, brand: Brand, *, now: datetime) -> Corpus:
    """All that replies of ``brand`` may stand on ``now``; ten statements, however much there is."""
    where = ZoneInfo(brand.zone)
    return Corpus(
        voice=_voice(session, brand),
        zone=brand.zone,
        stamp=stamp(session, brand, now=now),
        house=house.load(session, brand.id),
        scripts=tuple(_scripts(session, brand)),
        knowledge=tuple(_knowledge(session, brand)),
        products=tuple(_products(session, brand, now)),
        campaigns=tuple(
            CampaignRecord(row.row, campaign_sheet(row, where))
            for row in session.scalars(
                select(Campaign)
                .where(Campaign.brand_id == brand.id, Campaign.active.is_(True))
                .order_by(Campaign.row)
            )
        ),
        tier_names=_tier_names(session, brand),
        hours_row=_brand_row("hours"),
        mall_row=_brand_row("mall_url"),
        story_row=_brand_row("story"),
    )


def _brand_row(field: str) -> int:
    """The row of 品牌 that a field stands in."""
    return int(cell("品牌", field, 1).rpartition("!B")[2])


def _products(session: Session, brand: Brand, now: datetime) -> Iterable[ProductRecord]:
    """The goods on sale, with the lowest price of the seven days before ``now``."""
    mine = select(Product).where(Product.brand_id == brand.id, Product.active.is_(True))
    rows = session.scalars(mine.order_by(Product.row)).all()
    cheapest = lowest(session, rows, now=now)
    for row in rows:
        yield ProductRecord(row.row, product_sheet(row, cheapest))


def _scripts(session: Session, brand: Brand) -> Iterable[ScriptRecord]:
    rows = session.scalars(
        select(Script).where(Script.brand_id == brand.id, Script.active.is_(True)).order_by(Script.row)
    )
    for row in rows:
        yield ScriptRecord(
            row.key, row.row, row.scene, row.question, row.answer, row.taboo, row.escalate, row.escalate_to
        )


def _knowledge(session: Session, brand: Brand) -> Iterable[KnowledgeRecord]:
    rows = session.scalars(
        select(KnowledgeItem)
        .where(KnowledgeItem.brand_id == brand.id, KnowledgeItem.active.is_(True))
        .order_by(KnowledgeItem.row)
    )
    for row in rows:
        yield KnowledgeRecord(
            row.key, row.row, row.topic, row.question, row.answer, tuple(row.products), row.source
        )


def _voice(session: Session, brand: Brand) -> Voice:
    persona = session.scalar(
        select(Persona).where(Persona.brand_id == brand.id).order_by(Persona.id).limit(1)
    )
    return Voice(
        brand=brand.name,
        industry=brand.industry,
        persona=persona.code if persona else PERSONA,
        nickname=persona.nickname if persona else brand.name,
        intro=persona.intro if persona else "",
        manner=persona.manner if persona else "",
        fans=brand.fans,
        mall_url=brand.mall_url,
        hours=f"{brand.hours_from}-{brand.hours_to}",
        forbidden=tuple(brand.forbidden),
        ai_label=brand.ai_label if brand.ai_label_on else "",
        story=brand.story,
    )


def _tier_names(session: Session, brand: Brand) -> tuple[str, ...]:
    """The tiers' names, whole and without 群: what a group must not read about itself."""
    names = session.scalars(select(Tier.name).where(Tier.brand_id == brand.id))
    found = {name.strip() for name in names if name.strip()}
    return tuple(sorted(found | {name.rstrip("群") for name in found if len(name.rstrip("群")) >= 2}))
