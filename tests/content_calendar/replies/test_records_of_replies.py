"""What is kept of a reply: masked, countable, and what became of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import event, select

from content_calendar import brands, workbook
from content_calendar.database import Database
from content_calendar.errors import CalendarError, NotFound
from content_calendar.replies import corpus, gaps, records
from content_calendar.tables import Brand, PriceHistory, Product, Suggestion, SuggestionEvent
from content_calendar.workbook.shift import EXAMPLE

NOW = datetime.fromisoformat("2026-11-24T10:00+08:00")
REPLY = {
    "risk": "none", "escalate": False, "handover": "", "gap": True, "follow_up": "", "sources": [{"sheet": "话术", "row": 5}],
    "suggestions": [{"stance": "answer", "text": "这个我去问，问到回你。", "findings": []}], "author": "offline",
    "fell_back": "no_model", "prompt_version": "",
}  # fmt: skip


def asked(masked: str) -> records.Asked:
    return records.Asked(masked=masked, private=True, tier="mid", milliseconds=12)


@pytest.fixture
def shop(database: Database) -> Callable[[], Brand]:
    content = workbook.read(EXAMPLE).content
    assert content is not None
    with database.write() as session:
        workbook.apply(session, content, now=NOW, actor="system:test")

    def brand() -> Brand:
        with database.read() as session:
            return brands.customers(session)[0]

    return brand


def test_the_sources_are_read_in_a_fixed_number_of_statements(
    database: Database, shop: Callable[[], Brand]
) -> None:
    brand = shop()
    seen: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
    with database.read() as session:
        found = corpus.load(session, brand, now=NOW)
    assert len([text for text in seen if text.lstrip().upper().startswith("SELECT")]) <= 10
    assert (len(found.scripts), len(found.knowledge), len(found.products), len(found.campaigns)) == (
        60,
        80,
        14,
        6,
    )
    assert next(script.row for script in found.scripts if script.question == "面霜里有没有香精") == 17
    assert "老友群" in found.tier_names and found.hours_row == 9


def test_another_import_gives_another_stamp(database: Database, shop: Callable[[], Brand]) -> None:
    with database.read() as session:
        first = corpus.stamp(session, shop(), now=NOW)
    content = workbook.read(EXAMPLE).content
    assert content is not None
    with database.write() as session:
        workbook.apply(session, content, now=NOW + timedelta(hours=1), actor="system:test")
    with database.read() as session:
        assert corpus.stamp(session, shop(), now=NOW) != first


@pytest.mark.databases
def test_a_gap_asked_twice_is_one_gap_with_a_count(database: Database, shop: Callable[[], Brand]) -> None:
    brand = shop()
    for minutes, text in enumerate(["支持花呗分期吗？", "支持花呗分期吗", "支持 花呗分期 吗！"]):
        with database.write() as session:
            records.record(session, brand, asked(text), REPLY, now=NOW + timedelta(minutes=minutes))
    with database.read() as session:
        found = gaps.listed(session, brand)
        assert [(gap.question, gap.count) for gap in found] == [("支持花呗分期吗？", 3)]
        assert len(session.scalars(select(Suggestion)).all()) == 3


def test_what_became_of_a_suggestion_is_kept(database: Database, shop: Callable[[], Brand]) -> None:
    brand = shop()
    with database.write() as session:
        number = records.record(session, brand, asked("在吗"), REPLY, now=NOW)
        records.event(session, brand, number, "shown", now=NOW)
        records.event(session, brand, number, "edited", now=NOW, place=0, text="我去问一下，晚点回你。")
    with database.read() as session:
        kept = session.scalars(select(SuggestionEvent).order_by(SuggestionEvent.id)).all()
        assert [(row.kind, row.place, row.text) for row in kept] == [
            ("shown", None, ""),
            ("edited", 0, "我去问一下，晚点回你。"),
        ]


@pytest.mark.parametrize(
    ("kind", "place", "text", "code"),
    [("sold", None, "", "reply.event"), ("copied", 4, "", "reply.place"), ("edited", 0, " ", "reply.edited")],
)
def test_an_event_that_makes_no_sense_is_refused(
    kind: str, place: int | None, text: str, code: str, database: Database, shop: Callable[[], Brand]
) -> None:
    brand = shop()
    with database.write() as session:
        number = records.record(session, brand, asked("在吗"), REPLY, now=NOW)
    with pytest.raises(CalendarError) as refused, database.write() as session:
        records.event(session, brand, number, kind, now=NOW, place=place, text=text)
    assert refused.value.code == code


def test_another_brands_suggestion_is_not_found(database: Database, shop: Callable[[], Brand]) -> None:
    with database.write() as session:
        other = Brand(uid="x", name="别家")
        session.add(other)
        session.flush()
        number = records.record(session, shop(), asked("在吗"), REPLY, now=NOW)
        with pytest.raises(NotFound):
            records.event(session, other, number, "copied", now=NOW)


def test_a_group_is_found_by_name_and_by_code(database: Database, shop: Callable[[], Brand]) -> None:
    brand = shop()
    with database.read() as session:
        assert records.group_named(session, brand, "MH-G001").name == "沐禾宠粉群01"
        with pytest.raises(NotFound):
            records.group_named(session, brand, "没有的群")


def test_the_lowest_price_of_seven_days_comes_from_what_was_charged_not_only_from_what_is_stated(
    database: Database, shop: Callable[[], Brand]
) -> None:
    brand = shop()
    with database.write() as session:
        product = session.scalars(
            select(Product).where(Product.brand_id == brand.id).order_by(Product.row)
        ).first()
        assert product is not None and product.price is not None
        product.lowest_7d = None
        for days, price in ((5, product.price / 2), (1, product.price)):
            session.add(PriceHistory(product_id=product.id, at=NOW - timedelta(days=days), price=price))
        code, half = product.code, product.price / 2
    with database.read() as session:
        found = {item.sheet.code: item.sheet for item in corpus.load(session, brand, now=NOW).products}
        later = {
            item.sheet.code: item.sheet
            for item in corpus.load(session, brand, now=NOW + timedelta(days=9)).products
        }
        assert corpus.stamp(session, brand, now=NOW) != corpus.stamp(
            session, brand, now=NOW + timedelta(days=1)
        )
    assert Decimal(found[code].lowest_7d) == half
    assert later[code].lowest_7d == ""
