"""Clocks: a simulated one waits for its anchor, then runs at its speed, alike in every process."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from content_calendar.clock import FixedClock, SimulatedClock, SystemClock

NINE = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def test_a_simulated_clock_stands_still_until_its_anchor() -> None:
    clock = SimulatedClock(start=NINE, speed=60, anchor=time.time() + 100)

    assert clock.now() == NINE
    assert clock.real_seconds_until(NINE + timedelta(minutes=1)) == pytest.approx(101, abs=0.5)


def test_a_simulated_clock_runs_at_its_speed() -> None:
    clock = SimulatedClock(start=NINE, speed=60, anchor=time.time() - 10)

    assert clock.now() - NINE == pytest.approx(timedelta(minutes=10), abs=timedelta(seconds=30))


def test_a_fixed_clock_moves_only_when_told() -> None:
    clock = FixedClock(NINE)
    clock.advance(timedelta(hours=2))

    assert clock.now() == NINE + timedelta(hours=2)
    assert clock.real_seconds_until(NINE + timedelta(days=1)) == 0


def test_only_the_machines_clock_is_real() -> None:
    assert not SystemClock().simulated and SystemClock().now().tzinfo is UTC
