"""Drafts checked again because something changed: a fact, the packs, a brand's own rule.

The database says which (:mod:`content_calendar.rules.drafts`); whoever changed something may call at once, and a tick looks
all the same. Texts are checked outside any transaction; a draft that moved on meanwhile is left alone.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from content_calendar import brands
from content_calendar.rules import drafts, rechecked, runs, standing
from content_calendar.rules.rechecked import Rechecked
from content_calendar.rules.runs import Checked
from content_calendar.rules.standing import Standing
from content_calendar.tables import Brand, Post
from generator.checks import check
from generator.checks.brand import OwnRules
from generator.checks.judge import judged
from prompts.draft import Finding
from workers import calling
from workers.checks import rulebook
from workers.checks.door import unheard
from workers.checks.rulebook import Ruled
from workers.runtime import Runtime

LOT = 25  # drafts of one transaction: a few hundredths of a second
MOST = 400  # drafts of one round; the next tick goes on


@dataclass
class Report:
    """What a round brought."""

    checked: int = 0
    held: list[int] = field(default_factory=list)

    def count(self, done: Sequence[Rechecked]) -> None:
        """Add one lot."""
        self.checked += len(done)
        self.held += [item.post_id for item in done if item.held]


@dataclass(frozen=True)
class _Look:
    """One draft and what its check found."""

    post_id: int
    revision_id: int
    checked: Checked


def after_change(runtime: Runtime, brand_id: int) -> Report | None:
    """Somebody changed a rule or a fact: check now where there is no broker, else ask a worker to."""
    if not runtime.settings.embedded:
        calling.call(runtime.settings, "recheck", brand_id)
        return None
    return recheck(runtime, brand_id)


def after_import(runtime: Runtime, brand_name: str) -> Report | None:
    """A workbook was imported: the drafts of its brand may stand on other facts or other rules now."""
    with runtime.database.read() as session:
        brand_id = session.scalar(select(Brand.id).where(Brand.name == brand_name))
    return after_change(runtime, brand_id) if brand_id is not None else None


def recheck(
    runtime: Runtime, brand_id: int | None = None, *, stop: threading.Event | None = None, most: int = MOST
) -> Report:
    """Check every draft again that was checked by other rules or facts, of one brand or of all; at most ``most``."""
    report = Report()
    with runtime.database.read() as session:
        ids = [brand.id for brand in brands.customers(session) if brand_id in (None, brand.id)]
    for number in ids:
        _brand(runtime, number, report, stop or threading.Event(), most)
    return report


def _brand(runtime: Runtime, brand_id: int, report: Report, stop: threading.Event, most: int) -> None:
    now = runtime.clock.now()
    with runtime.database.read() as session:
        brand = session.get_one(Brand, brand_id)
        wanted = drafts.due(
            session, brand, rulebook.ruled(session, brand).fingerprint, now=now, most=most - report.checked
        )
    for start in range(0, len(wanted), LOT):
        if stop.is_set():
            return
        report.count(_lot(runtime, brand_id, wanted[start : start + LOT], now))


def _lot(runtime: Runtime, brand_id: int, ids: Sequence[int], now: datetime) -> list[Rechecked]:
    with runtime.database.read() as session:
        ruled = rulebook.ruled(session, session.get_one(Brand, brand_id))
        stands, before, goods = _read(session, brand_id, ids, now)
    looks = [_look(one, ruled, goods, *before.get(one.revision.id, ("", ()))) for one in stands]
    with runtime.database.write() as session:
        done = [
            rechecked.replace(session, look.post_id, look.revision_id, look.checked, now=now)
            for look in looks
        ]
    return [item for item in done if item is not None]


def _read(
    session: Session, brand_id: int, ids: Sequence[int], now: datetime
) -> tuple[list[Standing], dict[int, tuple[str, tuple[Finding, ...]]], str]:
    """The drafts with what they are judged by, what they were checked by and what was found, and the goods' digest."""
    posts = session.scalars(select(Post).where(Post.id.in_(ids), Post.state.in_(drafts.OPEN))).all()
    stands = standing.standing(session, posts, now=now)
    revisions = [one.revision.id for one in stands]
    last = runs.of(session, revisions)
    found = rechecked.findings_of_many(session, revisions)
    before = {
        number: (last[number].rules if number in last else "", found.get(number, ())) for number in revisions
    }
    return stands, before, runs.goods(session, brand_id)


def _look(one: Standing, ruled: Ruled, goods: str, rules: str, before: Sequence[Finding]) -> _Look:
    fresh = check(one.revision.text, unheard(one.brief), own=ruled.own, final=True)
    findings = (*fresh, *(item for item in before if _kept(item, ruled.own) and item not in fresh))
    cause: runs.Cause = "facts" if rules == ruled.fingerprint else "rules"
    facts = runs.digest(one.values, goods)
    return _Look(one.post.id, one.revision.id, Checked(ruled.fingerprint, facts, findings, cause))


def _kept(finding: Finding, own: OwnRules) -> bool:
    """What the rules alone cannot find again: likeness to what was said before, and a judge's doubt."""
    return finding.rule.startswith("repetition.") or (judged(finding) and finding.rule not in own.silenced)
