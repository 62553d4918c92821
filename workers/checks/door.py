"""The last check: the very text that is about to be said, by the facts and rules of this moment (promises 4 and 5).

Made when a post is frozen and again before its calls, but only when text, rules or workbook are not what was looked at
before: once a text, not once a group. What a lead lifted stays lifted; a new block holds the post.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime
from typing import TypeVar

from sqlalchemy.orm import Session

from content_calendar.brands import CANARY_UID
from content_calendar.ledger.door import Outbound, Refusal
from content_calendar.rules import rechecked, runs
from content_calendar.rules.at_door import at_door
from content_calendar.rules.runs import Checked
from content_calendar.rules.standing import Standing
from content_calendar.tables import Brand
from generator.checks import check
from prompts.brief import Brief, Fact, FactKind
from prompts.draft import Finding
from workers.checks import rulebook

T = TypeVar("T")
REMEMBERED = 512  # texts and briefs: far more than are on their way at once
CODE = "blocked_now"


class DoorCheck:
    """One dispatcher's last look; an :data:`content_calendar.ledger.door.Inspector`. Used by one thread."""

    def __init__(self) -> None:
        self._passed: OrderedDict[tuple[object, ...], None] = OrderedDict()
        self._standing: OrderedDict[tuple[object, ...], Standing] = OrderedDict()
        self._goods: tuple[tuple[int, datetime], str] | None = None

    def __call__(self, session: Session, outbound: Outbound, now: datetime) -> Refusal | None:
        """None when the text may go; a refusal with what was found when it may not."""
        brand = session.get_one(Brand, outbound.post.brand_id)
        if brand.uid == CANARY_UID:
            return None
        ruled = rulebook.ruled(session, brand)
        place = (outbound.post.id, outbound.revision.hash, brand.workbook_sha256, brand.imported_at)
        key = (*place, outbound.text, ruled.fingerprint, outbound.lifted)
        if key in self._passed:
            return None
        stands = self._of(session, outbound, place, now)
        told = (*stands.brief.facts, *_live(outbound.values))
        findings = _judged(
            outbound, check(outbound.text, unheard(stands.brief), facts=told, own=ruled.own, final=True)
        )
        facts = runs.digest(stands.values, self._goods_at(session, brand.id, now))
        checked = Checked(ruled.fingerprint, facts, findings, "door")
        barred = [item for item in findings if item.verdict == "block" and (item.rule, item.excerpt) not in outbound.lifted]  # fmt: skip
        if barred:
            return Refusal(CODE, rechecked.reason("door", barred), checked)
        runs.note(session, outbound.revision.id, checked, now=now)
        _remember(self._passed, key, None)
        return None

    def _goods_at(self, session: Session, brand_id: int, now: datetime) -> str:
        """The goods' digest of a moment, read once for all posts looked at in it."""
        if self._goods is None or self._goods[0] != (brand_id, now):
            self._goods = ((brand_id, now), runs.goods(session, brand_id))
        return self._goods[1]

    def _of(self, session: Session, outbound: Outbound, place: tuple[object, ...], now: datetime) -> Standing:
        known = self._standing.get(place)
        if known is None:
            known = at_door(session, outbound.post, now=now)
            _remember(self._standing, place, known)
        return known


def unheard(brief: Brief) -> Brief:
    """The brief without what its groups heard: whether a text repeats another is decided when it is written."""
    return brief.model_copy(update={"heard": ()})


def _live(values: Mapping[str, str]) -> list[Fact]:
    """What was filled in, as facts: a live number is no number from nowhere."""
    return [
        Fact(id=f"live.{key}", kind=FactKind.text, label="实时数据", value=value)
        for key, value in values.items()
    ]


def _judged(outbound: Outbound, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Places are kept only where they are places of the approved text, its live tokens unfilled."""
    if outbound.text == outbound.revision.text:
        return findings
    return tuple(item.model_copy(update={"start": 0, "end": 0}) for item in findings)


def _remember(kept: OrderedDict[tuple[object, ...], T], key: tuple[object, ...], value: T) -> None:
    kept[key] = value
    while len(kept) > REMEMBERED:
        kept.popitem(last=False)
