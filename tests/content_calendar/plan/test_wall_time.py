"""Wall time and zone: a slot is what the clock on the wall shows, on its day, whatever daylight saving does."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content_calendar import tables
from content_calendar.plan import slots

ZONES = (
    "America/New_York", "Europe/London", "Australia/Lord_Howe", "Asia/Shanghai", "Africa/Casablanca",
    "America/St_Johns", "Pacific/Auckland", "Asia/Kathmandu", "America/Sao_Paulo",
)  # fmt: skip
DAYS = st.dates(date(2024, 1, 1), date(2032, 12, 31))
WALLS = st.times().map(lambda at: at.replace(second=0, microsecond=0))


def _row(wall: time) -> tables.SopRow:
    return tables.SopRow(
        id=1, key="k", time=f"{wall:%H:%M}", cycle="每天", cycle_rule={"weekdays": [1, 2, 3, 4, 5, 6, 7]}, tiers=["mid"],
        kind="tip", kind_written="", theme="", channel="sidebar", owner="", remark="", row=2,
    )  # fmt: skip


@given(zone=st.sampled_from(ZONES), day=DAYS, wall=WALLS)
def test_the_wall_time_is_kept_or_moved_to_the_first_valid_minute(zone: str, day: date, wall: time) -> None:
    (slot,) = slots.expand([_row(wall)], start=day, end=day, zone=ZoneInfo(zone))
    local = slot.due_at.astimezone(ZoneInfo(zone))
    assert local.date() == day and slot.day == day and slot.time == f"{wall:%H:%M}"
    if slot.placed == "gap":
        assert local.time() > wall
        before = (slot.due_at - timedelta(minutes=1)).astimezone(ZoneInfo(zone))
        assert before.time() < wall  # the minute before is on the other side of the gap
    else:
        assert local.time() == wall


@given(zone=st.sampled_from(ZONES), start=DAYS, wall=WALLS)
def test_a_daily_slot_never_drifts(zone: str, start: date, wall: time) -> None:
    found = list(slots.expand([_row(wall)], start=start, end=start + timedelta(days=40), zone=ZoneInfo(zone)))
    assert [slot.day for slot in found] == [start + timedelta(days=n) for n in range(41)]
    assert all(slot.time == f"{wall:%H:%M}" for slot in found)
    exact = [slot.due_at.astimezone(ZoneInfo(zone)).time() for slot in found if slot.placed != "gap"]
    assert set(exact) <= {wall}
    gaps = [(later.due_at - earlier.due_at) for earlier, later in pairwise(found)]
    assert all(timedelta(hours=22) <= gap <= timedelta(hours=26) for gap in gaps)


@pytest.mark.parametrize(
    ("zone", "day", "wall", "how", "local"),
    [
        ("America/New_York", "2027-03-14", "02:30", "gap", "03:00"),
        ("America/New_York", "2027-11-07", "01:30", "overlap", "01:30"),
        ("Australia/Lord_Howe", "2026-10-04", "02:10", "gap", "02:30"),
        ("Asia/Shanghai", "2026-11-26", "20:00", "exact", "20:00"),
    ],
)
def test_known_changes_of_the_clock(zone: str, day: str, wall: str, how: str, local: str) -> None:
    (slot,) = slots.expand(
        [_row(time.fromisoformat(wall))],
        start=date.fromisoformat(day),
        end=date.fromisoformat(day),
        zone=ZoneInfo(zone),
    )
    assert slot.placed == how and f"{slot.due_at.astimezone(ZoneInfo(zone)):%H:%M}" == local
    if how == "overlap":
        assert slot.due_at == datetime(2027, 11, 7, 5, 30, tzinfo=UTC)  # the first of the two
