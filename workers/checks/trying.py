"""Checking a bare text as one of a brand's: the packs, the brand's own rules, its forbidden words, its goods.

For whoever has a sentence and no post: the command line, the API, the box on the rules page. Without a brand only the
packs speak, and no database is opened.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from generator.checks import check_text, views
from generator.checks.brand import NONE, OwnRules
from generator.checks.marks import Page
from generator.checks.voice import forbidden
from prompts.brief import ProductSheet
from prompts.draft import Finding

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from content_calendar.tables import Brand

Result = Literal["block", "warn", "allow"]


@dataclass(frozen=True)
class House:
    """What is known of the brand whose text it is; nothing by default."""

    industry: str | None = None
    words: tuple[str, ...] = ()
    products: tuple[ProductSheet, ...] = ()
    own: OwnRules = NONE
    rules: str = ""  # the fingerprint of all that decides

    def product(self, key: str) -> ProductSheet | None:
        """The product with this code or name."""
        return next((sheet for sheet in self.products if key and key in {sheet.code, sheet.name}), None)


def house_of(session: Session, brand: Brand, *, now: datetime) -> House:
    """The brand's data as the checks need it, its seven days' lowest prices as of ``now``; four statements."""
    from sqlalchemy import select

    from content_calendar.facts.lowest import lowest
    from content_calendar.plan.briefs import product_sheet
    from content_calendar.tables import Product
    from workers.checks.rulebook import ruled

    rules = ruled(session, brand)
    mine = select(Product).where(Product.brand_id == brand.id, Product.active.is_(True))
    rows = session.scalars(mine).all()
    cheapest = lowest(session, rows, now=now)
    sheets = tuple(product_sheet(row, cheapest) for row in rows)
    return House(brand.industry, tuple(brand.forbidden), sheets, rules.own, rules.fingerprint)


def narrowest(session: Session, brand: Brand, tier: str) -> int | None:
    """Bytes the narrowest channel of a tier's groups carries; None when it has none."""
    from sqlalchemy import select

    from content_calendar.lanes import CHANNELS
    from content_calendar.tables import Group

    channels = session.scalars(
        select(Group.channel).where(Group.brand_id == brand.id, Group.active, Group.tier == tier).distinct()
    )
    return min((CHANNELS[channel].max_bytes for channel in channels if channel in CHANNELS), default=None)


def look(
    text: str, house: House, *, kind: str | None = None, product: ProductSheet | None = None,
    industry: str | None = None, max_bytes: int | None = None,
) -> tuple[Finding, ...]:  # fmt: skip
    """Everything found in one text, in reading order."""
    found = check_text(
        text,
        kind=kind,
        product=product,
        industry=industry or house.industry,
        max_bytes=max_bytes,
        own=house.own,
    )
    if not house.words:
        return found
    words = forbidden(Page(text, views.strict(text)), house.words)
    return tuple(sorted((*found, *words), key=lambda finding: finding.start))


def verdict(findings: Sequence[Finding]) -> Result:
    """The gravest of the findings; allow when there is none."""
    if any(finding.verdict == "block" for finding in findings):
        return "block"
    return "warn" if findings else "allow"


def utf16(text: str, position: int) -> int:
    """A place in code points as JavaScript counts it: signs beyond the first plane are two."""
    return position + sum(1 for sign in text[:position] if sign > "\uffff")
