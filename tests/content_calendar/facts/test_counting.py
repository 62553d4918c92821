"""Counts told from outside fill a status post's tokens at send time; what is no count is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from content_calendar import facts
from content_calendar.database import Database, migrate
from content_calendar.errors import CalendarError
from content_calendar.facts import counting
from content_calendar.tables import AuditEvent, Brand, Campaign, Product

NOW = datetime(2026, 11, 26, 14, 0, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path) -> Database:
    url = f"sqlite:///{tmp_path / 'counting.db'}"
    migrate(url)
    return Database(url)


def _brand(session: Session) -> Brand:
    brand = Brand(uid="u" * 32, name="沐禾")
    session.add(brand)
    session.flush()
    session.add(Product(brand_id=brand.id, code="MH105", name="修护面霜"))
    session.add(
        Campaign(
            brand_id=brand.id,
            code="c1",
            name="面霜开售",
            kind="launch",
            start_at=NOW,
            end_at=NOW + timedelta(days=3),
        )
    )
    session.flush()
    return brand


def test_a_told_count_is_what_a_post_says_at_send_time(database: Database) -> None:
    with database.write() as session:
        brand = _brand(session)
        counting.tell(session, brand, "campaign_stock:面霜开售", "86", now=NOW, actor="system:cli")
        values = facts.live_values(session, brand, ["campaign_stock:c1", "as_of"], now=NOW, due_at=NOW)

    assert values == {"campaign_stock:c1": "86", "as_of": "22:00"}


def test_telling_again_replaces_the_count_and_is_audited(database: Database) -> None:
    with database.write() as session:
        brand = _brand(session)
        for value in ("86", "80"):
            counting.tell(session, brand, "stock:MH105", value, now=NOW, actor="system:cli")
        (row,) = counting.told(session, brand)
        events = session.scalars(select(AuditEvent).where(AuditEvent.action == "live.told")).all()

    assert row.value == "80" and [event.detail["after"] for event in events] == ["86", "80"]


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("stock:MH105", "-1", "live.value"),
        ("stock:MH105", "很多", "live.value"),
        ("stock:MH105", "９", "live.value"),
        ("stock:没有", "1", "live.unknown"),
        ("price:MH105", "1", "live.key"),
        ("stock", "1", "live.key"),
    ],
)
def test_what_is_no_count_is_refused(database: Database, key: str, value: str, code: str) -> None:
    with database.write() as session:
        brand = _brand(session)
        with pytest.raises(CalendarError) as refusal:
            counting.tell(session, brand, key, value, now=NOW, actor="system:cli")

    assert refusal.value.code == code
