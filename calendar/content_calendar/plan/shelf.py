"""Everything briefs are made from, taken from the tables at once: a fixed number of statements for any number of posts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from content_calendar.facts.lowest import lowest
from content_calendar.plan import lessons, offers, trade_days
from content_calendar.plan.lessons import Lesson, Read
from content_calendar.plan.offers import Offer
from content_calendar.plan.relevance import Index
from content_calendar.states import PostState
from content_calendar.tables import (
    Brand,
    Campaign,
    Group,
    KnowledgeItem,
    PastPost,
    Persona,
    Post,
    Product,
    Revision,
    Script,
    SopRow,
    Tier,
)

HEARD_DAYS = 30
PAST_AT_MOST = 3000
_OUT = (PostState.approved, PostState.releasing, PostState.released)
_OFF = (PostState.cancelled, PostState.missed, PostState.rejected)


@dataclass(frozen=True)
class Neighbour:
    """Another post of the days around, as a programme names it."""

    id: int
    tier: str
    day: date
    due_at: datetime
    kind: str
    theme: str


@dataclass(frozen=True)
class Said:
    """An approved or released text."""

    post_id: int
    tier: str
    day: date
    due_at: datetime
    kind: str
    text: str
    knowledge: tuple[str, ...]  # keys of the knowledge it used


@dataclass(frozen=True)
class Crowd:
    """The groups of one tier: how many, on which channels, with which tags (one tuple a group), how many people."""

    groups: int
    channels: tuple[str, ...]
    tags: tuple[tuple[str, ...], ...]
    members: int = 0


@dataclass(frozen=True)
class Shelf:
    """One brand's material for briefs."""

    brand: Brand
    zone: ZoneInfo
    today: date  # where the brand is: history ends here
    persona: Persona | None
    tiers: dict[str, Tier]
    products: dict[str, Product]
    campaigns: dict[int, Campaign]
    offers: tuple[Offer, ...]
    rows: dict[int, SopRow]
    knowledge: tuple[KnowledgeItem, ...]
    scripts: tuple[Script, ...]
    rules: tuple[trade_days.Rule, ...]
    neighbours: tuple[Neighbour, ...]
    past: tuple[PastPost, ...]
    said: tuple[Said, ...]
    lessons: tuple[Lesson, ...]
    read: tuple[Read, ...]
    notes: tuple[tuple[str, str], ...]
    crowds: dict[str, Crowd]
    lowest: Mapping[int, Decimal]  # product id → its 7-day lowest, worked out

    @cached_property
    def questions(self) -> Index:
        """The knowledge by topic and question."""
        return Index([f"{item.topic} {item.question}" for item in self.knowledge])

    @cached_property
    def answers(self) -> Index:
        """The knowledge by answer."""
        return Index([item.answer for item in self.knowledge])

    @cached_property
    def asked(self) -> Index:
        """The scripts by scene, question and answer."""
        return Index([f"{item.scene} {item.question} {item.answer}" for item in self.scripts])


def load(session: Session, brand: Brand, posts: Sequence[Post], *, now: datetime) -> Shelf:
    """The shelf for these posts of ``brand`` as of ``now``."""
    first, last = min(post.day for post in posts), max(post.day for post in posts)
    zone = ZoneInfo(brand.zone)
    today, kinds = now.astimezone(zone).date(), {post.kind for post in posts}
    mine = {"brand_id": brand.id}
    persona = session.scalar(select(Persona).filter_by(**mine).order_by(Persona.id).limit(1))
    products = {item.code: item for item in session.scalars(select(Product).filter_by(**mine, active=True))}
    campaigns = session.scalars(select(Campaign).filter_by(**mine, active=True)).all()
    knowledge = (
        select(KnowledgeItem).filter_by(**mine, active=True).order_by(KnowledgeItem.row, KnowledgeItem.id)
    )
    scripts = select(Script).filter_by(**mine, active=True).order_by(Script.row, Script.id)
    past = (
        select(PastPost)
        .filter_by(**mine)
        .order_by(PastPost.day.desc(), PastPost.time.desc())
        .limit(PAST_AT_MOST)
    )
    return Shelf(
        brand=brand, zone=zone, today=today, persona=persona,
        tiers={item.level: item for item in session.scalars(select(Tier).filter_by(**mine))},
        products=products, campaigns={item.id: item for item in campaigns},
        offers=offers.of(campaigns, products, zone),
        rows={item.id: item for item in session.scalars(select(SopRow).filter_by(**mine, active=True))},
        knowledge=tuple(session.scalars(knowledge)), scripts=tuple(session.scalars(scripts)),
        rules=trade_days.table(session, brand.id), neighbours=_neighbours(session, brand, first, last),
        past=tuple(session.scalars(past)), said=_said(session, brand, first - timedelta(days=HEARD_DAYS), last),
        lessons=lessons.examples(session, brand, persona.code if persona else None, kinds, now),
        read=lessons.read_most(session, brand, kinds, today), notes=lessons.notes(session, brand),
        crowds=_crowds(session, brand), lowest=lowest(session, list(products.values()), now=now),
    )  # fmt: skip


def _neighbours(session: Session, brand: Brand, first: date, last: date) -> tuple[Neighbour, ...]:
    rows = session.execute(
        select(Post.id, Post.tier, Post.day, Post.due_at, Post.kind, Post.theme)
        .where(
            Post.brand_id == brand.id, Post.day >= first, Post.day <= last + timedelta(days=1),
            Post.state.not_in(_OFF),
        )
        .order_by(Post.due_at, Post.id)
    )  # fmt: skip
    return tuple(Neighbour(*row) for row in rows)


def _said(session: Session, brand: Brand, first: date, last: date) -> tuple[Said, ...]:
    """Texts that went out or will: newest first."""
    rows = session.execute(
        select(Post.id, Post.tier, Post.day, Post.due_at, Post.kind, Revision.text, Revision.facts)
        .join(Revision, Revision.id == Post.revision_id)
        .where(Post.brand_id == brand.id, Post.day >= first, Post.day <= last, Post.state.in_(_OUT))
        .order_by(Post.due_at.desc(), Post.id.desc())
    )
    return tuple(
        Said(post_id, tier, day, due, kind, text, tuple(_knowledge_keys(facts)))
        for post_id, tier, day, due, kind, text, facts in rows
    )


def _knowledge_keys(facts: list[dict[str, object]]) -> list[str]:
    ids = (str(fact.get("id", "")) for fact in facts)
    return [fact_id.removeprefix("knowledge.") for fact_id in ids if fact_id.startswith("knowledge.")]


def _crowds(session: Session, brand: Brand) -> dict[str, Crowd]:
    rows = session.execute(
        select(Group.tier, Group.channel, Group.tags, Group.members)
        .where(Group.brand_id == brand.id, Group.active.is_(True))
        .order_by(Group.row, Group.id)
    )
    groups: dict[str, list[tuple[str, tuple[str, ...], int]]] = defaultdict(list)
    for tier, channel, tags, members in rows:
        groups[tier].append((channel, tuple(tags), members))
    return {
        tier: Crowd(
            groups=len(mine), channels=tuple(dict.fromkeys(channel for channel, *_ in mine)),
            tags=tuple(tags for _, tags, _ in mine), members=sum(members for *_, members in mine),
        )
        for tier, mine in groups.items()
    }  # fmt: skip
