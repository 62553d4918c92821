"""Importing is an update by identity: differences are shown, prices keep a history, nothing is deleted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from content_calendar import workbook
from content_calendar.brands import CANARY_UID
from content_calendar.database import Database
from content_calendar.errors import CalendarError
from content_calendar.tables import (
    AuditEvent,
    Brand,
    Campaign,
    Group,
    KnowledgeItem,
    LiveValue,
    Persona,
    PriceHistory,
    Product,
    SopRow,
    TradeDay,
)
from content_calendar.workbook.keeping import hidden
from tests.content_calendar.workbook import books
from tests.content_calendar.workbook.books import put

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)


@pytest.fixture
def load(database: Database, read_rows) -> Callable[..., workbook.Changes]:
    """Import sheets; each time an hour later."""
    times = iter(range(100))

    def load(sheets: books.Sheets, **options: Any) -> workbook.Changes:
        reading = read_rows(sheets)
        assert reading.content is not None, reading.errors
        with database.write() as session:
            return workbook.apply(
                session, reading.content, now=NOW + timedelta(hours=next(times)), actor="system:import",
                source="book.xlsx", sha256=reading.sha256, **options,
            )  # fmt: skip

    return load


def live(database: Database) -> dict[str, tuple[str, datetime]]:
    with database.read() as session:
        return {row.key: (row.value, row.measured_at) for row in session.scalars(select(LiveValue))}


@pytest.mark.databases
def test_the_first_import_makes_the_brand_whole(database: Database, load) -> None:
    changes = load(books.clean(), demo=True)
    assert changes.new_brand
    assert changes.counts["社群"] == {"added": 4, "changed": 0, "removed": 0}
    with database.read() as session:
        brand = session.scalars(select(Brand)).one()
        assert (brand.name, brand.demo, brand.quiet_from, brand.imported_at) == ("沐禾", True, "22:30", NOW)
        assert session.scalars(select(Persona)).one().nickname == "沐禾宠粉官"
        assert session.scalar(select(func.count()).select_from(TradeDay)) > 0
        event = session.scalars(select(AuditEvent)).one()
        assert (event.action, event.actor, event.detail["source"]) == (
            "workbook.imported",
            "system:import",
            "book.xlsx",
        )
        product = session.scalars(select(Product).where(Product.code == "P2")).one()
        assert (product.price, product.lowest_7d, product.row) == (Decimal(79), Decimal(69), 3)


def test_the_same_file_again_changes_nothing(database: Database, load) -> None:
    load(books.clean())
    before = live(database)
    assert load(books.clean()).none
    assert live(database) == before
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(PriceHistory)) == 3


def test_a_changed_cell_is_shown_with_before_and_after(load) -> None:
    load(books.clean())
    sheets = books.clean()
    put(sheets, "商品", 2, "日常价", 189)
    put(sheets, "SOP", 2, "主题", "换了主题")
    changes = load(sheets)
    assert changes.counts == {
        "商品": {"added": 0, "changed": 1, "removed": 0}, "SOP": {"added": 0, "changed": 1, "removed": 0},
    }  # fmt: skip
    assert changes.changes[0].fields == {"日常价": ("199", "189")}
    assert changes.changes[1].fields == {"主题": ("早安三条", "换了主题")}
    assert changes.as_json()["sheets"]["商品"]["changed"][0]["fields"] == {"日常价": ["199", "189"]}


def test_a_price_that_changes_is_kept_with_its_moment(database: Database, load) -> None:
    load(books.clean())
    sheets = books.clean()
    put(sheets, "商品", 3, "近7日最低成交价", 65)
    put(sheets, "活动", 3, "规则", "11月28日16:00起，49元，共800盒。")
    load(sheets)
    load(sheets)
    with database.read() as session:
        rows = session.execute(
            select(PriceHistory.lowest_7d, PriceHistory.at, PriceHistory.source).join(Product, Product.id == PriceHistory.product_id).where(Product.code == "P2").order_by(PriceHistory.id)
        ).all()  # fmt: skip
    assert [(row.lowest_7d, row.at) for row in rows] == [
        (Decimal(69), NOW),
        (Decimal(65), NOW + timedelta(hours=1)),
    ]
    assert rows[1].source == "book.xlsx 商品!3"


@pytest.mark.databases
def test_what_is_no_longer_listed_goes_to_rest_and_can_come_back(database: Database, load) -> None:
    load(books.clean())
    sheets = books.clean()
    del sheets["社群"][1], sheets["SOP"][1], sheets["活动"][2], sheets["知识"][1]
    sheets["知识"].append(["成分", "甘油是什么", "保湿剂", "", ""])
    changes = load(sheets)
    assert {name: counts["removed"] for name, counts in changes.counts.items()} == {
        "社群": 1,
        "活动": 1,
        "SOP": 1,
        "知识": 1,
    }
    with database.read() as session:
        for table in (Group, SopRow, Campaign, KnowledgeItem):
            assert session.scalar(select(func.count()).select_from(table).where(table.active.is_(False))) == 1
    back = load(books.clean())
    assert back.counts["社群"] == {"added": 1, "changed": 0, "removed": 0}
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Group).where(Group.active.is_(True))) == 4
        assert session.scalar(select(func.count()).select_from(Group)) == 4


def test_moving_rows_is_no_change_but_facts_find_their_row(database: Database, load) -> None:
    load(books.clean())
    sheets = books.clean()
    sheets["商品"].insert(1, [])
    assert load(sheets).none
    with database.read() as session:
        assert session.scalars(select(Product.row).where(Product.code == "P1")).one() == 3


def test_a_sheet_left_out_leaves_what_is_stored(database: Database, load) -> None:
    load(books.clean())
    sheets = books.clean()
    del sheets["活动"], sheets["知识"]
    assert load(sheets).none
    with database.read() as session:
        assert (
            session.scalar(select(func.count()).select_from(Campaign).where(Campaign.active.is_(True))) == 3
        )
    assert any(key.startswith("campaign_stock:") for key in live(database))


def test_stated_stock_becomes_live_values(database: Database, load) -> None:
    load(books.clean())
    values = live(database)
    assert values["stock:P1"] == ("3000", NOW)
    assert sorted(value for key, (value, _) in values.items() if key.startswith("campaign_stock:")) == [
        "1500",
        "25",
        "800",
    ]
    assert [value for key, (value, _) in values.items() if key.startswith("gift_stock:")] == ["500"]


def test_a_number_measured_later_stays_until_the_workbook_says_another(database: Database, load) -> None:
    load(books.clean())
    with database.write() as session:
        row = session.scalars(select(LiveValue).where(LiveValue.key == "stock:P1")).one()
        row.value, row.source, row.measured_at = "777", "api:shop", NOW + timedelta(minutes=5)
    load(books.clean())
    assert live(database)["stock:P1"][0] == "777"
    sheets = books.clean()
    put(sheets, "商品", 2, "库存", 2500)
    load(sheets)
    assert live(database)["stock:P1"] == ("2500", NOW + timedelta(hours=2))


def test_a_number_the_workbook_no_longer_states_is_forgotten(database: Database, load) -> None:
    load(books.clean())
    sheets = books.clean()
    put(sheets, "商品", 2, "库存", "")
    load(sheets)
    assert "stock:P1" not in live(database)


def test_switches_that_are_not_the_workbooks_stay(database: Database, load) -> None:
    load(books.clean(), demo=True)
    with database.write() as session:
        brand = session.scalars(select(Brand)).one()
        brand.late_policy, brand.pause_reason = "ask", "演练"
    load(books.clean())
    with database.read() as session:
        brand = session.scalars(select(Brand)).one()
        assert (brand.demo, brand.late_policy, brand.pause_reason) == (True, "ask", "演练")


def test_two_brands_live_side_by_side(database: Database, load) -> None:
    load(books.clean())
    other = books.clean()
    put(other, "品牌", 0, "品牌名", "禾木")
    assert load(other).new_brand
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Group)) == 8


def test_a_dry_run_tells_the_same_and_writes_nothing(database: Database, load, read_rows) -> None:
    content = read_rows(books.clean()).content
    with database.read() as session:
        planned = workbook.changes(session, content)
        assert session.scalar(select(func.count()).select_from(Brand)) == 0
    assert planned == load(books.clean())


def test_the_machines_own_brand_cannot_be_taken(database: Database, load) -> None:
    with database.write() as session:
        session.add(Brand(uid=CANARY_UID, name="（探针）"))
    sheets = books.clean()
    put(sheets, "品牌", 0, "品牌名", "（探针）")
    with pytest.raises(CalendarError) as raised:
        load(sheets)
    assert raised.value.code == "brand.reserved"


@pytest.mark.databases
def test_export_and_import_changes_nothing_for_the_reference(database: Database, tmp_path: Path) -> None:
    reading = workbook.read(books.REFERENCE, today=books.TODAY)
    with database.write() as session:
        workbook.apply(session, reading.content, now=NOW, actor="system:import")
    out = tmp_path / "out.xlsx"
    with database.read() as session:
        workbook.export(session, session.scalars(select(Brand)).one(), out)
        again = workbook.read(out, today=books.TODAY)
        assert again.issues == ()
        assert workbook.changes(session, again.content).none
    assert again.content == hidden(reading.content)


def test_an_export_that_cannot_be_written_leaves_nothing_behind(
    database: Database, load, tmp_path: Path
) -> None:
    load(books.clean())
    with database.read() as session, pytest.raises(CalendarError) as raised:
        workbook.export(session, session.scalars(select(Brand)).one(), tmp_path / "nowhere" / "out.xlsx")
    assert raised.value.code == "export.path"
