"""The rules a plan keeps before anyone writes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from content_calendar import zones
from content_calendar.plan import rules
from content_calendar.plan.slots import Slot

ZONE = "Asia/Shanghai"
DAY = date(2026, 11, 26)
HOUSE = rules.House("22:30", "08:30", {"mid": 3}, {"mid": {"wecom_mass": 4, "demo": 1}, "low": {"demo": 2}})


def slot(wall: str = "10:00", *, kind: str = "tip", tier: str = "mid", day: date = DAY, **more: Any) -> Slot:
    due = zones.place(day, time.fromisoformat(wall), ZoneInfo(ZONE)).instant
    fields: dict[str, Any] = {"lane": "hand_off", "theme": f"{wall} {kind}", "row": 5, **more}
    return Slot(
        key=f"sop:{fields['theme']}:{day}:{tier}", tier=tier, kind=kind, kind_written=kind, day=day, time=wall,
        due_at=due, zone=ZONE, **fields,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("wall", "quiet"),
    [("22:29", False), ("22:30", True), ("23:59", True), ("00:00", True), ("08:29", True), ("08:30", False)],
)
def test_quiet_hours_run_over_midnight_start_included_end_not(wall: str, quiet: bool) -> None:
    assert HOUSE.quiet(wall) is quiet


def test_equal_ends_mean_no_quiet_hours() -> None:
    assert not rules.House("00:00", "00:00", {}).quiet("00:00")


def test_a_slot_in_the_quiet_hours_is_not_made() -> None:
    kept, found = rules.quiet_hours([slot("22:00"), slot("23:00")], HOUSE)
    assert [item.time for item in kept] == ["22:00"]
    assert [(item.kind, item.level) for item in found] == [("quiet_hours", "error")] and "第 5 行" in found[
        0
    ].text


def test_the_day_is_cut_at_the_cap_and_the_lightest_slot_goes() -> None:
    mine = [
        slot("09:00", daily=True), slot("10:00"), slot("17:00", kind="reminder", dated=True),
        slot("20:00", kind="launch", dated=True),
    ]  # fmt: skip
    kept, found = rules.caps(mine, HOUSE)
    assert sorted(item.time for item in kept) == ["10:00", "17:00", "20:00"]
    assert [item.kind for item in found] == ["over_cap"] and "上限 3 条" in found[0].text


def test_what_a_person_fixed_keeps_its_place_under_the_cap() -> None:
    mine = [
        slot("09:00", daily=True, standing="fixed"),
        slot("10:00", dated=True),
        slot("17:00", dated=True),
        slot("20:00", dated=True),
    ]
    kept, _ = rules.caps(mine, HOUSE)
    assert sorted(item.time for item in kept) == ["09:00", "10:00", "17:00"]


def test_the_second_mass_send_of_a_day_takes_the_sidebar_and_says_so() -> None:
    laned = rules.lanes([slot("20:00", lane="confirm"), slot("10:00", lane="confirm")], HOUSE)
    assert {item.time: item.lane for item in laned} == {"10:00": "confirm", "20:00": "hand_off"}
    assert [note.kind for item in laned for note in item.notes] == ["lane_changed"]


def test_a_touch_of_the_planner_never_takes_the_mass_send_from_the_timetable() -> None:
    arc = replace(slot("10:00", lane="confirm"), key="arc:c:terms:mid")
    laned = rules.lanes([arc, slot("20:00", lane="confirm")], HOUSE)
    assert {item.time: item.lane for item in laned} == {"10:00": "hand_off", "20:00": "confirm"}
    assert not any(item.notes for item in laned)


def test_a_tier_without_customer_groups_has_no_mass_send_to_share() -> None:
    laned = rules.lanes([slot(wall, tier="low", lane="confirm") for wall in ("10:00", "20:00")], HOUSE)
    assert [item.lane for item in laned] == ["confirm", "confirm"]


def test_a_bot_lane_for_customer_groups_is_told() -> None:
    (found,) = rules.lanes([slot(lane="auto")], HOUSE)
    assert [note.kind for note in found.notes] == ["lane_unfit"]


def test_more_mass_sends_than_days_in_a_month_are_told() -> None:
    mine = [
        slot("10:00", lane="confirm", day=date(2026, 11, 1 + n % 30), theme=str(n), standing="fixed")
        for n in range(31)
    ]
    assert [item.kind for item in rules.quota(mine, HOUSE)] == ["mass_send_quota"]
    assert rules.quota(mine[:30], HOUSE) == []


def test_the_same_thing_twice_at_one_moment_is_made_once() -> None:
    kept, found = rules.duplicates(
        [slot(theme="周一接龙"), slot(theme=" 周一 接龙 ", row=9), slot(theme="别的")]
    )
    assert len(kept) == 2 and [item.kind for item in found] == ["duplicate_slot"]
    assert "第 5 行和第 9 行" in found[0].text


def test_neighbours_within_twenty_minutes_are_told() -> None:
    noted = rules.too_close([slot("10:00"), slot("10:19"), slot("10:39"), slot("10:20", tier="low")])
    assert [item.time for item in noted if item.notes] == ["10:19"]


def test_too_many_offers_in_a_week_are_told_with_numbers() -> None:
    mine = [slot(f"1{n}:00", kind="flash_sale" if n < 3 else "tip") for n in range(5)]
    (found,) = rules.mix(mine)
    assert found.kind == "mix" and "共 5 条，其中优惠 3 条，占 60%" in found.text
    assert rules.mix([*mine[1:], slot("09:00")]) == []


@pytest.mark.parametrize(
    ("theme", "kind", "day", "wrong"),
    [
        ("大雪节气：一句问候", "festival", "2026-12-07", False),
        ("大雪节气：一句问候", "festival", "2026-12-08", True),
        ("中秋快乐", "festival", "2026-09-25", False),
        ("今天立冬，煮点热的", "morning_news", "2026-11-08", True),
        ("大雪天出门记得戴手套", "morning_news", "2026-12-20", False),
        ("明天冬至，先说一声", "festival", "2026-12-21", False),
        ("国庆第三天", "festival", "2026-10-03", False),
    ],
)
def test_a_greeting_on_the_wrong_day_is_told(theme: str, kind: str, day: str, wrong: bool) -> None:
    (found,) = rules.festivals([slot(kind=kind, theme=theme, day=date.fromisoformat(day))])
    assert [note.kind for note in found.notes] == (["festival_mismatch"] if wrong else [])


def test_a_tier_without_groups_gets_nothing_and_says_so_once() -> None:
    kept, found = rules.no_audience(
        [slot(tier="high"), slot("11:00", tier="high"), slot()], HOUSE, (DAY, DAY)
    )
    assert [item.tier for item in kept] == ["mid"]
    assert [item.kind for item in found] == ["no_audience"] and "2 条" in found[0].text
