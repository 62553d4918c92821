"""What a price may be compared with: the lowest a product was sold at in the seven days before.

The workbook states it (近7日最低成交价). What it forgets, the price history knows: a list price that held within those seven
days was paid too. So the lower of both counts (明码标价和禁止价格欺诈规定 第十六条).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from content_calendar.tables import PriceHistory, Product

WINDOW = timedelta(days=7)
_Dated = tuple[datetime, Decimal]


def lowest(session: Session, products: Sequence[Product], *, now: datetime) -> dict[int, Decimal]:
    """Product id → the lowest price of the seven days before ``now``; absent where nothing lower than today's is known.

    One statement, however many products there are.
    """
    if not products:
        return {}
    rows = session.execute(
        select(PriceHistory.product_id, PriceHistory.at, PriceHistory.price)
        .where(
            PriceHistory.product_id.in_([item.id for item in products]), PriceHistory.at <= now,
            PriceHistory.price.is_not(None),
        )
        .order_by(PriceHistory.at, PriceHistory.id)
    )  # fmt: skip
    dated: dict[int, list[_Dated]] = defaultdict(list)
    for product_id, at, price in rows.tuples():
        if price is not None:
            dated[product_id].append((at, price))
    found = {item.id: _of(item, dated[item.id], now) for item in products}
    return {product_id: price for product_id, price in found.items() if price is not None}


def _of(product: Product, dated: Sequence[_Dated], now: datetime) -> Decimal | None:
    held = _held(dated, now - WINDOW)
    stated = [product.lowest_7d] if product.lowest_7d is not None else []
    below = [price for price in held if product.price is None or price < product.price]
    return min([*stated, *below], default=None)


def _held(dated: Sequence[_Dated], since: datetime) -> list[Decimal]:
    """Prices in force at some moment after ``since``: those told since, and the last one before."""
    before = [price for at, price in dated if at <= since]
    return [*before[-1:], *(price for at, price in dated if at > since)]


def of(product: Product, known: Mapping[int, Decimal]) -> Decimal | None:
    """The lowest of one product, when worked out; else what its row states."""
    return known.get(product.id, product.lowest_7d)
