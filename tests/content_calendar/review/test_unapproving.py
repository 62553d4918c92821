"""A slip of the finger is taken back within seconds, by the same person, before anything goes out."""

from __future__ import annotations

from datetime import timedelta

import pytest

from content_calendar import ledger, review
from content_calendar.errors import StateConflict
from content_calendar.states import PostState
from content_calendar.tables import Post
from tests.release_world import NINE, World


def take_back(world: World, post_id: int, *, role: str = "editor", later: float = 5) -> PostState:
    with world.database.write() as session:
        post = session.get_one(Post, post_id)
        when = world.now + timedelta(seconds=later)
        return review.unapprove(session, post, user=world.user(session, role), now=when)


@pytest.mark.databases
def test_it_is_in_review_again_and_the_audit_says_who(world: World) -> None:
    post = world.approved()
    assert take_back(world, post) is PostState.in_review
    (approval,) = world.approvals()
    assert approval.revoked_at is not None and approval.revoke_reason == "撤销批准"
    assert world.audit("post.approval_revoked")[0].actor == "user:aeditor"
    world.approve(post)
    assert world.state(post) is PostState.approved


@pytest.mark.parametrize(("role", "later"), [("lead", 5), ("editor", 16)])
def test_neither_somebody_else_nor_anybody_later(world: World, role: str, later: float) -> None:
    post = world.approved()
    with pytest.raises(StateConflict) as refused:
        take_back(world, post, role=role, later=later)
    assert refused.value.code == "approval.no_undo" and world.state(post) is PostState.approved


def test_an_operator_may_not(world: World) -> None:
    post = world.approved()
    with pytest.raises(review.NotAllowed):
        take_back(world, post, role="operator")


def test_what_goes_out_is_not_called_back(world: World) -> None:
    post = world.approved()
    with world.database.write() as session:
        assert ledger.freeze(session, post, now=NINE) is PostState.releasing
    with pytest.raises(StateConflict):
        take_back(world, post)
    assert world.state(post) is PostState.releasing


def test_the_second_of_two_takes_back_only_their_own(world: World) -> None:
    world.set_brand(offers_need_two=True)
    post = world.in_review(offer=True)
    world.approve(post)
    world.approve(post, role="lead")
    assert take_back(world, post, role="lead") is PostState.in_review
    assert [item.revoked_at is None for item in world.approvals()] == [True, False]
    assert take_back(world, post) is PostState.in_review
    assert all(item.revoked_at for item in world.approvals())
