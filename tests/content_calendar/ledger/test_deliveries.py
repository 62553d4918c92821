"""Promises 2 and 3, step by step: claims, fences, attempts before calls, three outcomes, the reaper."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from content_calendar import ledger, review
from content_calendar.errors import CalendarError, NotFound, StateConflict
from content_calendar.states import PostState
from content_calendar.tables import Attempt, Brand, Delivery, Group, Post, QuotaEntry, Release
from tests.release_world import NINE, World

if TYPE_CHECKING:
    from tests.content_calendar.ledger.conftest import Steps

AFTER_LEASE = NINE + timedelta(seconds=91)


@pytest.fixture
def post(world: World, steps: Steps) -> int:
    """A frozen post with three planned deliveries."""
    key = world.approved()
    assert steps.freeze(key) is PostState.releasing
    return key


@pytest.mark.databases
def test_freezing_fixes_the_audience_with_one_delivery_each(world: World, post: int) -> None:
    (release,) = world.rows(Release)
    rows = world.rows(Delivery)
    assert release.audience == [1, 2, 3] == sorted(row.group_id for row in rows)
    assert {len(row.id) for row in rows} == {32}

    world.more_groups(2)
    assert len(world.rows(Delivery)) == 3


def test_the_same_pair_always_has_the_same_key(world: World, post: int) -> None:
    row = world.rows(Delivery)[0]
    assert row.id == ledger.delivery_id("b" * 32, post, row.group_id)
    assert row.id != ledger.delivery_id("c" * 32, post, row.group_id)


def test_a_paused_group_is_skipped_with_its_reason(world: World, steps: Steps) -> None:
    world.set(Group, 2, paused_at=world.now)
    steps.freeze(world.approved())

    (skipped,) = [row for row in world.rows(Delivery) if row.state == "skipped"]
    assert skipped.group_id == 2 and "暂停" in skipped.state_reason
    assert steps.day().holds


def test_a_mass_send_counts_against_each_groups_quota(world: World, steps: Steps) -> None:
    with world.database.write() as session:
        for group in session.query(Group):
            group.channel = "wecom_mass"
    steps.freeze(world.approved(lane="confirm"))

    assert len(world.rows(QuotaEntry)) == 3


@pytest.mark.databases
def test_two_dispatchers_never_hold_the_same_delivery(world: World, steps: Steps, post: int) -> None:
    first = steps.claim(owner="d1", limit=2)
    second = steps.claim(owner="d2", limit=10)

    assert len(first) == 2 and len(second) == 1
    assert not {claim.delivery_id for claim in first} & {claim.delivery_id for claim in second}


def test_nothing_is_claimed_before_its_moment(steps: Steps, post: int) -> None:
    assert steps.claim(now=NINE - timedelta(milliseconds=1)) == []
    assert len(steps.claim(now=NINE - timedelta(seconds=5), until=NINE)) == 3


def test_a_retry_is_not_claimed_before_its_next_try(world: World, steps: Steps, post: int) -> None:
    (first, *_) = steps.calls()
    steps.settle(steps.result(first, "refused", code="http.429", retry_after=30))

    assert steps.claim(now=NINE + timedelta(seconds=29)) == []
    assert len(steps.claim(now=NINE + timedelta(seconds=30))) == 1


@pytest.mark.databases
def test_the_attempt_is_on_record_before_any_call_is_made(world: World, steps: Steps, post: int) -> None:
    calls = steps.calls()

    attempts = world.attempts()
    assert {(a.delivery_id, a.number, a.outcome) for a in attempts} == {(c.delivery_id, 1, "") for c in calls}
    assert world.states() == {"sending": 3}


def test_only_the_holder_of_the_fence_opens(world: World, steps: Steps, post: int) -> None:
    claims = steps.claim(owner="d1")
    assert steps.open(claims, owner="d2").calls == ()
    stale = [replace(claim, fence=claim.fence - 1) for claim in claims]
    assert steps.open(stale, owner="d1").calls == ()
    assert world.attempts() == []

    assert len(steps.open(claims, owner="d1").calls) == 3
    assert steps.open(claims, owner="d1").calls == ()  # not twice either


@pytest.mark.databases
def test_sent_deliveries_close_their_post(world: World, steps: Steps, post: int) -> None:
    calls = steps.calls()
    late = NINE + timedelta(milliseconds=250)

    count = steps.settle(*(steps.result(call, now=late, remote_id="r1") for call in calls))
    steps.close()

    assert count["sent"] == 3
    assert world.state(post) is PostState.released
    assert {(row.late_ms, row.remote_id, row.lease_owner) for row in world.rows(Delivery)} == {
        (250, "r1", "")
    }
    assert steps.day().holds


def test_a_refusal_is_tried_again_later_and_later_until_its_window_ends(
    world: World, steps: Steps, post: int
) -> None:
    world.set(Group, 2, paused_at=NINE)
    world.set(Group, 3, paused_at=NINE)
    now, waits = NINE, []
    while calls := steps.calls(now=now):
        steps.settle(steps.result(calls[0], "refused", now=now, code="connect"), now=now)
        (row,) = [row for row in world.rows(Delivery) if row.group_id == 1]
        if row.state == "retry_wait":
            waits.append((row.next_try_at - now).total_seconds())
            now = row.next_try_at
    assert waits == [5, 20, 60, 180, 300, 300]
    assert row.state == "refused" and "connect" in row.state_reason


def test_a_permanent_refusal_is_final(world: World, steps: Steps, post: int) -> None:
    (call, *_) = steps.calls(limit=1)
    steps.settle(steps.result(call, "refused", permanent=True, code="http.404"))

    assert world.states() == {"refused": 1, "planned": 2}


def test_an_unknown_outcome_is_never_sent_again_by_itself(world: World, steps: Steps, post: int) -> None:
    (call, *_) = steps.calls(limit=1)
    steps.settle(steps.result(call, "unknown", code="http.502"))

    for minutes in (1, 10, 60, 600):
        now = NINE + timedelta(minutes=minutes)
        steps.reap(now=now)
        assert call.delivery_id not in {claim.delivery_id for claim in steps.claim(now=now)}
    assert "结果未知" in world.notices()["delivery.unknown"]


def test_within_a_declared_guard_an_unknown_one_is_sent_again_with_the_same_key(
    world: World, steps: Steps, post: int
) -> None:
    (call, *_) = steps.calls(limit=1)
    steps.settle(steps.result(call, "unknown", code="http.502", guard_seconds=600))

    again = [c for c in steps.calls(now=NINE + timedelta(seconds=10)) if c.delivery_id == call.delivery_id]
    assert [(c.delivery_id, c.number) for c in again] == [(call.delivery_id, 2)]


def test_after_the_guard_has_closed_a_person_is_asked(world: World, steps: Steps, post: int) -> None:
    (call, *_) = steps.calls(limit=1)
    steps.settle(steps.result(call, "unknown", guard_seconds=3))
    assert world.states()["unknown"] == 1


@pytest.mark.databases
def test_the_reaper_plans_again_what_was_only_claimed_and_asks_about_what_was_in_a_call(
    world: World, steps: Steps, post: int
) -> None:
    claims = steps.claim()
    steps.open(claims[:1])
    assert steps.reap(now=NINE + timedelta(seconds=89)) == ledger.Reaped(0, 0)

    assert steps.reap(now=AFTER_LEASE) == ledger.Reaped(replanned=2, unknown=1)
    assert world.states() == {"planned": 2, "unknown": 1}


def test_a_renewed_claim_is_not_taken_back_and_a_silent_one_is(world: World, steps: Steps, post: int) -> None:
    claims = steps.claim()
    later = NINE + timedelta(seconds=80)
    with world.database.write() as session:
        assert ledger.renew(session, owner="d1", now=later, lease=timedelta(seconds=90)) == len(claims)
        assert ledger.renew(session, owner="d2", now=later, lease=timedelta(seconds=90)) == 0

    assert steps.reap(now=NINE + timedelta(seconds=120)).replanned == 0
    assert steps.reap(now=later + timedelta(seconds=91)).replanned == len(claims)


def test_the_reaper_uses_the_channels_guard_first(world: World, steps: Steps, post: int) -> None:
    steps.calls()
    assert steps.reap(now=AFTER_LEASE, demo=3600.0) == ledger.Reaped(replanned=0, unknown=0)
    assert world.states() == {"planned": 3}


def test_a_claim_of_a_dispatcher_that_came_back_from_the_dead_opens_nothing(
    world: World, steps: Steps, post: int
) -> None:
    old = steps.claim(owner="d1")
    steps.reap(now=AFTER_LEASE)
    steps.sweep(now=AFTER_LEASE)
    new = steps.claim(owner="d1", now=AFTER_LEASE)  # even under the same name

    assert steps.open(old, owner="d1", now=AFTER_LEASE).calls == ()
    assert len(steps.open(new, owner="d1", now=AFTER_LEASE).calls) == 3


def test_an_answer_that_comes_after_the_reaper_still_tells_the_truth(
    world: World, steps: Steps, post: int
) -> None:
    (call, *_) = steps.calls(limit=1)
    steps.reap(now=AFTER_LEASE)

    steps.settle(steps.result(call, "sent", now=AFTER_LEASE), now=AFTER_LEASE)

    assert world.states()["sent"] == 1
    assert steps.day().holds


def test_a_stale_result_is_recorded_and_changes_no_state(world: World, steps: Steps, post: int) -> None:
    (call, *_) = steps.calls(limit=1)
    steps.reap(now=AFTER_LEASE)
    with world.database.write() as session:
        user = world.user(session)
        ledger.answer_unknown(session, call.delivery_id, arrived=False, user=user, now=AFTER_LEASE)

    count = steps.settle(steps.result(call, "sent", now=AFTER_LEASE), now=AFTER_LEASE)

    assert count["stale"] == 1
    assert world.states() == {"planned": 3}
    assert [a.outcome for a in world.attempts()] == ["sent"]


def test_what_an_earlier_attempt_proved_sent_is_not_called_again(
    world: World, steps: Steps, post: int
) -> None:
    """The person said "it did not arrive", then the old answer came: it had."""
    test_a_stale_result_is_recorded_and_changes_no_state(world, steps, post)

    steps.sweep(now=AFTER_LEASE)
    calls = steps.calls(now=AFTER_LEASE)

    assert len(calls) == 2  # the other two groups
    assert world.states() == {"sent": 1, "sending": 2}
    assert steps.day().holds


@pytest.mark.parametrize(("arrived", "state"), [(True, "sent"), (False, "planned")])
def test_a_person_answers_whether_it_arrived(
    world: World, steps: Steps, post: int, arrived: bool, state: str
) -> None:
    (call, *_) = steps.calls(limit=1)
    steps.settle(steps.result(call, "unknown"))

    with world.database.write() as session:
        user = world.user(session, "operator")
        ledger.answer_unknown(session, call.delivery_id, arrived=arrived, user=user, now=NINE)

    (row,) = [row for row in world.rows(Delivery) if row.id == call.delivery_id]
    assert row.state == state
    assert steps.day().holds
    assert world.audit("delivery.state")[-1].actor == "user:aoperator"


def test_a_late_no_ends_it_instead_of_sending_out_of_time(world: World, steps: Steps, post: int) -> None:
    (call, *_) = steps.calls(limit=1)
    steps.settle(steps.result(call, "unknown"))

    with world.database.write() as session:
        user, now = world.user(session), NINE + timedelta(minutes=16)
        ledger.answer_unknown(session, call.delivery_id, arrived=False, user=user, now=now)

    assert world.states()["refused"] == 1


def test_only_people_answer_and_only_what_is_unknown(world: World, steps: Steps, post: int) -> None:
    (call, *_) = steps.calls(limit=1)
    with world.database.write() as session:
        with pytest.raises(StateConflict):
            ledger.answer_unknown(session, call.delivery_id, arrived=True, user=world.user(session), now=NINE)
        with pytest.raises(NotFound):
            ledger.answer_unknown(session, "nope", arrived=True, user=world.user(session), now=NINE)
    steps.settle(steps.result(call, "unknown"))
    with world.database.write() as session, pytest.raises(CalendarError):
        service = world.user(session, "service")
        ledger.answer_unknown(session, call.delivery_id, arrived=True, user=service, now=NINE)


def test_a_post_with_an_open_question_is_not_called_released(world: World, steps: Steps, post: int) -> None:
    first, *others = steps.calls()
    steps.settle(steps.result(first, "unknown"), *(steps.result(call) for call in others))
    steps.close()
    assert world.state(post) is PostState.releasing

    with world.database.write() as session:
        ledger.answer_unknown(session, first.delivery_id, arrived=True, user=world.user(session), now=NINE)
    assert world.state(post) is PostState.released


def test_a_post_that_reached_nobody_is_never_silently_called_released(
    world: World, steps: Steps, post: int
) -> None:
    steps.settle(*(steps.result(call, "refused", permanent=True, code="http.410") for call in steps.calls()))
    steps.close()

    assert world.state(post) is PostState.released
    assert "没有一个社群收到" in world.get(post).state_reason
    assert "被拒 3" in world.notices()["post.unsent"]


def test_a_post_skipped_everywhere_is_held_and_can_be_given_another_moment(
    world: World, steps: Steps
) -> None:
    for group in (1, 2, 3):
        world.set(Group, group, paused_at=world.now)
    post = world.approved()
    steps.freeze(post)
    steps.close()
    assert world.state(post) is PostState.held

    with world.database.write() as session:
        review.resume_post(session, session.get_one(Post, post), user=world.user(session), now=NINE)
    assert world.state(post) is PostState.in_review
    assert world.rows(Delivery) == []


def test_a_held_post_is_not_claimed_and_its_claims_come_back_from_the_door(
    world: World, steps: Steps, post: int
) -> None:
    claims = steps.claim()
    with world.database.write() as session:
        review.hold(session, session.get_one(Post, post), user=world.user(session), reason="等", now=NINE)

    assert steps.open(claims).calls == ()
    assert world.states() == {"planned": 3}
    assert steps.claim() == []


def test_a_post_corrected_in_the_middle_of_its_fan_out_gives_the_rest_the_new_text(
    world: World, steps: Steps, post: int
) -> None:
    (first,) = steps.calls(limit=1)
    steps.settle(steps.result(first))
    with world.database.write() as session:
        found, user = session.get_one(Post, post), world.user(session)
        review.hold(session, found, user=user, reason="有错字", now=NINE)
        old = world.newest(session, found).hash
        review.edit(session, found, "改好了", base_hash=old, user=user, findings=(), now=NINE)
        review.resume_post(session, found, user=user, now=NINE)
        later = (NINE + timedelta(hours=8, minutes=5)).time()
        review.reschedule(session, found, day=found.day, time=later, user=user, now=NINE)
    world.approve(post, now=NINE)
    at = NINE + timedelta(minutes=5)
    steps.freeze(post, now=at)

    calls = steps.calls(now=at)

    assert {call.text for call in calls} == {"改好了"} and len(calls) == 2
    assert first.delivery_id not in {call.delivery_id for call in calls}
    carried = {row.delivery_id: row.revision_hash for row in world.attempts()}
    assert carried[first.delivery_id] == old
    with world.database.read() as session:
        new = world.newest(session, session.get_one(Post, post)).hash
    assert {carried[call.delivery_id] for call in calls} == {new} != {old}
    assert steps.day().holds


def test_every_change_of_a_delivery_is_in_the_audit(world: World, steps: Steps, post: int) -> None:
    call = steps.calls(limit=1)[0]
    steps.settle(steps.result(call))

    moves = [(e.before, e.after) for e in world.audit("delivery.state") if e.subject_id == call.delivery_id]
    assert moves == [("planned", "claimed"), ("claimed", "sending"), ("sending", "sent")]


def test_a_batch_costs_the_same_statements_whatever_its_size(world: World, steps: Steps) -> None:
    from sqlalchemy import event

    world.more_groups(57)
    steps.freeze(world.approved())
    seen: list[str] = []
    event.listen(world.database.engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
    counts = []
    for size in (2, 50):
        seen.clear()
        calls = steps.calls(limit=size)
        steps.settle(*(steps.result(call) for call in calls))
        assert len(calls) == size
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_a_clock_that_jumps_two_hours_doubles_and_loses_nothing(
    world: World, steps: Steps, post: int
) -> None:
    call, *_ = steps.calls(limit=1)
    jumped = NINE + timedelta(hours=2)
    steps.reap(now=jumped)
    steps.settle(steps.result(call, now=jumped), now=jumped)
    assert world.states()["sent"] == 1

    back = NINE - timedelta(hours=2)
    assert steps.claim(now=back) == []
    steps.reap(now=back)
    steps.sweep(now=back)
    assert world.states() == {"sent": 1, "planned": 2}
    assert len(steps.calls(now=NINE)) == 2
    assert max(row.number for row in world.rows(Attempt)) == 1
    assert world.rows(Brand)[0].paused_at is None
