"""The count after a fault: what the ledger says against what the receiver has seen."""

from __future__ import annotations

from datetime import datetime

from content_calendar import ledger
from content_calendar.tables import Delivery
from tests.fakes.receiver import Receiver
from tests.release_world import DAY, World


def must_add_up(world: World, receiver: Receiver, *, now: datetime) -> None:
    """Nothing doubled, nothing called sent that the receiver has not seen, and the day's sum holds."""
    assert max(receiver.accepted.values(), default=0) <= 1
    unseen = [row.id for row in world.rows(Delivery) if row.state == "sent" and not receiver.accepted[row.id]]
    assert unseen == []
    with world.database.read() as session:
        day = ledger.day_sum(session, world.brand(session), DAY, now=now)
    assert day.holds, day.faults
