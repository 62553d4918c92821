"""A slot's wall time is kept, whatever the zone does to it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content_calendar import zones

ZONES = ["Asia/Shanghai", "America/New_York", "Europe/London", "Australia/Lord_Howe", "Africa/Casablanca"]


@given(
    day=st.dates(date(2020, 1, 1), date(2035, 12, 31)),
    wall=st.times().map(lambda value: value.replace(second=0, microsecond=0)),
    name=st.sampled_from(ZONES),
)
def test_the_wall_clock_shows_the_slot_or_the_first_minute_after_a_gap(
    day: date, wall: time, name: str
) -> None:
    where = ZoneInfo(name)
    placed = zones.place(day, wall, where)
    shown = placed.instant.astimezone(where)
    if placed.how == "gap":
        assert shown.date() == day and shown.time() > wall
        before = (placed.instant - timedelta(minutes=1)).astimezone(where)
        assert before.time() < wall
    else:
        assert (shown.date(), shown.time()) == (day, wall)


def test_a_skipped_hour_moves_forward_to_its_first_valid_minute() -> None:
    placed = zones.place(date(2026, 3, 8), time(2, 30), ZoneInfo("America/New_York"))

    assert placed == zones.Placed(datetime(2026, 3, 8, 7, 0, tzinfo=UTC), "gap")


def test_an_hour_that_happens_twice_counts_once_the_first_time() -> None:
    placed = zones.place(date(2026, 11, 1), time(1, 30), ZoneInfo("America/New_York"))

    assert placed == zones.Placed(datetime(2026, 11, 1, 5, 30, tzinfo=UTC), "overlap")


def test_an_unknown_zone_is_refused() -> None:
    for name in ("Mars/Olympus", "", "../etc/passwd", "Asia/上海"):
        with pytest.raises(ValueError):
            zones.zone(name)
