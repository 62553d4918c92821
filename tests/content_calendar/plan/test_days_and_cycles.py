"""Days: 调休, festivals, trade days, and the dates a 周期 comes round on."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import delete

from content_calendar import tables
from content_calendar.database import Database
from content_calendar.plan import cycles, days, trade_days


def test_a_worked_saturday_is_a_working_day_and_a_holiday_monday_is_not() -> None:
    row = cycles.of({"written": "工作日", "weekdays": [1, 2, 3, 4, 5], "workdays": True})
    assert row.on(date(2026, 10, 10)) and not row.on(date(2026, 10, 5)) and row.on(date(2026, 11, 23))


def test_a_weekend_row_keeps_calendar_weekends_even_when_they_are_worked() -> None:
    assert cycles.of({"weekdays": [6, 7]}).on(date(2026, 10, 10))


def test_an_uncovered_year_falls_back_to_monday_to_friday() -> None:
    row = cycles.of({"workdays": True, "weekdays": [1, 2, 3, 4, 5]})
    assert not days.covered(2035) and row.on(date(2035, 1, 1)) and not row.on(date(2035, 1, 6))


def test_a_day_the_month_does_not_have_is_skipped_and_told() -> None:
    row = cycles.of({"month_days": [31]})
    assert cycles.missing_month_days(row, date(2026, 11, 1), date(2026, 12, 31)) == [(date(2026, 11, 30), 31)]
    assert not any(row.on(day) for day in cycles.span(date(2026, 11, 1), date(2026, 11, 30)))


def test_the_last_day_of_the_month_can_be_meant() -> None:
    row = cycles.of({"month_days": [-1]})
    assert row.on(date(2026, 11, 30)) and row.on(date(2028, 2, 29)) and not row.on(date(2026, 12, 30))


def test_listed_dates_are_appointments() -> None:
    row = cycles.of({"dates": ["2026-11-23"]})
    assert row.dated and row.on(date(2026, 11, 23)) and not row.on(date(2026, 11, 24))


@pytest.mark.parametrize(
    ("day", "name"),
    [
        ("2026-12-07", "大雪"), ("2026-08-19", "七夕节"), ("2027-02-06", "春节"), ("2026-02-16", "除夕"),
        ("2026-05-10", "母亲节"), ("2026-10-01", "国庆节"), ("2027-01-15", "腊八节"), ("2026-09-25", "中秋节"),
    ],
)  # fmt: skip
def test_festivals_and_solar_terms_fall_on_their_days(day: str, name: str) -> None:
    assert name in days.festive(date.fromisoformat(day))


def test_later_days_of_a_holiday_may_still_be_called_by_its_name() -> None:
    assert "国庆节" in days.names(date(2026, 10, 3)) and "国庆节" not in days.festive(date(2026, 10, 3))


@pytest.mark.parametrize(
    ("rule", "inside", "outside"),
    [
        ("12-12", "2026-12-12", "2026-12-11"),
        ("2026-11-11", "2026-11-11", "2027-11-11"),
        ("05-2-sun", "2027-05-09", "2027-05-16"),
        ("12-25/01-01", "2027-01-01", "2027-01-02"),
        ("12-25/01-01", "2026-12-28", "2026-12-24"),
        ("spring-28/spring-7", "2027-01-10", "2027-01-31"),
    ],
)
def test_trade_day_rules_name_their_days(rule: str, inside: str, outside: str) -> None:
    assert trade_days.falls(rule, date.fromisoformat(inside))
    assert not trade_days.falls(rule, date.fromisoformat(outside))


@pytest.mark.parametrize("rule", ["", "13-40", "soon", "05-6-sun", "02-30", "2026-02-30", "/", "a/b"])
def test_a_rule_nobody_can_read_names_no_day(rule: str) -> None:
    assert not any(trade_days.falls(rule, day) for day in cycles.span(date(2026, 1, 1), date(2026, 12, 31)))


def test_a_brand_starts_with_the_defaults_and_keeps_its_own_edits(database: Database, brand_id: int) -> None:
    with database.write() as session:
        brand = session.get_one(tables.Brand, brand_id)
        assert trade_days.on(session, brand, date(2026, 12, 12)) == ("双12",)
        assert trade_days.seed(session, brand) == 0
        session.execute(delete(tables.TradeDay).where(tables.TradeDay.name == "双12"))
        session.add(tables.TradeDay(brand_id=brand_id, rule="12-12", name="年终感恩日"))
        assert trade_days.on(session, brand, date(2026, 12, 12)) == ("年终感恩日",)


def test_every_default_can_be_read() -> None:
    everyday = list(cycles.span(date(2026, 1, 1), date(2026, 12, 31)))
    assert all(any(trade_days.falls(rule.rule, day) for day in everyday) for rule in trade_days.defaults())
