"""The brief of a post: all a writer may know, gathered from the brand's tables when it is about to be written.

Built for many posts at once in a fixed number of statements. Nothing is invented here: every value is a table's,
and every number a text may use is among the facts with its source cell.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from content_calendar.facts import Sources, for_brief
from content_calendar.facts.catalogue import live_stage, money
from content_calendar.facts.cells import cell
from content_calendar.facts.lowest import of as lowest_of
from content_calendar.lanes import CHANNELS
from content_calendar.plan import choosing, teaching, trade_days
from content_calendar.plan.audience import channel_of
from content_calendar.plan.shelf import Crowd, Shelf, load
from content_calendar.tables import Brand, Campaign, KnowledgeItem, Post, Product, Revision, Script, SopRow
from prompts.brief import (
    LEVELS,
    Brief,
    CampaignSheet,
    Note,
    ProductSheet,
    Programme,
    TierSheet,
    Touch,
    Voice,
)

_NOBODY = Crowd(0, (), ())
PERSONA = "chongfenguan"  # the voice of a brand that has named none
_TAKEN_FIRST = 2  # of a post's notes, those a writer is most likely to use


def build(session: Session, post: Post, *, now: datetime, instruction: str = "") -> Brief:
    """The brief of one post; with an editor's ``instruction`` the newest text goes with it as ``previous``."""
    brief = build_many(session, [post], now=now)[0]
    if not instruction:
        return brief
    newest = (
        select(Revision.text).where(Revision.post_id == post.id).order_by(Revision.number.desc()).limit(1)
    )
    return brief.model_copy(update={"instruction": instruction, "previous": session.scalar(newest) or ""})


def build_many(session: Session, posts: Sequence[Post], *, now: datetime) -> list[Brief]:
    """The briefs of posts of one brand, in the order given. History after ``now`` does not count.

    Neighbours are served in order of time, so that the same know-how is not put first twice in a row for a tier.
    """
    if not posts:
        return []
    brand = session.get_one(Brand, posts[0].brand_id)
    shelf = load(session, brand, posts, now=now)
    fresh: dict[str, Counter[str]] = defaultdict(Counter)
    found: dict[int, Brief] = {}
    for post in sorted(posts, key=lambda item: (item.due_at, item.id)):
        found[post.id] = _brief(shelf, post, fresh[post.tier])
    return [found[post.id] for post in posts]


def _brief(shelf: Shelf, post: Post, fresh: Counter[str]) -> Brief:
    row = shelf.rows.get(post.sop_row_id or 0)
    theme, remark = (row.theme, row.remark) if row else (post.theme, post.remark)
    own = shelf.campaigns.get(post.campaign_id or 0)
    following = choosing.next_launch(shelf, post, own)
    campaigns = tuple(item for item in (own, following) if item)
    goods = choosing.products(shelf, theme, campaigns)
    lean = following.products if following else ()
    notes = choosing.knowledge(shelf, post, theme, goods, lean, choosing.recent_use(shelf, post) + fresh)
    fresh.update(item.key for item in notes[:_TAKEN_FIRST])
    scripts = choosing.scripts(shelf, theme, own)
    hooks = trade_days.hooks(shelf.rules, post.day)
    zone = ZoneInfo(post.zone)
    crowd = shelf.crowds.get(post.tier, _NOBODY)
    channels = tuple(dict.fromkeys(channel_of(channel, post.lane) for channel in crowd.channels))
    return Brief(
        post=post.slot_key, voice=_voice(shelf), tier=_tier(shelf, post), kind=post.kind,
        at=post.due_at.astimezone(zone), zone=post.zone, lane=post.lane, theme=theme, remark=remark,
        kind_written=post.kind_written, max_bytes=_bytes(channels), groups=crowd.groups,
        tags=choosing.tags(shelf, post.tier), channels=channels,
        facts=for_brief(_sources(shelf, post, row, hooks, goods, campaigns, own, notes, scripts)),
        products=tuple(product_sheet(item, shelf.lowest) for item in goods),
        campaign=campaign_sheet(own, shelf.zone) if own else None, stage=post.stage, touch=_touch(post),
        next_launch=campaign_sheet(following, shelf.zone) if following else None,
        knowledge=tuple(_note(item) for item in notes), scripts=tuple(_script(item) for item in scripts),
        heard=choosing.heard(shelf, post), best=teaching.best(shelf, post),
        examples=teaching.examples(shelf, post, theme, goods, own), house_notes=teaching.notes(shelf, post),
        today=_programmes(shelf, post, 0), tomorrow=_programmes(shelf, post, 1), hooks=hooks,
    )  # fmt: skip


