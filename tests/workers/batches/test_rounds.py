"""Planning ahead and the nightly round: by turns, in the brand's zone, once however many ask."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from content_calendar.tables import Brand, Post, SopRow
from tests.workers.batches.conftest import NOW, Shop
from workers.batches.nightly import write_due
from workers.batches.plan_ahead import plan_ahead


def _sop(shop: Shop) -> None:
    with shop.database.write() as session:
        session.add(
            SopRow(
                brand_id=session.scalars(select(Brand.id)).one(), key="r2", time="20:00", cycle="每天",
                cycle_rule={"written": "每天", "weekdays": [1, 2, 3, 4, 5, 6, 7]}, tiers=["low"], kind="tip",
                kind_written="护肤秘籍", channel="sidebar", row=2,
            )
        )  # fmt: skip


def _count(shop: Shop) -> int:
    with shop.database.read() as session:
        return session.scalar(select(func.count()).select_from(Post)) or 0


def test_a_week_is_kept_planned_and_the_next_day_adds_one(shop: Shop) -> None:
    _sop(shop)
    plan_ahead(shop.runtime)
    assert _count(shop) == 7
    shop.clock.instant = NOW + timedelta(days=1)
    plan_ahead(shop.runtime)
    assert _count(shop) == 8


def test_planning_takes_one_turn_an_hour(shop: Shop) -> None:
    assert list(plan_ahead(shop.runtime)) == ["沐禾"]
    assert plan_ahead(shop.runtime) == {}
    assert list(plan_ahead(shop.runtime, always=True)) == ["沐禾"]
    shop.clock.instant = NOW + timedelta(hours=1)
    assert list(plan_ahead(shop.runtime)) == ["沐禾"]


@pytest.mark.parametrize(
    ("hour", "days"),
    [(2, "2026-11-25"), (9, "2026-11-25"), (23, "2026-11-25")],
    ids=["at two", "a worker that slept through the night", "late in the evening"],
)
def test_the_night_round_writes_to_the_end_of_the_next_day(shop: Shop, hour: int, days: str) -> None:
    shop.clock.instant = datetime(2026, 11, 23, 16, 0, tzinfo=UTC) + timedelta(
        hours=hour
    )  # the 24th in Shanghai
    shop.posts(14, first=timedelta(hours=20), every=6)
    write_due(shop.runtime)
    with shop.database.read() as session:
        last = session.scalar(select(func.max(Post.day)).where(Post.state == "in_review"))
    assert str(last) == days


def test_during_the_day_what_is_due_within_a_day_and_a_half_is_tried_every_quarter_hour(shop: Shop) -> None:
    write_due(shop.runtime)  # the night's turn
    shop.clock.instant = NOW + timedelta(minutes=1)
    ids = shop.posts(2, first=timedelta(hours=30))
    far = shop.posts(1, first=timedelta(hours=60))
    assert write_due(shop.runtime)["沐禾"].written == 2
    assert shop.states() == {**dict.fromkeys(ids, "in_review"), far[0]: "planned"}
    assert write_due(shop.runtime) == {}


def test_the_canarys_brand_is_neither_planned_nor_written(shop: Shop) -> None:
    from workers import canary

    with shop.database.write() as session:
        canary.launch(session, now=NOW)
    assert list(plan_ahead(shop.runtime)) == ["沐禾"]
    assert list(write_due(shop.runtime)) == ["沐禾"]
