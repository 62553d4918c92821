"""A move can be undone for a moment; a person may add a post where one may stand."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

import pytest

from content_calendar import review
from content_calendar.errors import StateConflict
from content_calendar.states import PostState
from content_calendar.tables import Post
from tests.release_world import DAY, World


def move(world: World, post_id: int, *, hour: int = 15, later: int = 0, role: str = "editor") -> None:
    with world.database.write() as session:
        post = session.get_one(Post, post_id)
        now = world.now + timedelta(seconds=later)
        review.reschedule(session, post, day=DAY, time=time(hour), user=world.user(session, role), now=now)


def undo(world: World, post_id: int, *, later: int = 5, role: str = "editor") -> None:
    with world.database.write() as session:
        now = world.now + timedelta(seconds=later)
        review.undo(session, session.get_one(Post, post_id), user=world.user(session, role), now=now)


def test_an_undone_move_stands_where_it_stood_and_its_approval_with_it(world: World) -> None:
    post = world.approved()
    before = world.get(post)
    move(world, post)
    assert world.state(post) is PostState.in_review

    undo(world, post)

    after = world.get(post)
    assert (after.state, after.due_at, after.touched) == ("approved", before.due_at, before.touched)
    assert [item.revoked_at for item in world.approvals()] == [None]


def test_a_move_of_a_post_in_review_is_undone_without_an_approval_appearing(world: World) -> None:
    post = world.in_review()
    before = world.get(post).due_at
    move(world, post)
    undo(world, post)
    assert (world.state(post), world.get(post).due_at, world.approvals()) == (PostState.in_review, before, [])


@pytest.mark.parametrize("later", [16, 3600])
def test_after_some_seconds_a_move_stays(world: World, later: int) -> None:
    post = world.approved()
    move(world, post)
    with pytest.raises(StateConflict, match="不能撤销"):
        undo(world, post, later=later)


def test_nobody_undoes_what_another_moved_or_what_happened_since(world: World) -> None:
    post = world.approved()
    move(world, post)
    with pytest.raises(StateConflict):
        undo(world, post, role="lead")
    with world.database.write() as session:
        found = session.get_one(Post, post)
        review.edit(
            session, found, "早上好，禾苗们", base_hash=world.newest(session, found).hash,
            user=world.user(session), findings=(), now=world.now,
        )  # fmt: skip
    with pytest.raises(StateConflict):
        undo(world, post)
    assert world.approvals()[0].revoked_at is not None


def test_an_approval_that_had_been_revoked_earlier_stays_revoked(world: World) -> None:
    post = world.approved()
    move(world, post)
    move(world, post, hour=16, later=1)
    undo(world, post, later=2)
    assert world.state(post) is PostState.in_review
    assert world.approvals()[0].revoked_at is not None


def add(world: World, **more: Any) -> Post:
    given = {
        "day": DAY,
        "time": time(16),
        "tier": "mid",
        "kind": "tip",
        "theme": "冬天少用热水",
        "key": "k1",
        **more,
    }
    with world.database.write() as session:
        role = given.pop("role", "editor")
        return review.add(
            session, world.brand(session), user=world.user(session, role), now=world.now, **given
        )


def test_an_added_post_waits_to_be_written_and_planning_leaves_it_alone(world: World) -> None:
    post = add(world)
    assert (post.state, post.touched, post.day, post.time, post.kind) == (
        "planned",
        True,
        DAY,
        "16:00",
        "tip",
    )
    assert world.audit("post.added")[0].subject_id == str(post.id)


def test_a_post_is_not_added_where_one_may_not_stand(world: World) -> None:
    add(world)
    with pytest.raises(StateConflict, match="已有内容"):
        add(world, key="k2")
    with pytest.raises(review.BadMoment, match="免打扰"):
        add(world, time=time(23, 30))
    with pytest.raises(review.BadMoment, match="过去"):
        add(world, day=DAY - timedelta(days=30))
    with pytest.raises(review.BadPost):
        add(world, kind="<script>", time=time(17))
    with pytest.raises(review.NotAllowed):
        add(world, role="operator", time=time(18))
