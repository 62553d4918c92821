"""Sending back, rejecting, holding, resuming, cancelling, moving: each with its reason and its audit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time, timedelta

import pytest

from content_calendar import ledger, review
from content_calendar.errors import CalendarError, StateConflict
from content_calendar.states import PostState
from content_calendar.tables import Brand, Comment, Delivery, Post
from content_calendar.zones import zone
from tests.release_world import DAY, NINE, World

LEASE = timedelta(seconds=90)


def act(
    world: World, function: Callable[..., object], post_id: int, *, role: str = "editor", **more: object
) -> object:
    with world.database.write() as session:
        given = {"now": world.now, **more}
        return function(session, session.get_one(Post, post_id), user=world.user(session, role), **given)


def freeze(world: World, post_id: int, *, opened: int = 0) -> None:
    with world.database.write() as session:
        assert ledger.freeze(session, post_id, now=NINE) is PostState.releasing
    if opened:
        with world.database.write() as session:
            claims = ledger.claim(session, owner="d1", now=NINE, limit=opened, lease=LEASE)
            ledger.open_attempts(session, claims, owner="d1", now=NINE, lease=LEASE)


@pytest.mark.parametrize(
    ("function", "state"),
    [(review.request_changes, "changes_requested"), (review.reject, "rejected"), (review.hold, "held")],
)
def test_a_decision_needs_a_reason_and_keeps_it(
    world: World, function: Callable[..., object], state: str
) -> None:
    post = world.in_review()

    with pytest.raises(CalendarError, match="原因"):
        act(world, function, post, reason="  ")
    act(world, function, post, reason="语气太硬")

    found = world.get(post)
    assert (found.state, found.state_reason, found.touched) == (state, "语气太硬", True)
    assert world.audit("post.state")[-1].detail["reason"] == "语气太硬"


def test_turning_down_an_approved_post_revokes_the_approval(world: World) -> None:
    post = world.approved()
    act(world, review.request_changes, post, reason="价格要改")
    assert world.approvals()[0].revoked_at is not None


def test_operators_hold_but_do_not_reject(world: World) -> None:
    post = world.approved()
    with pytest.raises(review.NotAllowed):
        act(world, review.reject, post, role="operator", reason="x")
    act(world, review.hold, post, role="operator", reason="群里出事了")
    assert world.state(post) is PostState.held


def test_a_held_post_never_goes_straight_back_to_approved(world: World) -> None:
    post = world.approved()
    act(world, review.hold, post, reason="等通知")

    act(world, review.resume_post, post)

    assert world.state(post) is PostState.in_review
    assert world.approvals()[0].revoked_at is not None


def test_a_hold_in_the_middle_of_a_fan_out_can_go_on_when_nothing_changed(world: World) -> None:
    post = world.approved()
    freeze(world, post, opened=1)
    act(world, review.hold, post, reason="看一下")
    with world.database.write() as session:
        assert ledger.claim(session, owner="d2", now=NINE, limit=10, lease=LEASE) == []

    act(world, review.resume_post, post, now=NINE + timedelta(minutes=5))

    assert world.state(post) is PostState.releasing
    assert world.approvals()[0].revoked_at is None


def test_a_hold_that_lasted_beyond_the_window_needs_a_new_approval(world: World) -> None:
    post = world.approved()
    freeze(world, post, opened=1)
    act(world, review.hold, post, reason="看一下")

    act(world, review.resume_post, post, now=NINE + timedelta(minutes=16))

    assert world.state(post) is PostState.in_review


def test_cancelling_before_anything_left_leaves_no_delivery(world: World) -> None:
    post = world.approved()
    freeze(world, post)

    act(world, review.cancel, post, reason="活动取消")

    assert world.state(post) is PostState.cancelled
    assert world.rows(Delivery) == []


@pytest.mark.databases
def test_cancelling_in_the_middle_cancels_the_rest_and_says_so(world: World) -> None:
    post = world.approved()
    freeze(world, post, opened=1)

    act(world, review.cancel, post, reason="发错了")

    assert world.states() == {"sending": 1, "cancelled": 2}
    assert "2 个社群" in world.get(post).state_reason


@pytest.mark.parametrize("state", ["released", "cancelled", "releasing"])
def test_what_has_gone_cannot_be_moved(world: World, state: str) -> None:
    post = world.in_review()
    world.set(Post, post, state=state)
    with pytest.raises(StateConflict):
        act(world, review.reschedule, post, day=DAY, time=time(12, 0))


def test_moving_an_approved_post_needs_a_new_approval(world: World) -> None:
    post = world.approved()

    act(world, review.reschedule, post, day=DAY, time=time(20, 30))

    found = world.get(post)
    assert (found.state, found.time, found.touched) == (PostState.in_review, "20:30", True)
    assert found.due_at == NINE + timedelta(hours=11, minutes=30)
    assert world.approvals()[0].revoked_at is not None


def test_a_missed_post_with_a_new_moment_comes_back_to_review(world: World) -> None:
    post = world.in_review(due_at=NINE - timedelta(hours=3))
    with world.database.write() as session:
        review.mark_missed(session, now=world.now)

    act(world, review.reschedule, post, day=DAY, time=time(20, 30))

    assert world.state(post) is PostState.in_review


@pytest.mark.parametrize(
    ("day", "wall", "code"),
    [
        (DAY, time(7, 59), "post.in_the_past"),
        (date(2026, 11, 22), time(20, 0), "post.in_the_past"),
        (DAY, time(22, 30), "post.quiet_hours"),
        (DAY, time(23, 59), "post.quiet_hours"),
        (date(2026, 11, 24), time(8, 29), "post.quiet_hours"),
        (DAY, time(12, 0), "post.slot_taken"),
    ],
)
def test_a_post_cannot_be_moved_where_it_does_not_fit(world: World, day: date, wall: time, code: str) -> None:
    post = world.approved()
    world.in_review(due_at=NINE + timedelta(hours=3))

    with pytest.raises(CalendarError) as refused:
        act(world, review.reschedule, post, day=day, time=wall)
    assert refused.value.code == code
    assert world.state(post) is PostState.approved


def test_a_moment_in_a_gap_of_daylight_saving_moves_to_the_first_valid_minute(world: World) -> None:
    world.set(Brand, world.brand_id, zone="Europe/Berlin", quiet_from="00:00", quiet_to="00:00")
    post = world.in_review()
    world.set(Post, post, zone="Europe/Berlin")

    act(world, review.reschedule, post, day=date(2027, 3, 28), time=time(2, 30))

    found = world.get(post)
    assert found.time == "03:00"
    assert found.due_at.astimezone(zone("Europe/Berlin")).hour == 3


def test_a_comment_points_at_a_range_of_the_text(world: World) -> None:
    post = world.in_review(text="早安，禾苗们")
    with world.database.write() as session:
        found = session.get_one(Post, post)
        user = world.user(session, "operator")
        review.comment(session, found, "这里改成昵称", user=user, now=world.now, start=3, end=6)
        with pytest.raises(CalendarError):
            review.comment(session, found, "越界", user=user, now=world.now, start=3, end=600)
    (row,) = world.rows(Comment)
    assert (row.start, row.end, row.text) == (3, 6, "这里改成昵称")
