"""Live values: only what is known and fresh, never a guess."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from content_calendar import facts, tables
from content_calendar.database import Database
from content_calendar.facts.live import left_words

DUE = datetime.fromisoformat("2026-11-29T20:00+08:00")


def measure(database: Database, brand_id: int, key: str, value: str, at: datetime) -> None:
    with database.write() as session:
        session.add(tables.LiveValue(brand_id=brand_id, key=key, value=value, measured_at=at))


def ask(database: Database, brand_id: int, *keys: str, now: datetime = DUE) -> dict[str, str]:
    with database.read() as session:
        return facts.live_values(session, session.get_one(tables.Brand, brand_id), keys, now=now, due_at=DUE)


def test_fresh_counts_come_with_the_time_of_the_oldest(database: Database, brand_id: int) -> None:
    measure(database, brand_id, "campaign_stock:c.2", "1,200瓶", DUE - timedelta(minutes=5))
    measure(database, brand_id, "gift_stock:c.2", "86", DUE - timedelta(hours=3))
    found = ask(database, brand_id, "campaign_stock:c.2", "gift_stock:c.2", "as_of")
    assert found == {"campaign_stock:c.2": "1200", "gift_stock:c.2": "86", "as_of": "17:00"}


def test_an_old_count_is_unknown(database: Database, brand_id: int) -> None:
    measure(database, brand_id, "stock:A.1", "86", DUE - timedelta(hours=6, minutes=1))
    assert ask(database, brand_id, "stock:A.1", "as_of") == {}


def test_a_count_from_the_future_is_unknown(database: Database, brand_id: int) -> None:
    measure(database, brand_id, "stock:A.1", "86", DUE + timedelta(minutes=1))
    assert ask(database, brand_id, "stock:A.1") == {}


@pytest.mark.parametrize("value", ["", "很多", "-3", "约100多", "86/100", "1,2"])
def test_what_is_not_a_count_is_unknown(database: Database, brand_id: int, value: str) -> None:
    measure(database, brand_id, "stock:A.1", value, DUE)
    assert ask(database, brand_id, "stock:A.1") == {}


def test_sold_out_is_a_count(database: Database, brand_id: int) -> None:
    measure(database, brand_id, "stock:A.1", "0", DUE)
    assert ask(database, brand_id, "stock:A.1") == {"stock:A.1": "0"}


def test_another_brand_s_counts_are_not_told(database: Database, brand_id: int) -> None:
    with database.write() as session:
        other = tables.Brand(uid="o" * 32, name="别家")
        session.add(other)
        session.flush()
        other_id = other.id
    measure(database, other_id, "stock:A.1", "5", DUE)
    assert ask(database, brand_id, "stock:A.1") == {}


def test_time_left_follows_the_campaign_s_end(database: Database, brand_id: int) -> None:
    assert ask(database, brand_id, "time_left:c.2") == {"time_left:c.2": "还有2小时"}
    assert ask(database, brand_id, "time_left:c.2", now=DUE + timedelta(hours=2)) == {}
    with database.write() as session:
        session.execute(update(tables.Campaign).values(active=False))
    assert ask(database, brand_id, "time_left:c.2") == {}


def test_unknown_keys_are_absent(database: Database, brand_id: int) -> None:
    assert ask(database, brand_id, "time_left", "stock:", "weather:x", "as_of", "stock:A.1") == {}


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(hours=2), "还有2小时"), (timedelta(hours=2, seconds=59), "还有2小时"), (timedelta(minutes=89), "还有1小时29分钟"),
        (timedelta(days=2), "还有2天"), (timedelta(days=1, hours=5, minutes=50), "还有1天5小时"), (timedelta(minutes=25), "还有25分钟"),
        (timedelta(seconds=59), ""), (timedelta(0), ""), (timedelta(hours=-1), ""),
    ],
)  # fmt: skip
def test_time_left_is_never_told_too_long(left: timedelta, words: str) -> None:
    assert left_words(left) == words
