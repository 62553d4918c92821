"""A process whose children are dispatchers that die by SIGKILL: at a chosen step, or when somebody else kills them.

Reads one JSON line per case, forks (so that nothing need be imported again), answers with the child's process id and,
when it has ended, with its exit code. All killing is done here, by wrapping functions: the product knows none of it.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from tempfile import TemporaryDirectory
from typing import Any

from content_calendar import ledger
from content_calendar.clock import FixedClock
from content_calendar.database import Database
from content_calendar.tables.base import Base
from generator.checks import check
from tests.fakes.briefs import brief
from workers.dispatcher import Dispatcher, flights
from workers.dispatcher.house import House
from workers.dispatcher.rhythm import rhythm_of
from workers.runtime import Runtime
from workers.settings import Settings

STEPS: dict[str, tuple[Any, str]] = {
    "freeze, not committed": (ledger, "freeze"),
    "frozen": (House, "_freeze"),
    "claim, not committed": (ledger, "claim"),
    "claimed": (House, "_claim"),
    "attempts opened, not committed": (ledger, "open_attempts"),
    "attempts opened": (House, "carry_on"),
    "calls made": (flights, "_send"),
    "settling, not committed": (ledger, "settle"),
    "settled": (House, "settle"),
    "closing, not committed": (ledger, "close_finished"),
}


def die_after(owner: Any, name: str, times: int) -> None:
    """Kill this process when ``owner.name`` has returned for the ``times``-th time."""
    inner, left = getattr(owner, name), [times]

    def passed() -> None:
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def sync(*args: Any, **more: Any) -> Any:
        found = inner(*args, **more)
        passed()
        return found

    async def asynchronous(*args: Any, **more: Any) -> Any:
        found = await inner(*args, **more)
        passed()
        return found

    wrapped: Callable[..., Any] = asynchronous if name == "_send" else sync
    setattr(owner, name, wrapped)


def live_and_die(case: dict[str, Any]) -> None:
    if case["step"]:
        die_after(*STEPS[case["step"]], case["times"])
    clock = FixedClock(datetime.fromisoformat(case["now"]).astimezone(UTC), simulated=False)
    runtime = Runtime(Settings(**case["settings"]), Database(case["url"]), clock)
    # A few at a time: results of the first calls are written down together with the next attempts.
    rhythm = replace(rhythm_of(runtime.settings, clock), open_batch=5)
    Dispatcher(runtime, "mortal", rhythm=rhythm).tick()


def warm_up() -> None:
    """Whatever is read or imported at first use is so once, before the first fork."""
    check("早安", brief(), final=True)
    with TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/empty.db")
        Base.metadata.create_all(database.engine)
        clock = FixedClock(datetime(2026, 1, 1, tzinfo=UTC), simulated=False)
        Dispatcher(Runtime(Settings(), database, clock), "dry").tick()
        database.dispose()


def main() -> None:
    warm_up()
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            live_and_die(json.loads(line))
            os._exit(0)
        print(pid, flush=True)  # noqa: T201
        _, status = os.waitpid(pid, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
