"""Facts are read again at release: the same id gives the present value, or nothing when its source is gone."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event, select, update

from content_calendar import facts, tables
from content_calendar.database import Database
from content_calendar.facts import catalogue
from content_calendar.plan import trade_days
from prompts.brief import Fact

ZONE = ZoneInfo("Asia/Shanghai")
WEDNESDAY = date(2026, 11, 25)

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)


def everything(database: Database, brand_id: int, day: date = WEDNESDAY) -> dict[str, Fact]:
    """Every fact the brand can give for a post of that day."""
    with database.read() as session:
        campaigns = tuple(session.scalars(select(tables.Campaign)))
        sources = facts.Sources(
            brand=session.get_one(tables.Brand, brand_id), persona=session.scalars(select(tables.Persona)).one(), day=day,
            time="17:00", where=ZONE, hooks=trade_days.hooks(trade_days.table(session, brand_id), day),
            row=session.scalars(select(tables.SopRow)).one(), products=tuple(session.scalars(select(tables.Product))),
            campaigns=campaigns, knowledge=tuple(session.scalars(select(tables.KnowledgeItem))),
            scripts=tuple(session.scalars(select(tables.Script))), live=campaigns,
        )  # fmt: skip
        return {fact.id: fact for fact in facts.for_brief(sources)}


def now(database: Database, brand_id: int, ids: list[str]) -> dict[str, str | None]:
    with database.read() as session:
        return facts.current(session, brand_id, ids, now=NOW)


def test_every_fact_finds_its_own_value_again(database: Database, brand_id: int) -> None:
    for day in (WEDNESDAY, date(2026, 12, 12), date(2026, 12, 7)):
        told = everything(database, brand_id, day)
        assert len(told) > 35
        assert now(database, brand_id, list(told)) == {key: fact.value for key, fact in told.items()}


@pytest.mark.parametrize(
    ("model", "change", "fact_id", "value"),
    [
        (tables.Product, {"price": Decimal("209.00")}, "product.A.1.price", "209"),
        (tables.Product, {"active": False}, "product.A.1.name", None),
        (tables.Campaign, {"stock": 900}, "campaign.c.2.stock", "900"),
        (tables.Campaign, {"rules": "11月26日20:00开售，179元一瓶"}, "campaign.c.2.rules.2", "179"),
        (tables.Campaign, {"active": False}, "campaign.c.2.start", None),
        (tables.KnowledgeItem, {"answer": "改过。"}, "knowledge.k1", "改过。"),
        (tables.Script, {"active": False}, "script.s1", None),
        (tables.SopRow, {"theme": "明晚21点开售，限购3瓶"}, "theme.2.r.7.2026-11-25", "3"),
        (tables.SopRow, {"active": False}, "theme.0.r.7.2026-11-25", None),
        (tables.Brand, {"mall_url": "https://new.example.com"}, "brand.mall_url", "https://new.example.com"),
    ],
)  # fmt: skip
def test_a_change_at_the_source_shows(
    database: Database, brand_id: int, model: Any, change: dict[str, Any], fact_id: str, value: str | None
) -> None:
    before = everything(database, brand_id)[fact_id].value
    with database.write() as session:
        session.execute(update(model).values(**change))
    assert now(database, brand_id, [fact_id]) == {fact_id: value} and value != before


def test_a_session_that_has_seen_the_old_value_still_answers_with_the_new_one(
    database: Database, brand_id: int
) -> None:
    with database.read() as session:
        assert session.scalars(select(tables.Product)).one().price == Decimal("199.00")
        session.rollback()
        with database.write() as other:
            other.execute(update(tables.Product).values(price=Decimal("1.00")))
        assert facts.current(session, brand_id, ["product.A.1.price"], now=NOW) == {"product.A.1.price": "1"}


@pytest.mark.parametrize(
    "fact_id",
    ["", "product", "product.", "campaign.x", "campaign.c.2.nothing", "theme.9.r.7.2026-11-25", "theme.x", "theme.0.r.7.soon",
     "calendar", "calendar.day.soon", "calendar.hook.2026-12-07.立冬", "calendar.time.2026-12-07T99:99", "live.nothing", "weather.1"],
)  # fmt: skip
def test_an_id_nobody_knows_has_no_value(database: Database, brand_id: int, fact_id: str) -> None:
    assert now(database, brand_id, [fact_id]) == {fact_id: None}


def test_statements_do_not_depend_on_the_number_of_ids(database: Database, brand_id: int) -> None:
    told = list(everything(database, brand_id))
    counted: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *call: counted.append(call[2]))
    now(database, brand_id, told)
    once = len(counted)
    now(database, brand_id, [*told, *(f"product.X{number}.price" for number in range(500))])
    assert len(counted) == 2 * once <= 22


def test_sources_are_cells_of_the_reference_layout(database: Database, brand_id: int) -> None:
    told = everything(database, brand_id)
    where = {
        "product.A.1.price": "商品!D5", "campaign.c.2.rules.1": "活动!E5", "campaign.c.2.limit": "活动!J5",
        "knowledge.k1": "知识!C5", "script.s1": "话术!C5", "theme.1.r.7.2026-11-25": "SOP!E5", "theme.3.r.7.2026-11-25": "SOP!H5",
        "brand.fans": "品牌!B7", "calendar.day.2026-11-25": "日历",
    }  # fmt: skip
    assert {key: told[key].source for key in where} == where


def test_prices_are_plain_decimals() -> None:
    assert [catalogue.money(Decimal(text)) for text in ("199.00", "49.90", "1000", "0.50")] == [
        "199",
        "49.9",
        "1000",
        "0.5",
    ]
