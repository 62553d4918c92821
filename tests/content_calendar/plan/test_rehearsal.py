"""The rehearsal: one line a planned delivery, every conflict, nothing changed."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select, update

from content_calendar import tables
from content_calendar.database import Database
from content_calendar.plan.rehearsal import Rehearsal, rehearse

BEFORE = datetime.fromisoformat("2026-11-22T12:00+08:00")
DAY = date(2026, 11, 26)


def run(database: Database, brand_id: int, *, now: datetime = BEFORE, days: int = 1) -> Rehearsal:
    with database.read() as session:
        return rehearse(session, session.get_one(tables.Brand, brand_id), start=DAY, days=days, now=now)


def test_there_is_one_line_for_each_group_in_order_of_time(database: Database, planned: int) -> None:
    lines = run(database, planned).lines
    assert [line.at for line in lines] == sorted(line.at for line in lines)
    assert len(lines) == len({(line.post_id, line.group) for line in lines}) == 5 * 8 + 6 * 14 + 5 * 18
    assert {line.at.utcoffset() for line in lines} == {BEFORE.utcoffset()}


def test_only_approved_posts_would_go_out(database: Database, planned: int) -> None:
    assert {(line.will_send, line.why_not) for line in run(database, planned).lines} == {(False, "尚未批准")}
    with database.write() as session:
        session.execute(
            update(tables.Post)
            .where(tables.Post.slot_key == "sop:r32:2026-11-26:mid")
            .values(state="approved")
        )
        session.execute(
            update(tables.Post).where(tables.Post.slot_key == "sop:r32:2026-11-26:low").values(state="held")
        )
    lines = run(database, planned).lines
    assert sum(line.will_send for line in lines) == 14
    assert {line.why_not for line in lines if line.state == "held"} == {"已暂缓"}


def test_a_paused_brand_sends_nothing(database: Database, planned: int) -> None:
    with database.write() as session:
        session.execute(update(tables.Post).values(state="approved"))
        session.execute(update(tables.Brand).values(paused_at=BEFORE))
    assert {line.why_not for line in run(database, planned).lines} == {"品牌已暂停发送"}


def test_what_is_over_is_left_out(database: Database, planned: int) -> None:
    lines = run(database, planned, now=datetime.fromisoformat("2026-11-26T19:00+08:00")).lines
    assert {f"{line.at:%H:%M}" for line in lines} == {"20:00", "22:00"}


def test_the_conflicts_of_the_plan_are_there_with_their_posts(database: Database, planned: int) -> None:
    told = [item for item in run(database, planned).conflicts if item.kind == "campaign_missing"]
    assert [(item.tier, item.day) for item in told] == [("high", DAY)] and told[0].post_id is not None


def test_groups_that_would_be_passed_over_are_told(database: Database, planned: int) -> None:
    with database.write() as session:
        session.execute(update(tables.Group).where(tables.Group.code == "MH-G001").values(paused_at=BEFORE))
    told = [item for item in run(database, planned).conflicts if item.kind == "paused"]
    assert len(told) == 5 and "1 个高层级的群收不到" in told[0].text


def test_days_nobody_has_planned_are_told(database: Database, brand_id: int) -> None:
    found = run(database, brand_id)
    assert found.lines == () and "unplanned" in {item.kind for item in found.conflicts}


def test_nothing_is_changed(database: Database, planned: int) -> None:
    def look() -> list[tuple[object, ...]]:
        with database.read() as session:
            return [
                tuple(row)
                for row in session.execute(select(tables.Post.id, tables.Post.state, tables.Post.due_at))
            ]

    before = look()
    run(database, planned, days=7)
    assert look() == before
