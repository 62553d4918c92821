"""Promise 6: a backlog follows the brand's policy and never bursts."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from content_calendar import lateness
from content_calendar.states import PostState
from content_calendar.tables import Brand, Delivery, Group
from tests.release_world import NINE, World

if TYPE_CHECKING:
    from tests.content_calendar.ledger.conftest import Steps

TEN_LATE = NINE + timedelta(minutes=10)


@pytest.mark.databases
def test_a_backlog_is_spread_over_the_seconds_and_the_groups(world: World, steps: Steps) -> None:
    world.more_groups(97)
    for minutes in range(3):
        steps.freeze(
            world.approved(text=f"{minutes}", due_at=NINE + timedelta(minutes=minutes)), now=TEN_LATE
        )

    assert steps.sweep(now=TEN_LATE).paced == 300

    rows = world.rows(Delivery)
    seconds = Counter(int((row.next_try_at - TEN_LATE).total_seconds()) for row in rows)
    assert max(seconds.values()) <= lateness.PER_SECOND
    by_group: dict[int, list[Delivery]] = {}
    for row in sorted(rows, key=lambda row: row.next_try_at):
        by_group.setdefault(row.group_id, []).append(row)
    for turns in by_group.values():
        gaps = [b.next_try_at - a.next_try_at for a, b in pairwise(turns)]
        assert min(gaps) >= lateness.GROUP_GAP
        assert [row.due_at for row in turns] == sorted(row.due_at for row in turns)  # oldest first
    assert len(steps.claim(now=TEN_LATE)) == 5  # not one burst


def test_a_second_sweep_gives_turns_after_those_already_given(world: World, steps: Steps) -> None:
    steps.freeze(world.approved(), now=TEN_LATE)
    steps.sweep(now=TEN_LATE)
    assert steps.sweep(now=TEN_LATE).paced == 0
    steps.freeze(world.approved(due_at=NINE + timedelta(minutes=1)), now=TEN_LATE)
    steps.sweep(now=TEN_LATE)

    turns = sorted(row.next_try_at for row in world.rows(Delivery))
    assert max(Counter(turns).values()) <= 5 and turns[-1] >= turns[0] + lateness.GROUP_GAP


def test_a_retry_far_ahead_does_not_push_the_backlog_behind_it(world: World, steps: Steps) -> None:
    steps.freeze(world.approved())
    call = steps.calls(limit=1)[0]
    steps.settle(steps.result(call, "refused", retry_after=600))

    now = NINE + timedelta(minutes=1)
    steps.sweep(now=now)

    turns = [row.next_try_at for row in world.rows(Delivery) if row.state == "planned"]
    assert max(turns) < now + timedelta(seconds=1)


def test_what_is_a_few_seconds_late_is_just_sent(world: World, steps: Steps) -> None:
    steps.freeze(world.approved())
    now = NINE + timedelta(seconds=44)
    assert steps.sweep(now=now).paced == 0
    assert len(steps.calls(now=now)) == 3


def test_beyond_the_window_it_expires_and_the_lead_is_told(world: World, steps: Steps) -> None:
    post = world.approved()
    steps.freeze(post)
    now = NINE + timedelta(minutes=15, seconds=1)

    assert steps.sweep(now=now).expired == 3
    steps.close(now=now)

    assert world.states() == {"expired": 3}
    assert {"post.expired", "post.unsent"} <= world.notices().keys()
    assert world.state(post) is PostState.held  # nobody got it: it is not called released
    assert steps.day(now=now).holds


def test_ask_holds_the_post_and_asks_once(world: World, steps: Steps) -> None:
    world.set(Brand, world.brand_id, late_policy="ask")
    post = world.approved()
    steps.freeze(post)

    for _ in range(2):
        steps.sweep(now=TEN_LATE)

    assert world.state(post) is PostState.held
    assert "补发" in world.notices()["post.held"]
    assert world.states() == {"planned": 3}
    assert steps.claim(now=TEN_LATE) == []


def test_the_answer_to_ask_sends_it_paced(world: World, steps: Steps) -> None:
    from content_calendar import review
    from content_calendar.tables import Post

    test_ask_holds_the_post_and_asks_once(world, steps)
    with world.database.write() as session:
        review.resume_post(session, session.get_one(Post, 1), user=world.user(session), now=TEN_LATE)

    assert steps.sweep(now=TEN_LATE).paced == 3
    assert world.state(1) is PostState.releasing


def test_drop_expires_at_once(world: World, steps: Steps) -> None:
    world.set(Brand, world.brand_id, late_policy="drop")
    steps.freeze(world.approved())

    assert steps.sweep(now=TEN_LATE).expired == 3


def test_late_work_never_runs_into_the_quiet_hours(world: World, steps: Steps) -> None:
    due = NINE + timedelta(hours=13, minutes=20)  # 22:20, quiet from 22:30
    world.approved(due_at=due)
    assert world.approvals()[0].expires_at == NINE + timedelta(hours=13, minutes=30)


def test_a_group_paused_through_the_window_is_skipped_not_expired(world: World, steps: Steps) -> None:
    steps.freeze(world.approved())
    world.set(Group, 1, paused_at=NINE)

    swept = steps.sweep(now=NINE + timedelta(minutes=16))

    assert (swept.skipped, swept.expired) == (1, 2)


def test_a_paused_brand_is_left_alone_until_it_is_resumed(world: World, steps: Steps) -> None:
    steps.freeze(world.approved())
    world.set(Brand, world.brand_id, paused_at=NINE)

    steps.sweep(now=NINE + timedelta(hours=3))

    assert world.states() == {"planned": 3}
    assert steps.day(now=NINE + timedelta(hours=3)).holds


def test_what_is_frozen_late_is_not_claimed_before_it_got_its_turn(world: World, steps: Steps) -> None:
    steps.freeze(world.approved(), now=TEN_LATE)
    assert steps.claim(now=TEN_LATE) == []

    steps.sweep(now=TEN_LATE)
    assert len(steps.claim(now=TEN_LATE)) == 3
