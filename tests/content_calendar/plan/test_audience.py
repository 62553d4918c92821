"""Seats: which group gets a post, by which lane, and why not."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, update

from content_calendar import tables
from content_calendar.database import Database
from content_calendar.plan import audience

if TYPE_CHECKING:
    from .conftest import Statements

BEFORE = datetime.fromisoformat("2026-11-22T12:00+08:00")
OPENING = "sop:r32:2026-11-26:mid"  # 20:00, mass-send
DAY = date(2026, 11, 26)


def take(database: Database, slot: str = OPENING, **more: Any) -> list[audience.Seat]:
    with database.read() as session:
        post = session.scalars(select(tables.Post).where(tables.Post.slot_key == slot)).one()
        return audience.seats(session, post, **more)


def test_every_active_group_of_the_tier_has_a_seat_in_workbook_order(
    database: Database, planned: int
) -> None:
    mine = take(database)
    assert [seat.group_code for seat in mine][:2] == ["MH-G004", "MH-G005"] and len(mine) == 14
    assert not any(seat.skip for seat in mine)


def test_customer_groups_follow_the_post_and_others_their_own_channel(
    database: Database, planned: int
) -> None:
    sent = Counter((seat.channel, seat.lane) for seat in take(database))
    assert sent == {("wecom_mass", "confirm"): 8, ("demo", "demo"): 6}
    quiet = Counter((seat.channel, seat.lane) for seat in take(database, "sop:r33:2026-11-26:mid"))
    assert quiet == {("sidebar", "hand_off"): 8, ("demo", "demo"): 6}


def test_a_demo_brand_plays_every_group_and_keeps_the_real_lane(database: Database, planned: int) -> None:
    with database.write() as session:
        session.execute(update(tables.Brand).values(demo=True))
    mine = take(database, installed=frozenset({"demo"}))
    assert {seat.channel for seat in mine} == {"demo"} and {seat.lane for seat in mine} == {"confirm", "demo"}
    assert not any(seat.skip for seat in mine)


def test_paused_groups_and_missing_channels_are_passed_over(database: Database, planned: int) -> None:
    with database.write() as session:
        session.execute(update(tables.Group).where(tables.Group.code == "MH-G005").values(paused_at=BEFORE))
    why = {seat.group_code: seat.skip_code for seat in take(database, installed=frozenset({"demo"}))}
    assert why["MH-G005"] == "paused" and why["MH-G004"] == "channel_missing" and why["MH-G008"] == ""


def test_nobody_is_woken_in_the_quiet_hours(database: Database, planned: int) -> None:
    late = datetime.fromisoformat("2026-11-26T22:45+08:00")
    assert {seat.skip_code for seat in take(database, at=late)} == {"quiet_hours"}


def _deliver(database: Database, *, count: int, lane: str, state: str, group: str = "MH-G004") -> None:
    """Other posts of the day have reached a group."""
    with database.write() as session:
        place = session.scalars(select(tables.Group).where(tables.Group.code == group)).one()
        others = session.scalars(
            select(tables.Post).where(tables.Post.day != DAY, tables.Post.tier == "mid").limit(count)
        ).all()
        for post in others:
            revision = tables.Revision(
                post_id=post.id, number=1, hash="h", text="t", author="offline", created_at=BEFORE
            )
            session.add(revision)
            session.flush()
            release = tables.Release(
                brand_id=post.brand_id, post_id=post.id, revision_id=revision.id, revision_hash="h", audience=[place.id],
                due_at=post.due_at, day=DAY, frozen_at=BEFORE,
            )  # fmt: skip
            session.add(release)
            session.flush()
            session.add(
                tables.Delivery(
                    id=f"{post.id:032d}", brand_id=post.brand_id, post_id=post.id, release_id=release.id, group_id=place.id,
                    lane=lane, channel="sidebar", day=DAY, due_at=post.due_at, state=state,
                )
            )  # fmt: skip


@pytest.mark.parametrize(
    ("state", "skipped"), [("sent", True), ("planned", True), ("cancelled", False), ("skipped", False)]
)
def test_a_group_at_its_daily_cap_gets_no_more(
    database: Database, planned: int, state: str, skipped: bool
) -> None:
    _deliver(database, count=6, lane="hand_off", state=state)
    why = {seat.group_code: seat.skip_code for seat in take(database)}
    assert (why["MH-G004"] == "over_cap") is skipped and why["MH-G008"] == ""


def test_a_second_mass_send_of_the_day_is_passed_over(database: Database, planned: int) -> None:
    _deliver(database, count=1, lane="confirm", state="handed_over")
    why = {seat.group_code: (seat.skip_code, seat.skip) for seat in take(database)}
    assert why["MH-G004"] == ("mass_send_used", "这个群今天的企业群发已用掉") and why["MH-G013"] == ("", "")
    assert not any(
        seat.skip for seat in take(database, "sop:r33:2026-11-26:mid")
    )  # the sidebar is not counted


def test_the_month_s_mass_sends_run_out(database: Database, planned: int) -> None:
    with database.write() as session:
        place = session.scalars(select(tables.Group).where(tables.Group.code == "MH-G004")).one()
        others = session.scalars(select(tables.Post).where(tables.Post.slot_key != OPENING).limit(30)).all()
        for number, post in enumerate(others):
            day = date(2026, 11, 1) + timedelta(days=number % 25)
            session.add(tables.QuotaEntry(group_id=place.id, post_id=post.id, day=day, lane="confirm"))
    assert [seat.group_code for seat in take(database) if seat.skip_code == "mass_send_quota"] == ["MH-G004"]


def test_many_posts_count_against_each_other_in_order_of_time(database: Database, planned: int) -> None:
    with database.write() as session:
        session.execute(
            update(tables.Post)
            .where(tables.Post.day == DAY, tables.Post.tier == "mid")
            .values(lane="confirm")
        )
        session.execute(update(tables.Tier).where(tables.Tier.level == "mid").values(daily_cap=3))
    with database.read() as session:
        mine = session.scalars(
            select(tables.Post)
            .where(tables.Post.day == DAY, tables.Post.tier == "mid")
            .order_by(tables.Post.due_at)
        ).all()
        found = audience.seats_of(session, mine)
    skips = [Counter(seat.skip_code for seat in found[post.id]) for post in mine]
    assert skips[0] == {"": 14} and skips[1] == {"": 6, "mass_send_used": 8}
    assert [count["over_cap"] for count in skips[3:]] == [6] * len(skips[3:])  # the demo groups heard three


def test_statements_do_not_depend_on_posts_or_groups(
    database: Database, planned: int, statements: Statements
) -> None:
    def ask(limit: int) -> None:
        with database.read() as session:
            audience.seats_of(session, session.scalars(select(tables.Post).limit(limit)).all())

    assert statements.of(lambda: ask(1)) == statements.of(lambda: ask(97)) <= 8
