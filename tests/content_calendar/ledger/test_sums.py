"""The sum of promise 3 holds by itself and breaks, naming the row, whenever anything is tampered with."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import delete, insert, select, text, update

from content_calendar import ledger
from content_calendar.ledger import sums
from content_calendar.tables import Attempt, Delivery
from tests.release_world import DAY, NINE, World

if TYPE_CHECKING:
    from tests.content_calendar.ledger.conftest import Steps

pytestmark = pytest.mark.databases  # each counts in its own words


@pytest.fixture
def sent(world: World, steps: Steps) -> World:
    """One post sent to three groups."""
    steps.freeze(world.approved())
    steps.settle(*(steps.result(call) for call in steps.calls()))
    steps.close()
    return world


def sql(statement: str) -> Callable[[World], None]:
    def run(world: World) -> None:
        with world.database.write() as session:
            session.execute(text(statement))

    return run


def lose_one(world: World) -> None:
    with world.database.write() as session:
        victim = session.scalars(select(Delivery.id).limit(1)).one()
        session.execute(delete(Attempt).where(Attempt.delivery_id == victim))
        session.execute(delete(Delivery).where(Delivery.id == victim))


def add_one(world: World) -> None:
    world.more_groups(1)
    with world.database.write() as session:
        row = {
            "id": "e" * 32, "brand_id": 1, "post_id": 1, "release_id": 1, "group_id": 4, "lane": "demo",
            "channel": "demo", "day": DAY, "due_at": NINE, "state": "planned",
        }  # fmt: skip
        session.execute(insert(Delivery), [row])


def double_one(world: World) -> None:
    with world.database.write() as session:
        first = session.scalars(select(Attempt).limit(1)).one()
        row = {
            "delivery_id": first.delivery_id, "number": 2, "fence": 2, "started_at": NINE, "outcome": "sent",
        }  # fmt: skip
        session.execute(insert(Attempt), [row])


FAULTS: list[tuple[str, Callable[[World], None]]] = [
    ("delivery.missing", lose_one),
    ("delivery.extra", add_one),
    ("delivery.doubled", double_one),
    ("delivery.unproved", sql("UPDATE attempt SET outcome = 'unknown'")),
    ("delivery.state_unknown", sql("UPDATE delivery SET state = 'vanished'")),
    ("delivery.stuck", sql("UPDATE delivery SET state = 'sending'")),
    ("sum.mismatch", lose_one),
    ("delivery.forgotten", sql("UPDATE delivery SET state = 'planned'")),
]


def test_an_honest_day_holds(sent: World, steps: Steps) -> None:
    day = steps.day(now=NINE + timedelta(hours=2))
    assert day.holds
    assert (day.planned, day.by_state, day.open) == (3, {"sent": 3}, 0)
    assert [(line.planned, line.by_state) for line in day.by_group] == [(1, {"sent": 1})] * 3


def test_more_groups_than_one_statement_may_name_are_all_told(
    sent: World, steps: Steps, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sums, "AT_ONCE", 2)
    day = steps.day(now=NINE + timedelta(hours=2))
    assert len(day.by_group) == 3 and len({line.code for line in day.by_group}) == 3


@pytest.mark.parametrize(("code", "tamper"), FAULTS, ids=[code for code, _ in FAULTS])
def test_the_sum_breaks_when(sent: World, steps: Steps, code: str, tamper: Callable[[World], None]) -> None:
    tamper(sent)

    day = steps.day(now=NINE + timedelta(hours=2))

    assert not day.holds
    assert code in {fault.code for fault in day.faults}
    assert all(fault.text and fault.subject for fault in day.faults)


def test_a_delivery_due_for_more_than_a_minute_and_not_taken_up_is_an_alarm(
    world: World, steps: Steps
) -> None:
    steps.freeze(world.approved())
    assert steps.day(now=NINE + timedelta(seconds=60)).holds
    assert {f.code for f in steps.day(now=NINE + timedelta(seconds=61)).faults} == {"delivery.overdue"}


def test_an_approved_post_nobody_freezes_is_an_alarm(world: World, steps: Steps) -> None:
    world.approved()
    assert {f.code for f in steps.day(now=NINE + timedelta(seconds=61)).faults} == {"post.overdue"}


def test_a_broken_day_is_shouted_about_once(sent: World) -> None:
    lose_one(sent)
    for _ in range(3):
        with sent.database.write() as session:
            assert not ledger.check(session, sent.brand(session), DAY, now=NINE).holds
    (text_of,) = [text_ for code, text_ in sent.notices().items() if code == "ledger.broken"]
    assert "2026-11-23" in text_of


def test_the_count_costs_the_same_statements_for_any_number_of_deliveries(world: World, steps: Steps) -> None:
    from sqlalchemy import event

    seen: list[str] = []
    event.listen(world.database.engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
    counts = []
    for groups in (0, 40):
        world.more_groups(groups)
        steps.freeze(world.approved(due_at=NINE + timedelta(minutes=groups)), now=NINE)
        seen.clear()
        steps.day(now=NINE)
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_an_attempt_answered_by_a_person_counts_as_proof(world: World, steps: Steps) -> None:
    steps.freeze(world.approved())
    call, *others = steps.calls()
    steps.settle(steps.result(call, "unknown"), *(steps.result(other) for other in others))
    with world.database.write() as session:
        ledger.answer_unknown(session, call.delivery_id, arrived=True, user=world.user(session), now=NINE)
    assert steps.day().holds

    with world.database.write() as session:
        session.execute(update(Attempt).values(code=""))
    assert not steps.day().holds
