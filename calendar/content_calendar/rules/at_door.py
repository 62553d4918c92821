"""The brief one text is judged by right before it leaves: what it was written from, with every value read again.

Nothing is chosen anew, so the shelf of know-how and past posts stays closed: a handful of small statements, for this is
done in front of a moment that does not wait.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from content_calendar import facts as source
from content_calendar import revised
from content_calendar.facts.lowest import lowest
from content_calendar.plan import briefs
from content_calendar.rules.standing import Standing, joined, standing
from content_calendar.states import PostState
from content_calendar.tables import Brand, BriefRow, Campaign, Post, Product
from prompts.brief import Brief, CampaignSheet, Programme, Voice

_OFF = (PostState.cancelled, PostState.missed, PostState.rejected)


def at_door(session: Session, post: Post, *, now: datetime) -> Standing:
    """What the post's newest text is judged by now; a text that came without a brief gets a new one."""
    revision = revised.newest(session, post)
    row = session.get(BriefRow, revision.brief_id) if revision and revision.brief_id else None
    if revision is None or row is None:
        return standing(session, [post], now=now)[0]
    stored = Brief.model_validate(row.body)
    named = revised.facts_of(revision)
    ids = {fact.id for fact in (*named, *stored.facts)}
    values = source.current(session, post.brand_id, ids, now=now)
    fresh = _reread(session, post, stored, now).model_copy(
        update={"facts": (), "knowledge": (), "scripts": ()}
    )
    mine = {fact.id: values.get(fact.id) for fact in named}
    return Standing(post, revision, joined(fresh, stored, named, values), mine)


def _reread(session: Session, post: Post, stored: Brief, now: datetime) -> Brief:
    """The stored brief with its brand, goods, campaigns and neighbours as they are now."""
    brand = session.get_one(Brand, post.brand_id)
    codes = [item.code for item in stored.products]
    of_brand = (Product.brand_id == brand.id, Product.active.is_(True), Product.code.in_(codes))
    products = session.scalars(select(Product).where(*of_brand).order_by(Product.row)).all()
    cheapest = lowest(session, products, now=now)
    campaigns = _campaigns(session, brand, stored)
    around = _programmes(session, post)
    return stored.model_copy(
        update={
            "voice": _voice(stored.voice, brand),
            "products": tuple(briefs.product_sheet(item, cheapest) for item in products),
            "campaign": campaigns.get(stored.campaign.code) if stored.campaign else None,
            "next_launch": campaigns.get(stored.next_launch.code) if stored.next_launch else None,
            "today": around[0],
            "tomorrow": around[1],
        }
    )


def _voice(voice: Voice, brand: Brand) -> Voice:
    return voice.model_copy(
        update={
            "industry": brand.industry,
            "forbidden": tuple(brand.forbidden),
            "ai_label": brand.ai_label if brand.ai_label_on else "",
        }
    )


def _campaigns(session: Session, brand: Brand, stored: Brief) -> dict[str, CampaignSheet]:
    codes = [item.code for item in (stored.campaign, stored.next_launch) if item]
    if not codes:
        return {}
    found = session.scalars(
        select(Campaign).where(
            Campaign.brand_id == brand.id, Campaign.code.in_(codes), Campaign.active.is_(True)
        )
    )
    where = ZoneInfo(brand.zone)
    return {item.code: briefs.campaign_sheet(item, where) for item in found}


def _programmes(session: Session, post: Post) -> tuple[tuple[Programme, ...], tuple[Programme, ...]]:
    """What else its groups hear on the post's day, and on the day after; one statement."""
    zone = ZoneInfo(post.zone)
    rows = session.execute(
        select(Post.day, Post.due_at, Post.kind, Post.theme)
        .where(
            Post.brand_id == post.brand_id, Post.tier == post.tier, Post.id != post.id,
            Post.day.in_((post.day, post.day + timedelta(days=1))), Post.state.not_in(_OFF),
        )
        .order_by(Post.due_at)
    )  # fmt: skip
    days: tuple[list[Programme], list[Programme]] = ([], [])
    for day, at, kind, theme in rows:
        days[day != post.day].append(Programme(at=at.astimezone(zone), kind=kind, theme=theme))
    return tuple(days[0]), tuple(days[1])
