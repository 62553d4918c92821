"""One poisoned item among five hundred: it is held and named, the others never notice."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from content_calendar.clock import FixedClock
from content_calendar.states import PostState
from content_calendar.tables import Group, Post
from tests.fakes.receiver import Answer, Receiver, Request
from tests.faults.count import must_add_up
from tests.faults.deaths import HOOK
from tests.release_world import NINE, World
from workers.dispatcher import Dispatcher
from workers.runtime import Runtime
from workers.settings import Settings

pytestmark = [pytest.mark.faults, pytest.mark.databases]


def test_a_poisoned_group_and_a_poisoned_answer_among_five_hundred(hooked: World, receiver: Receiver) -> None:
    hooked.more_groups(488, channel="webhook", address=receiver.url)
    bad = hooked.groups()[250]
    hooked.set(Group, bad.id, address="https://[::1", name="群\u202e\ufffe" + "名" * 70)
    hooked.approved()
    nested = b'{"id":' * 10_000

    def behaviour(request: Request) -> Answer:
        return Answer(body=nested if request.document["group"] == "G0100" else b"{}")

    receiver.behaviour = behaviour
    clock = FixedClock(NINE, simulated=False)
    Dispatcher(Runtime(Settings(**HOOK), hooked.database, clock), "one").run_until(
        NINE + timedelta(minutes=5)
    )

    assert hooked.states() == {"sent": 499, "refused": 1}
    assert len(receiver.accepted) == 499
    must_add_up(hooked, receiver, now=clock.now())


def test_a_row_spoilt_by_hand_after_its_post_was_frozen_stops_only_that_post(
    hooked: World, receiver: Receiver
) -> None:
    posts = [hooked.approved(text=f"第{n}条") for n in range(20)]
    spoilt = hooked.get(posts[13])

    def behaviour(_request: Request) -> Answer:
        if len(receiver.requests) == 1:
            with hooked.database.write() as session:
                session.execute(
                    text("UPDATE revision SET facts = '[{\"id\": 7}]' WHERE id = :id"),
                    {"id": spoilt.revision_id},
                )
        return Answer(stall=0.02)

    receiver.behaviour = behaviour
    clock = FixedClock(NINE, simulated=False)
    Dispatcher(Runtime(Settings(**HOOK), hooked.database, clock), "one").run_until(
        NINE + timedelta(minutes=1)
    )

    states = {post: hooked.state(post) for post in posts}
    held = {post for post, state in states.items() if state is PostState.held}
    assert held == {spoilt.id} and "post.held" in hooked.notices()
    assert hooked.states()["sent"] >= 19 * 12
    must_add_up(hooked, receiver, now=clock.now())
    assert hooked.rows(Post)
