"""Short hands for the steps of a delivery, each in a transaction of its own as a dispatcher takes them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from content_calendar import ledger
from content_calendar.ledger import Claim, DaySum, Opened, Outgoing, Result
from content_calendar.states import PostState
from tests.release_world import DAY, NINE, World

LEASE = timedelta(seconds=90)


@dataclass
class Steps:
    """One dispatcher, step by step."""

    world: World

    def freeze(self, post_id: int, *, now: datetime = NINE) -> PostState | None:
        with self.world.database.write() as session:
            return ledger.freeze(session, post_id, now=now)

    def claim(self, *, owner: str = "d1", now: datetime = NINE, limit: int = 100, until: datetime | None = None) -> list[Claim]:  # fmt: skip
        with self.world.database.write() as session:
            return ledger.claim(session, owner=owner, now=now, limit=limit, lease=LEASE, until=until)

    def open(self, claims: Sequence[Claim], *, owner: str = "d1", now: datetime = NINE, max_bytes: int = 20_000) -> Opened:  # fmt: skip
        with self.world.database.write() as session:
            return ledger.open_attempts(
                session, claims, owner=owner, now=now, lease=LEASE, max_bytes=max_bytes
            )

    def result(self, call: Outgoing, kind: str = "sent", *, now: datetime = NINE, **more: Any) -> Result:
        return Result(call.delivery_id, call.fence, call.number, kind, now, now, **more)  # type: ignore[arg-type]

    def settle(self, *results: Result, now: datetime = NINE) -> Counter[str]:
        with self.world.database.write() as session:
            return ledger.settle(session, results, now=now)

    def reap(self, *, now: datetime, **guards: float) -> ledger.Reaped:
        with self.world.database.write() as session:
            return ledger.reap(session, now=now, guards=guards)

    def sweep(self, *, now: datetime) -> ledger.Swept:
        with self.world.database.write() as session:
            return ledger.sweep(session, now=now)

    def close(self, *, now: datetime = NINE) -> int:
        with self.world.database.write() as session:
            return ledger.close_finished(session, now=now)

    def calls(self, *, limit: int = 100, now: datetime = NINE) -> tuple[Outgoing, ...]:
        """Claim and open whatever is due."""
        return self.open(self.claim(limit=limit, now=now), now=now).calls

    def day(self, *, now: datetime | None = None) -> DaySum:
        with self.world.database.read() as session:
            return ledger.day_sum(session, self.world.brand(session), DAY, now=now)


@pytest.fixture
def steps(world: World) -> Steps:
    return Steps(world)
