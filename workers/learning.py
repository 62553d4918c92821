"""Learning's place between the floors: the calendar keeps pairs, words and notes, the generator finds the habits.

Each function works in the caller's transaction; the nightly look opens its own, one a brand, and takes turns.
"""

from __future__ import annotations

import dataclasses
from datetime import datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from content_calendar import brands, notices
from content_calendar.learning import notes, pairs, versions
from content_calendar.tables import Brand, Campaign, Product
from content_calendar.zones import local_day, place, zone
from generator.learning import Pair, habits
from generator.offline import version as offline
from prompts.brief import Brief
from prompts.distance import essence
from prompts.draft import Draft
from prompts.library import Library
from workers import turns
from workers.runtime import Runtime

DAYS = 60  # of edits that a habit is looked for in
NIGHT = time(3, 0)  # wall time of the brand: after the night's writing, before the editors


def remember(session: Session, library: Library, brief: Brief, draft: Draft, *, now: datetime) -> None:
    """Keep the words that asked for this draft, the first time they do."""
    digest = draft.provenance.template_hash
    if not digest or versions.known(session, [digest]):
        return
    by_offline = draft.provenance.author == "offline"
    words = offline.words(brief.kind) if by_offline else library.words(brief)
    if words.hash == digest:  # the library was changed meanwhile: other words are not these
        versions.keep_words(session, words, now=now)


def refresh(session: Session, brand: Brand, *, now: datetime, days: int = DAYS) -> int:
    """Look through the last ``days`` of edits and bring the offered house notes in line; how many are new."""
    kept = pairs.since(session, brand, now - timedelta(days=days))
    label = brand.ai_label
    made = [Pair(one.kind, essence(one.machine, label), essence(one.approved, label)) for one in kept]
    found = [notes.Habit(**dataclasses.asdict(habit)) for habit in habits(made, leave=_names(session, brand))]
    return notes.offer(session, brand, found, now=now)


def refresh_all(runtime: Runtime) -> dict[str, int]:
    """Once a night for each brand; new notes by brand. The lead is told where there are some."""
    now = runtime.clock.now()
    with runtime.database.read() as session:
        known = [brand.id for brand in brands.customers(session)]
    found = {}
    for brand_id in known:
        with runtime.database.write() as session:
            brand = session.get_one(Brand, brand_id)
            if turns.take(session, f"notes:{brand.uid}", now=now, since=_last_night(brand, now)):
                found[brand.name] = refresh(session, brand, now=now)
                _tell(session, brand, found[brand.name], now)
    return found


def _names(session: Session, brand: Brand) -> list[str]:
    """What comes and goes with the subject: names of goods and campaigns."""
    goods = session.scalars(select(Product.name).where(Product.brand_id == brand.id))
    return [*goods, *session.scalars(select(Campaign.name).where(Campaign.brand_id == brand.id))]


def _last_night(brand: Brand, now: datetime) -> datetime:
    """The moment the latest look should have begun."""
    where = zone(brand.zone)
    today = local_day(now, where)
    begins = place(today, NIGHT, where).instant
    return begins if begins <= now else place(today - timedelta(days=1), NIGHT, where).instant


def _tell(session: Session, brand: Brand, new: int, now: datetime) -> None:
    if not new:
        return
    day = local_day(now, zone(brand.zone)).isoformat()
    notices.tell(
        session, brand_id=brand.id, code="learning.notes_offered", subject=f"day:{day}", now=now, level="info",
        text=f"从编辑最近的改动里看出 {new} 条写法习惯，到「学习 › 家规」里定一下：采纳的会写进提示词。",
    )  # fmt: skip
