"""kill -9 at every commit point and at random moments: nothing lost, nothing doubled, unknown only what was in a call."""

from __future__ import annotations

import random
import signal
from datetime import timedelta

import pytest

from content_calendar import ledger
from content_calendar.clock import FixedClock
from content_calendar.tables import Delivery
from tests.fakes.receiver import Receiver
from tests.faults.deaths import BESIDE, KINDS, NAMED, RANDOM, Chaos, Mother, table
from tests.faults.mortal import STEPS
from tests.release_world import DAY, NINE, World
from workers.dispatcher import Dispatcher
from workers.runtime import Runtime
from workers.settings import Settings

pytestmark = pytest.mark.faults


@pytest.mark.parametrize("step", STEPS)
def test_in_the_demo_lane_every_group_gets_it_once_after_a_death_when(
    world: World, mother: Mother, step: str
) -> None:
    world.approved()

    mother.bear(world, NINE, step=step, hook=False)
    assert mother.bury() == -signal.SIGKILL
    heir = FixedClock(NINE + timedelta(seconds=100), simulated=False)  # the leases have run out
    Dispatcher(Runtime(Settings(), world.database, heir), "heir").run_until(NINE + timedelta(minutes=14))

    assert world.states() == {"sent": 3}
    assert len(world.messages()) == 3
    with world.database.read() as session:
        day = ledger.day_sum(session, world.brand(session), DAY, now=NINE + timedelta(minutes=14))
    assert day.holds, day.faults


def test_what_a_killed_dispatcher_had_only_claimed_is_sent_by_another_within_seven_seconds(
    world: World, mother: Mother
) -> None:
    world.approved()

    mother.bear(world, NINE, step="claimed", hook=False)
    assert mother.bury() == -signal.SIGKILL
    assert world.states() == {"claimed": 3}
    heir = FixedClock(NINE + timedelta(seconds=7), simulated=False)
    Dispatcher(Runtime(Settings(), world.database, heir), "heir").tick()

    assert world.states() == {"sent": 3}
    assert max(row.late_ms or 0 for row in world.rows(Delivery)) == 7000


@pytest.mark.databases
def test_at_a_real_receiver_nothing_is_lost_or_doubled_and_only_open_calls_are_unknown(
    hooked: World,
    receiver: Receiver,
    mother: Mother,
    request: pytest.FixtureRequest,
    printed: list[str],
) -> None:
    """Each way to die once; ``make chaos`` has 200 runs, half at the commit points and half at random moments."""
    hooked.set_brand(quiet_from="00:00", quiet_to="00:00")
    runs = request.config.getoption("--chaos-runs")
    chaos = Chaos(hooked, receiver, mother, random.Random(20_261_123))
    for number in range(runs):
        kind = _kind(number, runs)
        tally = chaos.run(kind)
        assert tally.clean, (kind, number, tally)
    printed += table("SQLite" if hooked.database.sqlite else "PostgreSQL", chaos.tallies)
    assert sum(tally.killed for tally in chaos.tallies.values()) >= runs // 2


def _kind(number: int, runs: int) -> str:
    if runs <= len(KINDS):
        return KINDS[number]
    return NAMED[number // 2 % len(NAMED)] if number % 2 else (RANDOM, BESIDE)[number // 2 % 2]
