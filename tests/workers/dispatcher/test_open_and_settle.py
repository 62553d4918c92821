"""Opening and settling share one transaction, for one wait for the disk; neither can take the other down with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from content_calendar import ledger
from content_calendar.clock import FixedClock
from content_calendar.ledger import Claim, Outgoing, Result
from content_calendar.tables import Delivery
from tests.release_world import NINE, World
from workers.channels import registry
from workers.dispatcher.house import House
from workers.dispatcher.rhythm import rhythm_of
from workers.settings import Settings


@dataclass
class Halves:
    """Half of the claims, and the calls of the other half, which are out."""

    house: House
    claims: Sequence[Claim]
    calls: Sequence[Outgoing]

    def results(self) -> list[Result]:
        return [Result(call.delivery_id, call.fence, call.number, "sent", NINE, NINE) for call in self.calls]

    def carry_on(self, claims: Sequence[Claim] | None = None) -> tuple[ledger.Opened, Any]:
        given = self.claims if claims is None else claims
        return self.house.carry_on(given, self.results(), now=NINE, max_bytes=20_000)


@pytest.fixture
def halves(world: World) -> Halves:
    world.more_groups(3)
    world.approved()
    rhythm = rhythm_of(Settings(), FixedClock(NINE))
    house = House(world.database, "one", rhythm, {}, registry.known())
    claims = house.round(now=NINE, until=None, room=100).claims
    assert len(claims) == 6
    return Halves(house, claims[3:], house.open(claims[:3], now=NINE, max_bytes=20_000).calls)


@pytest.mark.databases
def test_results_and_new_attempts_are_written_in_one_transaction(
    world: World, halves: Halves, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(House, "open", None)  # not needed, neither by itself
    monkeypatch.setattr(House, "settle", None)
    opened, settled = halves.carry_on()

    assert {call.delivery_id for call in opened.calls} == {claim.delivery_id for claim in halves.claims}
    assert +settled == {"sent": 3}
    assert world.states() == {"sent": 3, "sending": 3} and len(world.attempts()) == 6


def test_results_that_cannot_be_written_do_not_keep_the_next_calls_back(
    world: World, halves: Halves, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle, poisoned = ledger.settle, halves.calls[0].delivery_id

    def broken(session: Any, results: Sequence[Result], **more: Any) -> Any:
        if any(result.delivery_id == poisoned for result in results):
            raise ValueError("cannot be written")
        return settle(session, results, **more)

    monkeypatch.setattr(ledger, "settle", broken)
    opened, settled = halves.carry_on()

    assert len(opened.calls) == 3 and (settled["sent"], settled["unwritten"]) == (2, 1)
    assert world.states() == {"sent": 2, "sending": 4}


def test_a_post_that_cannot_be_opened_does_not_keep_results_back(
    world: World, halves: Halves, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> Any:
        raise ValueError("cannot be opened")

    monkeypatch.setattr(ledger, "open_attempts", broken)
    opened, settled = halves.carry_on()

    assert opened.calls == () and settled["sent"] == 3
    assert world.states() == {"sent": 3, "planned": 3}


def test_a_database_that_goes_away_leaves_both_to_be_tried_again(
    world: World, halves: Halves, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: Any, **__: Any) -> Any:
        raise OperationalError("settle", {}, Exception("gone"))

    with monkeypatch.context() as broken:
        broken.setattr(ledger, "settle", away)
        with pytest.raises(OperationalError):
            halves.carry_on()
    assert world.states() == {"sending": 3, "claimed": 3} and len(world.attempts()) == 3

    halves.carry_on()
    assert world.states() == {"sent": 3, "sending": 3}


def test_a_late_answer_about_a_delivery_that_is_claimed_again_is_written_down_before_it_could_go_out(
    world: World, halves: Halves
) -> None:
    """The reaper was faster than the answer, the delivery was claimed once more: it has arrived and must not go again."""
    late = halves.calls[0].delivery_id
    world.set(Delivery, late, state="claimed", fence=2, lease_owner="one")
    row = next(row for row in world.rows(Delivery) if row.id == late)
    again = Claim(late, 2, row.post_id, row.group_id, row.channel, "", row.due_at, row.due_at)

    opened, _ = halves.carry_on([again])

    assert opened.calls == ()
    assert next(row.state for row in world.rows(Delivery) if row.id == late) == "sent"
    assert len(world.attempts()) == 3
