"""The panic button stops everything and gives nothing back in one burst."""

from __future__ import annotations

from datetime import timedelta

import pytest

from content_calendar import ledger, review
from content_calendar.errors import CalendarError, StateConflict
from content_calendar.states import PostState
from content_calendar.tables import Brand
from tests.release_world import NINE, World

LEASE = timedelta(seconds=90)


def pause(world: World, *, role: str = "operator") -> None:
    with world.database.write() as session:
        review.pause_brand(
            session, world.brand(session), user=world.user(session, role), reason="突发事件", now=world.now
        )


def resume(world: World, choices: dict[int, review.Choice], *, now: object = NINE, role: str = "editor") -> dict[int, str]:  # fmt: skip
    with world.database.write() as session:
        user = world.user(session, role)
        return review.resume_brand(session, world.brand(session), user=user, choices=choices, now=now)  # type: ignore[arg-type, return-value]


def test_while_paused_nothing_is_frozen_or_claimed(world: World) -> None:
    frozen, approved = world.approved(), world.approved(due_at=NINE + timedelta(minutes=1))
    with world.database.write() as session:
        ledger.freeze(session, frozen, now=NINE)
    pause(world)

    with world.database.write() as session:
        assert ledger.due(session, by=NINE + timedelta(hours=1)) == []
        assert ledger.claim(session, owner="d", now=NINE, limit=10, lease=LEASE) == []
    assert world.state(approved) is PostState.approved


def test_a_claim_taken_before_the_pause_stops_at_the_door(world: World) -> None:
    post = world.approved()
    with world.database.write() as session:
        ledger.freeze(session, post, now=NINE)
        claims = ledger.claim(session, owner="d", now=NINE, limit=10, lease=LEASE)
    pause(world)

    with world.database.write() as session:
        opened = ledger.open_attempts(session, claims, owner="d", now=NINE, lease=LEASE)
    assert opened.calls == ()
    assert world.states() == {"planned": 3}


@pytest.mark.databases
def test_what_fell_due_is_laid_before_a_person_and_held_unless_chosen(world: World) -> None:
    posts = [world.approved(due_at=NINE + timedelta(minutes=n)) for n in range(3)]
    pause(world)
    now = NINE + timedelta(minutes=5)
    with world.database.read() as session:
        preview = review.resume_preview(session, world.brand(session), now)
    assert [item.post_id for item in preview] == posts and all(item.sendable for item in preview)

    done = resume(world, {posts[0]: "send", posts[1]: "drop"}, now=now)

    assert done == {posts[0]: "send", posts[1]: "drop", posts[2]: "hold"}
    assert [world.state(post) for post in posts] == ["approved", "cancelled", "held"]
    assert world.get(posts[0]).late_policy == "send_late"


def test_what_is_past_its_window_cannot_simply_be_sent(world: World) -> None:
    post = world.approved()
    pause(world)

    with pytest.raises(CalendarError) as refused:
        resume(world, {post: "send"}, now=NINE + timedelta(minutes=16))
    assert refused.value.code == "resume.too_late"
    with world.database.read() as session:
        assert world.brand(session).paused_at is not None  # nothing half-done


def test_dropping_a_half_sent_post_expires_the_rest(world: World) -> None:
    post = world.approved()
    with world.database.write() as session:
        ledger.freeze(session, post, now=NINE)
        claims = ledger.claim(session, owner="d", now=NINE, limit=1, lease=LEASE)
    with world.database.write() as session:
        ledger.open_attempts(session, claims, owner="d", now=NINE, lease=LEASE)
    pause(world)

    resume(world, {post: "drop"})

    assert world.states() == {"sending": 1, "expired": 2}


def test_a_choice_for_a_post_that_is_not_overdue_is_refused(world: World) -> None:
    later = world.approved(due_at=NINE + timedelta(hours=5))
    pause(world)
    with pytest.raises(CalendarError):
        resume(world, {later: "send"})


def test_pausing_twice_and_resuming_what_runs_are_conflicts(world: World) -> None:
    with pytest.raises(StateConflict):
        resume(world, {})
    pause(world)
    with pytest.raises(StateConflict):
        pause(world)


def test_operators_and_services_do_not_resume(world: World) -> None:
    pause(world)
    for role in ("operator", "service"):
        with pytest.raises(review.NotAllowed):
            resume(world, {}, role=role)


def test_pause_and_resume_are_in_the_audit(world: World) -> None:
    pause(world)
    resume(world, {})
    assert world.audit("brand.paused")[0].detail == {"reason": "突发事件"}
    assert world.audit("brand.resumed")[0].actor == "user:aeditor"
    assert world.rows(Brand)[0].paused_at is None


@pytest.mark.databases
def test_missed_posts_are_told_once_even_when_looked_for_twice(world: World) -> None:
    world.in_review(due_at=world.now - timedelta(minutes=1))
    for _ in range(2):
        with world.database.write() as session:
            review.mark_missed(session, now=world.now)
    assert len([event for event in world.audit("post.state") if event.after == "missed"]) == 1
    assert list(world.notices()) == ["post.missed"]