def _sources(
    shelf: Shelf, post: Post, row: SopRow | None, hooks: tuple[str, ...], goods: tuple[Product, ...],
    campaigns: tuple[Campaign, ...], own: Campaign | None, notes: tuple[KnowledgeItem, ...],
    scripts: tuple[Script, ...],
) -> Sources:  # fmt: skip
    return Sources(
        brand=shelf.brand, persona=shelf.persona, day=post.day, time=post.time, where=shelf.zone, hooks=hooks,
        row=row, products=goods, campaigns=campaigns, knowledge=notes, scripts=scripts,
        live=(own,) if own and live_stage(post.stage) else (), lowest=shelf.lowest,
    )  # fmt: skip


def _voice(shelf: Shelf) -> Voice:
    brand, persona = shelf.brand, shelf.persona
    return Voice(
        brand=brand.name, industry=brand.industry, persona=persona.code if persona else PERSONA,
        nickname=persona.nickname if persona else f"{brand.name}宠粉官", intro=persona.intro if persona else "",
        manner=persona.manner if persona else "", fans=brand.fans, mall_url=brand.mall_url,
        hours=f"{brand.hours_from}-{brand.hours_to}", forbidden=tuple(brand.forbidden),
        ai_label=brand.ai_label if brand.ai_label_on else "", story=brand.story,
    )  # fmt: skip


def _tier(shelf: Shelf, post: Post) -> TierSheet:
    level = next(item for item in LEVELS if item == post.tier)
    tier = shelf.tiers.get(level)
    if tier is None:
        return TierSheet(level=level)
    return TierSheet(
        level=level,
        name=tier.name,
        threshold=tier.threshold,
        aim=tier.aim,
        focus=tier.focus,
        daily_cap=tier.daily_cap,
    )


def _bytes(channels: Sequence[str]) -> int:
    """What the narrowest channel of the audience carries; 4000 where nobody is reached yet."""
    return min((CHANNELS[channel].max_bytes for channel in channels if channel in CHANNELS), default=4000)


def _touch(post: Post) -> Touch | None:
    if post.touch is None or post.touches is None or not post.angle or not post.aidma:
        return None
    return Touch(number=post.touch, of=post.touches, angle=post.angle, aidma=post.aidma)


def product_sheet(item: Product, known: Mapping[int, Decimal] = MappingProxyType({})) -> ProductSheet:
    """A product's row as a writer reads it; ``known``: 7-day lowest prices worked out from the price history."""
    return ProductSheet(
        code=item.code, name=item.name, spec=item.spec, price=money(item.price), lowest_7d=money(lowest_of(item, known)),
        selling_points=item.selling_points, ingredients=item.ingredients, efficacy=tuple(item.efficacy),
        filing=item.filing, usage=item.usage, suitable=item.suitable, caution=item.caution, url=item.url,
        evidence=item.evidence, stock=item.stock,
    )  # fmt: skip


def campaign_sheet(item: Campaign, zone: ZoneInfo) -> CampaignSheet:
    """A campaign's row as a writer reads it, moments in the brand's zone."""
    return CampaignSheet(
        code=item.code, name=item.name, kind=item.kind, products=tuple(item.products), price=money(item.price),
        rules=item.rules, warmup_at=item.warmup_at.astimezone(zone) if item.warmup_at else None,
        start_at=item.start_at.astimezone(zone), end_at=item.end_at.astimezone(zone), stock=item.stock,
        limit_per_person=item.limit_per_person, tiers=tuple(level for level in LEVELS if level in item.tiers) or LEVELS,
        gift=item.gift, prizes=item.prizes,
    )  # fmt: skip


def _note(item: KnowledgeItem) -> Note:
    return Note(
        key=item.key, topic=item.topic, question=item.question, answer=item.answer, products=tuple(item.products),
        source=item.source or cell("知识", "answer", item.row),
    )  # fmt: skip


def _script(item: Script) -> Note:
    return Note(
        key=item.key, topic=item.scene, question=item.question, answer=item.answer,
        source=cell("话术", "answer", item.row),
    )  # fmt: skip


def _programmes(shelf: Shelf, post: Post, ahead: int) -> tuple[Programme, ...]:
    day = post.day + timedelta(days=ahead)
    zone = ZoneInfo(post.zone)
    return tuple(
        Programme(at=item.due_at.astimezone(zone), kind=item.kind, theme=item.theme)
        for item in shelf.neighbours
        if item.tier == post.tier and item.day == day and item.id != post.id
    )
