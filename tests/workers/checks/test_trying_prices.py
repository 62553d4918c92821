"""A sentence that is no post yet is held to the same seven days' lowest price as a draft."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from sqlalchemy import select

from content_calendar.tables import PriceHistory, Product
from tests.release_world import World
from workers.checks import trying


def test_a_bare_text_about_a_product_may_not_compare_with_more_than_was_charged_last_week(
    world: World,
) -> None:
    with world.database.write() as session:
        product = session.scalars(select(Product)).one()
        for days, price in ((6, Decimal(149)), (2, Decimal(199))):
            session.add(PriceHistory(product_id=product.id, at=world.now - timedelta(days=days), price=price))
    with world.database.read() as session:
        house = trying.house_of(session, world.brand(session), now=world.now)
    sheet = house.product("P1")
    found = trying.look("面霜原价199元，今晚129元", house, product=sheet)
    assert [(item.rule, item.replacement) for item in found if item.rule.startswith("fact.")] == [
        ("fact.reference_above_lowest", "149")
    ]
    assert not [
        item
        for item in trying.look("面霜原价149元，今晚129元", house, product=sheet)
        if item.rule.startswith("fact.")
    ]
    assert not [
        item for item in trying.look("面霜原价199元，今晚129元", house) if item.rule.startswith("fact.")
    ]
