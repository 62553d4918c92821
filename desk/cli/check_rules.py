"""What `chongfen check` checks a line with: the packs alone, or also a brand's products and forbidden words.

The database is opened only when --brand was given.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from content_calendar.lanes import CHANNELS
from desk.cli.check_input import Line
from desk.cli.context import Context
from generator.checks import check_text, views
from generator.checks.marks import Page
from generator.checks.voice import forbidden
from prompts.brief import ProductSheet
from prompts.draft import Finding


@dataclass(frozen=True)
class Rules:
    """The industry asked for, and what a brand adds."""

    industry: str | None = None
    words: tuple[str, ...] = ()
    products: tuple[ProductSheet, ...] = field(default=())

    @staticmethod
    def of(context: Context, industry: str | None) -> Rules:
        """The packs, and the brand's data when a brand was named."""
        if context.brand is None:
            return Rules(industry)
        from sqlalchemy import select

        from content_calendar.tables import Product
        from workers.runtime import only_brand

        with context.runtime.database.read() as session:
            brand = only_brand(session, context.brand)
            rows = session.scalars(select(Product).where(Product.brand_id == brand.id, Product.active))
            return Rules(
                industry or brand.industry, tuple(brand.forbidden), tuple(_sheet(row) for row in rows)
            )

    def check(self, line: Line) -> tuple[Finding, ...]:
        """Everything found in one line."""
        limit = min((info.max_bytes for info in CHANNELS.values() if info.lane == line.lane), default=None)
        found = check_text(
            line.text,
            kind=line.kind,
            product=line.product or self._product(line.product_key),
            industry=line.industry or self.industry,
            max_bytes=limit,
        )
        if not self.words:
            return found
        own = forbidden(Page(line.text, views.strict(line.text)), self.words)
        return tuple(sorted((*found, *own), key=lambda finding: finding.start))

    def _product(self, key: str) -> ProductSheet | None:
        return next((sheet for sheet in self.products if key in {sheet.code, sheet.name}), None)


def _sheet(row: object) -> ProductSheet:
    """A product row as the checks need it."""
    from content_calendar.tables import Product

    assert isinstance(row, Product)
    return ProductSheet(
        code=row.code, name=row.name, efficacy=tuple(row.efficacy), filing=row.filing, evidence=row.evidence
    )
