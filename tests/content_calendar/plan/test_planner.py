"""Planning a window: complete, idempotent, and deaf to everything a person changed."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select, update

from content_calendar import states, tables
from content_calendar.database import Database
from content_calendar.plan import planner
from content_calendar.plan.report import PlanReport
from content_calendar.states import PostState

if TYPE_CHECKING:
    from .conftest import Statements

MONDAY = date(2026, 11, 23)
BEFORE = datetime.fromisoformat("2026-11-22T12:00+08:00")


def run(
    database: Database,
    brand_id: int,
    start: date = MONDAY,
    days: int = 7,
    now: datetime = BEFORE,
    **more: Any,
) -> PlanReport:
    with database.write() as session:
        return planner.plan(
            session, session.get_one(tables.Brand, brand_id), start=start, days=days, now=now, **more
        )


def posts(database: Database, *conditions: Any) -> list[tables.Post]:
    with database.read() as session:
        return list(
            session.scalars(
                select(tables.Post).where(*conditions).order_by(tables.Post.due_at, tables.Post.id)
            )
        )


def kinds(report: PlanReport) -> Counter[str]:
    return Counter(item.kind for item in report.conflicts)


def test_a_week_of_the_reference_is_planned_whole(database: Database, brand_id: int) -> None:
    report = run(database, brand_id)
    made = posts(database)
    assert report.created == report.posts == len(made) == 97
    assert sum(report.by_day.values()) == sum(report.by_tier.values()) == 97 and len(report.by_day) == 7
    assert {post.state for post in made} == {"planned"} and all(
        post.lane in {"confirm", "hand_off"} for post in made
    )
    assert "sop:r32:2026-11-26:mid" in {post.slot_key for post in made}
    opening = next(post for post in made if post.slot_key == "sop:r32:2026-11-26:mid")
    assert (opening.stage, opening.angle, opening.aidma, opening.lane, opening.offer) == (
        "start", "opening", "action", "confirm", True,
    )  # fmt: skip
    assert opening.due_at == datetime.fromisoformat("2026-11-26T20:00+08:00")


def test_every_planned_post_has_an_audit_event(database: Database, brand_id: int) -> None:
    run(database, brand_id)
    with database.read() as session:
        events = session.scalars(
            select(tables.AuditEvent).where(tables.AuditEvent.action == "post.planned")
        ).all()
    assert {int(item.subject_id) for item in events} == {post.id for post in posts(database)}
    assert {item.actor for item in events} == {"system:plan"}


def test_planning_again_changes_nothing(database: Database, brand_id: int) -> None:
    first = run(database, brand_id)
    again = run(database, brand_id)
    assert (again.created, again.updated, again.cancelled, again.kept) == (0, 0, 0, first.created)
    assert again.conflicts == first.conflicts


def test_neighbouring_windows_agree_on_every_post(database: Database, brand_id: int) -> None:
    run(database, brand_id, days=21)
    for offset in range(0, 15, 2):
        report = run(database, brand_id, start=MONDAY + timedelta(days=offset))
        assert (report.created, report.updated, report.cancelled) == (0, 0, 0), offset


def test_no_tier_hears_one_angle_of_a_campaign_twice(database: Database, brand_id: int) -> None:
    run(database, brand_id, days=28)
    heard = Counter((post.campaign_id, post.tier, post.angle) for post in posts(database) if post.campaign_id)
    assert max(heard.values()) == 1
    for campaign, tier in {(key[0], key[1]) for key in heard}:
        mine = posts(database, tables.Post.campaign_id == campaign, tables.Post.tier == tier)
        assert [post.touch for post in mine] == list(range(1, len(mine) + 1))
        assert {post.touches for post in mine} == {len(mine)}


def test_missing_stages_are_added_where_the_day_has_room(database: Database, brand_id: int) -> None:
    run(database, brand_id, days=28)
    added = {
        (post.slot_key, post.day.isoformat(), post.time, post.lane)
        for post in posts(database)
        if post.slot_key.startswith("arc:")
    }
    assert ("arc:c2:showcase:high", "2026-11-30", "16:00", "confirm") in added
    assert ("arc:c6:terms:mid", "2026-12-06", "20:00", "confirm") in added
    assert (
        "arc:c5:last_call:high",
        "2026-12-04",
        "20:00",
        "hand_off",
    ) in added  # the day's mass-send is used
    assert not any(key.startswith(("arc:c2:opening", "arc:c2:terms", "arc:c6:showcase")) for key, *_ in added)


def test_a_missing_stage_without_room_is_told(database: Database, brand_id: int) -> None:
    report = run(database, brand_id, start=date(2026, 12, 1))
    told = [(item.day, item.tier) for item in report.conflicts if item.kind == "arc_missing"]
    assert (date(2026, 12, 1), "low") in told and (date(2026, 12, 4), "low") in told


def test_caps_quiet_hours_and_one_mass_send_hold_on_every_day(database: Database, brand_id: int) -> None:
    run(database, brand_id, days=60)
    made = posts(database)
    caps = {"high": 5, "mid": 6, "low": 5}
    assert all(count <= caps[tier] for (_, tier), count in Counter((p.day, p.tier) for p in made).items())
    assert max(Counter((p.day, p.tier) for p in made if p.lane == "confirm").values()) == 1
    assert all("08:30" <= post.time < "22:30" for post in made)


def test_slots_already_over_are_counted_not_made(database: Database, brand_id: int) -> None:
    report = run(database, brand_id, now=datetime.fromisoformat("2026-11-23T15:00+08:00"))
    assert report.past == 9 and kinds(report)["past"] == 1
    assert min(post.due_at for post in posts(database)) > datetime.fromisoformat("2026-11-23T15:00+08:00")


def test_past_posts_are_left_as_they_are(database: Database, brand_id: int) -> None:
    run(database, brand_id)
    report = run(database, brand_id, now=datetime.fromisoformat("2026-11-25T15:00+08:00"))
    assert (report.created, report.cancelled, report.past) == (0, 0, 0)


def test_a_changed_row_updates_what_nobody_touched(database: Database, brand_id: int) -> None:
    run(database, brand_id)
    with database.write() as session:
        session.execute(
            update(tables.SopRow).where(tables.SopRow.key == "r4").values(theme="换了主题", time="11:00")
        )
    report = run(database, brand_id)
    (post,) = posts(database, tables.Post.slot_key == "sop:r4:2026-11-23:mid")
    assert report.updated == 1 and (post.theme, post.time) == ("换了主题", "11:00")
    assert post.due_at == datetime.fromisoformat("2026-11-23T11:00+08:00")


def test_a_removed_row_cancels_and_a_returned_row_revives(database: Database, brand_id: int) -> None:
    run(database, brand_id)
    with database.write() as session:
        session.execute(update(tables.SopRow).where(tables.SopRow.key == "r4").values(active=False))
    assert run(database, brand_id).cancelled == 1
    assert run(database, brand_id).cancelled == 0
    with database.write() as session:
        session.execute(update(tables.SopRow).where(tables.SopRow.key == "r4").values(active=True))
    report = run(database, brand_id)
    (post,) = posts(database, tables.Post.slot_key == "sop:r4:2026-11-23:mid")
    assert (report.created, report.updated, post.state) == (0, 1, "planned")


def test_a_removed_campaign_cancels_the_touches_it_was_given(database: Database, brand_id: int) -> None:
    run(database, brand_id, days=28)
    with database.write() as session:
        session.execute(update(tables.Campaign).where(tables.Campaign.code == "c6").values(active=False))
    run(database, brand_id, days=28)
    assert {post.state for post in posts(database, tables.Post.slot_key.startswith("arc:c6:"))} == {
        "cancelled"
    }
    left = posts(database, tables.Post.campaign_id.is_not(None), tables.Post.state == "planned")
    assert "暖冬答题抽奖开始" not in " ".join(post.theme for post in left)


def test_what_a_person_cancelled_stays_cancelled(database: Database, brand_id: int) -> None:
    run(database, brand_id)
    key = tables.Post.slot_key == "sop:r4:2026-11-23:mid"
    with database.write() as session:
        post = session.scalars(select(tables.Post).where(key)).one()
        states.move_post(
            session,
            post,
            PostState.cancelled,
            expected=PostState.planned,
            actor="user:li",
            now=BEFORE,
            reason="这天不发",
        )
    report = run(database, brand_id)
    assert (report.created, report.updated, posts(database, key)[0].state) == (0, 0, "cancelled")


def test_a_person_s_change_is_never_touched_only_its_source_is_told(
    database: Database, brand_id: int
) -> None:
    run(database, brand_id)
    key = tables.Post.slot_key == "sop:r4:2026-11-23:mid"
    moved = datetime.fromisoformat("2026-11-24T11:30+08:00")
    with database.write() as session:
        session.execute(
            update(tables.Post).where(key).values(touched=True, day=moved.date(), time="11:30", due_at=moved)
        )
    assert (run(database, brand_id).updated, posts(database, key)[0].due_at) == (0, moved)
    with database.write() as session:
        session.execute(update(tables.SopRow).where(tables.SopRow.key == "r4").values(theme="换了主题"))
    report = run(database, brand_id)
    (post,) = posts(database, key)
    assert (report.updated, post.due_at, post.time) == (0, moved, "11:30") and post.theme.startswith(
        "洗完脸发紧"
    )
    assert [note["kind"] for note in post.conflicts] == ["source_changed"]
    assert [item.post_id for item in report.conflicts if item.kind == "source_changed"] == [post.id]
    with database.write() as session:
        session.execute(update(tables.SopRow).where(tables.SopRow.key == "r4").values(theme=post.theme))
    run(database, brand_id)
    assert posts(database, key)[0].conflicts == []


def test_a_written_post_keeps_its_angle_when_the_timetable_changes(database: Database, brand_id: int) -> None:
    run(database, brand_id)
    key = tables.Post.slot_key == "sop:r17:2026-11-24:mid"
    with database.write() as session:
        post = session.scalars(select(tables.Post).where(key)).one()
        states.move_post(
            session, post, PostState.in_review, expected=PostState.planned, actor="system:write", now=BEFORE
        )
        session.execute(update(tables.SopRow).where(tables.SopRow.key == "r10").values(active=False))
    run(database, brand_id)
    assert posts(database, key)[0].angle == "ingredients"
    angles = Counter(
        p.angle
        for p in posts(
            database,
            tables.Post.campaign_id == posts(database, key)[0].campaign_id,
            tables.Post.tier == "mid",
            tables.Post.state != "cancelled",
        )
    )
    assert max(angles.values()) == 1


def test_a_moved_post_does_not_come_twice(database: Database, brand_id: int) -> None:
    run(database, brand_id, days=1)
    far = datetime.fromisoformat("2027-03-01T11:30+08:00")
    with database.write() as session:
        session.execute(
            update(tables.Post)
            .where(tables.Post.slot_key == "sop:r4:2026-11-23:mid")
            .values(touched=True, day=far.date(), due_at=far)
        )
    assert run(database, brand_id, days=1).created == 0


def test_a_tier_without_groups_is_named(database: Database, brand_id: int) -> None:
    with database.write() as session:
        session.execute(update(tables.Group).where(tables.Group.tier == "low").values(active=False))
    report = run(database, brand_id)
    assert kinds(report)["no_audience"] == 1 and "low" not in report.by_tier


def test_groups_on_a_channel_that_is_not_installed_are_named_unless_it_is_a_demo(
    database: Database, brand_id: int
) -> None:
    report = run(database, brand_id, installed=frozenset({"demo", "webhook", "wecom_mass"}))
    told = [item.text for item in report.conflicts if item.kind == "channel_missing"]
    assert any("中层级有 8 个群要走「侧边栏」" in text for text in told) and not any(
        "企业群发" in text for text in told
    )
    assert kinds(run(database, brand_id))["channel_missing"] == 0
    with database.write() as session:
        session.execute(update(tables.Brand).values(demo=True))
    assert kinds(run(database, brand_id, installed=frozenset({"demo"})))["channel_missing"] == 0


def test_a_row_in_the_quiet_hours_is_told_and_not_made(database: Database, brand_id: int) -> None:
    with database.write() as session:
        session.execute(update(tables.SopRow).where(tables.SopRow.key == "r11").values(time="23:00"))
    report = run(database, brand_id)
    assert [
        (item.level, item.day, item.post_id) for item in report.conflicts if item.kind == "quiet_hours"
    ] == [("error", MONDAY, None)]


def test_an_offer_with_nothing_to_sell_is_named(database: Database, brand_id: int) -> None:
    with database.write() as session:
        session.execute(update(tables.Campaign).where(tables.Campaign.code == "c2").values(active=False))
    report = run(database, brand_id, days=1)
    (told,) = [item for item in report.conflicts if item.kind == "campaign_missing" and item.tier == "mid"]
    assert told.level == "warning" and told.post_id is not None
    assert "campaign_missing" in [
        note["kind"] for note in posts(database, tables.Post.id == told.post_id)[0].conflicts
    ]


def test_a_year_without_official_holidays_is_told_once(database: Database, brand_id: int) -> None:
    report = run(database, brand_id, start=date(2035, 12, 20), days=30)
    years = [item.day for item in report.conflicts if item.kind == "year_not_covered"]
    assert years == [date(2035, 12, 20), date(2036, 1, 1)]


def test_a_jump_of_the_clock_is_told_on_the_post(database: Database, brand_id: int) -> None:
    with database.write() as session:
        session.execute(
            update(tables.Brand).values(zone="America/New_York", quiet_from="00:00", quiet_to="00:00")
        )
        session.execute(update(tables.SopRow).where(tables.SopRow.key == "r2").values(time="02:30"))
    report = run(
        database,
        brand_id,
        start=date(2027, 3, 14),
        days=1,
        now=datetime.fromisoformat("2027-03-01T00:00+00:00"),
    )
    assert kinds(report)["dst_gap"] == 2
    post = posts(database, tables.Post.slot_key == "sop:r2:2027-03-14:mid")[0]
    assert (post.day, post.time) == (date(2027, 3, 14), "02:30")
    assert post.due_at == datetime.fromisoformat("2027-03-14T03:00-04:00")


def test_an_unknown_zone_is_refused_in_one_sentence(database: Database, brand_id: int) -> None:
    with database.write() as session:
        session.execute(update(tables.Brand).values(zone="Mars/Olympus"))
    with pytest.raises(Exception, match="时区「Mars/Olympus」不存在"):
        run(database, brand_id)


def test_a_brand_without_any_row_plans_nothing(database: Database, brand_id: int) -> None:
    with database.write() as session:
        session.execute(update(tables.SopRow).values(active=False))
        session.execute(update(tables.Campaign).values(active=False))
    assert run(database, brand_id).posts == 0


def test_statements_do_not_depend_on_the_number_of_groups(
    database: Database, brand_id: int, statements: Statements
) -> None:
    from_few = statements.of(lambda: run(database, brand_id))
    with database.write() as session:
        session.execute(
            update(tables.Post).values(slot_key="old:" + tables.Post.slot_key, day=date(2020, 1, 1))
        )
        for number in range(600):
            session.add(
                tables.Group(
                    brand_id=brand_id,
                    code=f"X{number}",
                    name="群",
                    tier="mid",
                    channel="demo",
                    address="",
                    row=0,
                )
            )
    assert statements.of(lambda: run(database, brand_id)) == from_few
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(tables.Group)) == 640


@pytest.mark.databases
def test_the_plan_stands_on_both_databases(database: Database, brand_id: int) -> None:
    assert (run(database, brand_id).created, run(database, brand_id).created) == (97, 0)
