"""The rules as the desk shows them: packs with their rules and their state for a brand, the brand's own, recent texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from content_calendar.rules import house
from content_calendar.rules.house import ADD, SILENCE
from content_calendar.states import PostState
from content_calendar.tables import Brand, BrandRule, PastPost, Post, Revision
from desk.errors import Missing
from generator.checks.brand import KEPT
from generator.checks.checking import industry_of
from generator.checks.rules import Pack, Rule, packs
from prompts.house_rules import OwnRule

DAYS = 30  # how far back a rule is tried
MOST = 1000  # texts it is tried on, the newest first
_UNSAID = (PostState.cancelled, PostState.rejected)


@dataclass(frozen=True)
class RuleView:
    """A packaged rule: what it says, whether it concerns this brand's trade, and who silenced it."""

    rule: Rule
    concerns: bool
    kept: bool
    silenced: BrandRule | None

    @property
    def blocks(self) -> bool:
        """True for what rests on law and forbids approval."""
        return self.rule.text.verdict == "block"


@dataclass(frozen=True)
class PackView:
    """A pack and its rules."""

    id: str
    title: str
    law: str
    rules: tuple[RuleView, ...]

    @property
    def silenced(self) -> int:
        """How many of its rules are silent here."""
        return sum(1 for rule in self.rules if rule.silenced)


@dataclass(frozen=True)
class OwnView:
    """A rule of the brand's own."""

    row: BrandRule
    rule: OwnRule


@dataclass(frozen=True)
class RulesView:
    """Everything the page shows; ``loud``: silenced rules that rest on law."""

    packs: tuple[PackView, ...]
    own: tuple[OwnView, ...]
    ended: tuple[BrandRule, ...]

    @property
    def silent(self) -> tuple[RuleView, ...]:
        """Every silenced rule, those that rest on law first."""
        found = [rule for pack in self.packs for rule in pack.rules if rule.silenced]
        return tuple(sorted(found, key=lambda rule: not rule.blocks))

    @property
    def loud(self) -> tuple[RuleView, ...]:
        """Silenced rules that rest on law."""
        return tuple(rule for rule in self.silent if rule.blocks)

    @property
    def count(self) -> int:
        """How many packaged rules there are."""
        return sum(len(pack.rules) for pack in self.packs)

    def pack(self, key: str) -> PackView | None:
        """The pack with this id."""
        return next((pack for pack in self.packs if pack.id == key), None)


@dataclass(frozen=True, slots=True)
class Said:
    """A text of the last days; ``post_id`` is None for one from before the product was used."""

    post_id: int | None
    day: date
    kind: str
    text: str


def load(session: Session, brand: Brand) -> RulesView:
    """The packs and the brand's own rules; two statements."""
    rows = house.active(session, brand.id)
    silenced = {row.rule: row for row in rows if row.action == SILENCE}
    trade = industry_of(brand.industry)
    return RulesView(
        packs=tuple(_pack(pack, silenced, trade) for pack in packs()),
        own=tuple(OwnView(row, house.own_rule(row)) for row in rows if row.action == ADD),
        ended=tuple(house.ended(session, brand.id)),
    )


def packaged(rule_id: str) -> Rule:
    """The packaged rule with this id; Missing when there is none."""
    found = next((rule for pack in packs() for rule in pack.rules if rule.id == rule_id), None)
    if found is None:
        raise Missing(
            f"没有编号为「{rule_id[:40]}」的规则。",
            code="rule.unknown",
            english=f"There is no rule {rule_id[:40]!r}.",
        )
    return found


def _pack(pack: Pack, silenced: dict[str, BrandRule], trade: str | None) -> PackView:
    return PackView(
        pack.id,
        pack.title,
        pack.law,
        tuple(
            RuleView(rule, trade is None or trade in rule.industries, pack.id in KEPT, silenced.get(rule.id))
            for rule in pack.rules
        ),
    )


def recent(session: Session, brand: Brand, *, now: datetime) -> Sequence[Said]:
    """What was said or written in the last thirty days, the newest first; two statements."""
    since = (now - timedelta(days=DAYS)).date()
    written = session.execute(
        select(Post.id, Post.day, Post.kind, Revision.text)
        .join(Revision, Revision.id == Post.revision_id)
        .where(Post.brand_id == brand.id, Post.day >= since, Post.state.not_in(_UNSAID))
        .order_by(Post.due_at.desc())
        .limit(MOST)
    )
    past = session.execute(
        select(PastPost.day, PastPost.kind, PastPost.text)
        .where(PastPost.brand_id == brand.id, PastPost.day >= since)
        .order_by(PastPost.day.desc())
        .limit(MOST)
    )
    found = [Said(*row) for row in written] + [Said(None, *row) for row in past]
    return sorted(found, key=lambda said: said.day, reverse=True)[:MOST]
