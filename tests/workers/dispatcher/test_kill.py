"""kill -9 at every step of a delivery: nothing lost, nothing doubled, unknown only where a call was in flight."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from content_calendar import ledger
from content_calendar.clock import FixedClock
from tests.fakes.receiver import CERTIFICATE, Receiver
from tests.release_world import DAY, NINE, World
from workers.dispatcher import Dispatcher
from workers.runtime import Runtime
from workers.settings import Settings

pytestmark = pytest.mark.faults
HERE = Path(__file__).parent
ROOT = HERE.parents[2]
STEPS = (
    "freeze, not committed", "frozen", "claim, not committed", "claimed", "attempts opened, not committed",
    "attempts opened", "calls made", "settling, not committed", "settled", "closing, not committed",
)  # fmt: skip
HOOK: dict[str, Any] = {
    "webhook_secret": "s", "allow_private": "localhost", "webhook_ca_file": str(CERTIFICATE)
}  # fmt: skip


@pytest.fixture(scope="module")
def kill() -> Iterator[Callable[..., int]]:
    """Dispatch in a child that dies at a step; its exit code."""
    mother = subprocess.Popen(
        [sys.executable, str(HERE / "mortal.py")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )

    def run(world: World, step: str, *, times: int = 1, settings: dict[str, Any] | None = None) -> int:
        case = {
            "url": world.database.url, "step": step, "times": times, "now": NINE.isoformat(),
            "settings": settings or {},
        }  # fmt: skip
        assert mother.stdin is not None and mother.stdout is not None
        mother.stdin.write(json.dumps(case) + "\n")
        mother.stdin.flush()
        return int(mother.stdout.readline())

    yield run
    assert mother.stdin is not None and mother.stdout is not None
    mother.stdin.close()
    mother.wait(10)
    mother.stdout.close()


def recover(world: World, settings: dict[str, Any] | None = None) -> None:
    """Another dispatcher comes once the leases have run out, and works to the end of the window."""
    clock = FixedClock(NINE + timedelta(seconds=100), simulated=False)
    runtime = Runtime(Settings(**settings or {}), world.database, clock)
    Dispatcher(runtime, "heir").run_until(NINE + timedelta(minutes=14))


def must_hold(world: World) -> None:
    with world.database.read() as session:
        day = ledger.day_sum(session, world.brand(session), DAY, now=NINE + timedelta(minutes=14))
    assert day.holds, day.faults


@pytest.mark.parametrize("step", STEPS)
def test_in_the_demo_lane_every_group_gets_it_once_after_a_death_when(
    world: World, kill: Callable[..., int], step: str
) -> None:
    world.approved()

    assert kill(world, step) == -9
    recover(world)

    assert world.states() == {"sent": 3}
    assert len(world.messages()) == 3
    must_hold(world)


@pytest.mark.parametrize(
    ("step", "times"),
    [("claimed", 1), ("attempts opened", 1), ("calls made", 4), ("settling, not committed", 1)],
)
def test_at_a_real_receiver_nothing_is_doubled_and_only_open_calls_are_unknown_after_a_death_when(
    hooked: World, receiver: Receiver, kill: Callable[..., int], step: str, times: int
) -> None:
    hooked.approved()

    assert kill(hooked, step, times=times, settings=HOOK) == -9
    in_flight = {attempt.delivery_id for attempt in hooked.attempts() if not attempt.outcome}
    recover(hooked, HOOK)

    states = hooked.states()
    assert states["unknown"] == len(in_flight)
    assert states["sent"] + states["unknown"] == 12
    assert max(receiver.accepted.values(), default=0) <= 1
    assert len(receiver.accepted) >= states["sent"]
    must_hold(hooked)
