"""A brand's rules read from their rows: what is in force, as the checks take it and as people see it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from content_calendar.tables import BrandRule
from prompts.house_rules import HouseRules, OwnRule, SilencedRule

ADD, SILENCE = "add", "silence"
# Made once: it runs for every reply that somebody waits for.
_IN_FORCE = (
    select(BrandRule.id, BrandRule.rule, BrandRule.created_at)
    .where(BrandRule.brand_id == bindparam("brand"), BrandRule.ended_at.is_(None))
    .order_by(BrandRule.id)
)


def active(session: Session, brand_id: int) -> Sequence[BrandRule]:
    """The rows in force, oldest first."""
    query = select(BrandRule).where(BrandRule.brand_id == brand_id, BrandRule.ended_at.is_(None))
    return session.scalars(query.order_by(BrandRule.id)).all()


def ended(session: Session, brand_id: int, *, most: int = 50) -> Sequence[BrandRule]:
    """The rows that were lifted, the latest first."""
    query = select(BrandRule).where(BrandRule.brand_id == brand_id, BrandRule.ended_at.is_not(None))
    return session.scalars(query.order_by(BrandRule.ended_at.desc(), BrandRule.id.desc()).limit(most)).all()


def load(session: Session, brand_id: int) -> HouseRules:
    """Everything the brand changes about the packs; one statement."""
    return of(active(session, brand_id))


def of(rows: Sequence[BrandRule]) -> HouseRules:
    """Rows in force as plain data."""
    return HouseRules(
        add=tuple(own_rule(row) for row in rows if row.action == ADD),
        silence=tuple(
            SilencedRule(rule=row.rule, reason=row.reason) for row in rows if row.action == SILENCE
        ),
    )


def own_rule(row: BrandRule) -> OwnRule:
    """An added rule as plain data."""
    return OwnRule.model_validate({**row.body, "reason": row.reason})


def body_of(rule: OwnRule) -> dict[str, object]:
    """What a row keeps of an added rule beside its reason."""
    return rule.model_dump(mode="json", exclude={"reason"})


def stamp(session: Session, brand_id: int) -> str:
    """Changes whenever a rule of the brand is told, changed or lifted; one statement that reads no rule's body."""
    told = session.execute(_IN_FORCE, {"brand": brand_id})
    rows = "|".join(f"{row.id} {row.rule} {row.created_at}" for row in told)
    return hashlib.sha256(rows.encode()).hexdigest()[:16]
