"""By which rules and facts each revision was last checked: written with every check, compared when something changes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from content_calendar.tables import Campaign, CheckRun, Product
from prompts.brief import Fact
from prompts.draft import Finding

Cause = Literal["written", "edited", "facts", "rules", "door"]
_GOODS = (
    Product.code, Product.name, Product.price, Product.lowest_7d, Product.efficacy, Product.filing,
    Product.evidence, Product.caution,
)  # fmt: skip
_OFFERS = (
    Campaign.code, Campaign.name, Campaign.price, Campaign.products, Campaign.start_at, Campaign.end_at,
    Campaign.stock, Campaign.limit_per_person, Campaign.rules, Campaign.gift, Campaign.prizes,
)  # fmt: skip
_TIMELESS = ("live.", "calendar.")  # known only when sent; never anything else


@dataclass(frozen=True)
class Checked:
    """What a text was checked by, and what was found. ``rules`` and ``facts`` are digests."""

    rules: str
    facts: str
    findings: tuple[Finding, ...]
    cause: Cause


def note(session: Session, revision_id: int, checked: Checked, *, now: datetime) -> None:
    """Write down (or over) by what a revision was last checked."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    row = {
        "rules": checked.rules, "facts": checked.facts, "cause": checked.cause, "at": now,
        "verdict": verdict(checked.findings),
    }  # fmt: skip
    statement = insert(CheckRun).values(revision_id=revision_id, **row)
    session.execute(statement.on_conflict_do_update(index_elements=["revision_id"], set_=row))


def verdict(findings: Iterable[Finding]) -> str:
    """clean, warn or block: the gravest."""
    found = {finding.verdict for finding in findings}
    return "block" if "block" in found else "warn" if found else "clean"


def goods(session: Session, brand_id: int) -> str:
    """A digest of the goods and offers on sale: what a text is judged against besides the facts it names."""
    products = select(*_GOODS).where(Product.brand_id == brand_id, Product.active.is_(True))
    campaigns = select(*_OFFERS).where(Campaign.brand_id == brand_id, Campaign.active.is_(True))
    rows = [
        [str(value) for value in row]
        for query in (products.order_by(Product.code), campaigns.order_by(Campaign.code))
        for row in session.execute(query)
    ]
    return _sha(rows)


def digest(values: Mapping[str, str | None], goods: str) -> str:
    """One digest over the facts a text stands on, with their values, and the goods."""
    return _sha([goods, sorted((key, value) for key, value in values.items() if compared(key))])


def digest_of(facts: Sequence[Fact], goods: str) -> str:
    """The same for facts as a draft holds them."""
    return digest({fact.id: fact.value for fact in facts}, goods)


def compared(fact_id: str) -> bool:
    """False for what has no value to compare."""
    return not fact_id.startswith(_TIMELESS)


def of(session: Session, revision_ids: Sequence[int]) -> dict[int, CheckRun]:
    """Revision id → its last check; one statement."""
    rows = session.scalars(select(CheckRun).where(CheckRun.revision_id.in_(revision_ids)))
    return {row.revision_id: row for row in rows}


def _sha(body: object) -> str:
    return hashlib.sha256(json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")).hexdigest()
