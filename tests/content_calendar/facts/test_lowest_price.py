"""The seven days' lowest: what the workbook states, or less where the price history knows of less."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import event, select

from content_calendar import facts
from content_calendar.database import Database
from content_calendar.facts.catalogue import product_facts
from content_calendar.facts.lowest import lowest
from content_calendar.tables import PriceHistory, Product
from tests.release_world import World

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)


def history(
    database: Database, *entries: tuple[float, str], stated: str | None = None, price: str = "268"
) -> int:
    """A product that cost each of ``entries`` (days ago, price) from then on; its id."""
    with database.write() as session:
        product = session.scalars(select(Product)).one()
        product.price = Decimal(price)
        product.lowest_7d = Decimal(stated) if stated else None
        for days, amount in entries:
            at = NOW - timedelta(days=days)
            session.add(PriceHistory(product_id=product.id, at=at, price=Decimal(amount), source="t"))
        return product.id


def known(database: Database) -> Decimal | None:
    with database.read() as session:
        product = session.scalars(select(Product)).one()
        return lowest(session, [product], now=NOW).get(product.id)


@pytest.mark.parametrize(
    ("entries", "stated", "expected"),
    [
        ([], "239", "239"),
        ([], None, None),
        ([(30, "268")], "239", "239"),
        ([(30, "199"), (3, "268")], "239", "199"),  # until three days ago it cost 199
        ([(30, "199"), (8, "268")], "239", "239"),  # that is longer ago than seven days
        ([(30, "299"), (5, "189"), (2, "268")], None, "189"),
        ([(2, "268")], None, None),  # nothing lower than today's price is known
        ([(30, "268"), (-1, "99")], "239", "239"),  # tomorrow's price is not last week's
    ],
)
def test_the_lower_of_what_is_stated_and_what_was_asked_counts(
    world: World, entries: list[tuple[float, str]], stated: str | None, expected: str | None
) -> None:
    history(world.database, *entries, stated=stated)
    assert known(world.database) == (Decimal(expected) if expected else None)


def test_the_fact_carries_it_and_says_where_it_is_from(world: World) -> None:
    history(world.database, (30, "199"), (3, "268"), stated="239")
    fact_id = "product.P1.lowest_7d"
    with world.database.read() as session:
        assert facts.current(session, world.brand_id, [fact_id], now=NOW) == {fact_id: "199"}
        later = NOW + timedelta(days=5)
        assert facts.current(session, world.brand_id, [fact_id], now=later) == {fact_id: "239"}
        product = session.scalars(select(Product)).one()
        told = {fact.id: fact for fact in product_facts(product, lowest(session, [product], now=NOW))}
    assert (told[fact_id].value, told[fact_id].source) == ("199", "价格记录")


def test_many_products_take_one_statement(world: World) -> None:
    with world.database.write() as session:
        for number in range(30):
            session.add(
                Product(brand_id=world.brand_id, code=f"X{number}", name=f"货{number}", price=Decimal(9))
            )
    seen: list[Any] = []
    with world.database.read() as session:
        products = session.scalars(select(Product)).all()
        event.listen(world.database.engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
        lowest(session, products, now=NOW)
    assert len(seen) == 1
