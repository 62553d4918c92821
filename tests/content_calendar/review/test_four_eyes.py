"""An offer of a careful brand goes out when two people allowed the same revision, and its author is neither."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

import pytest

from content_calendar import ledger, review
from content_calendar.states import PostState
from content_calendar.tables import Post, User
from tests.release_world import DAY, NINE, World


@pytest.fixture
def offer(world: World) -> int:
    """An offer in review of a brand that asks for four eyes."""
    world.set_brand(offers_need_two=True)
    return world.in_review(offer=True)


def edit(world: World, post_id: int, text: str, role: str = "editor") -> None:
    with world.database.write() as session:
        post = session.get_one(Post, post_id)
        review.edit(
            session, post, text, base_hash=world.newest(session, post).hash, user=world.user(session, role),
            findings=(), now=world.now,
        )  # fmt: skip


def test_the_first_approval_leaves_it_in_review_the_second_lets_it_out(world: World, offer: int) -> None:
    world.approve(offer)
    assert world.state(offer) is PostState.in_review
    world.approve(offer, role="lead")
    assert world.state(offer) is PostState.approved
    assert [(item.step, item.revoked_at) for item in world.approvals()] == [(1, None), (2, None)]


def test_nobody_is_both_people(world: World, offer: int) -> None:
    world.approve(offer)
    with pytest.raises(review.Unapprovable) as refused:
        world.approve(offer)
    assert refused.value.code == "approval.second_needed"
    assert world.state(offer) is PostState.in_review


def test_whoever_wrote_the_text_is_neither(world: World, offer: int) -> None:
    edit(world, offer, "今晚八点，老地方见")
    with pytest.raises(review.Unapprovable) as refused:
        world.approve(offer)
    assert refused.value.code == "approval.own_text"


def test_a_new_text_or_a_new_moment_needs_both_again(world: World, offer: int) -> None:
    world.approve(offer)
    edit(world, offer, "今晚八点，老地方见", role="lead")
    world.approve(offer)
    assert world.state(offer) is PostState.in_review
    with world.database.write() as session:
        post = session.get_one(Post, offer)
        review.reschedule(
            session, post, day=DAY, time=time(15), user=world.user(session, "lead"), now=world.now
        )
    with world.database.write() as session:
        extra = User(name="third", role="editor", created_at=world.now)
        session.add(extra)
        session.flush()
        post = session.get_one(Post, offer)
        review.approve(
            session, post, revision_hash=world.newest(session, post).hash, user=extra, now=world.now
        )
    assert world.state(offer) is PostState.in_review


def test_know_how_and_other_brands_need_one(world: World) -> None:
    world.set_brand(offers_need_two=True)
    assert world.state(world.approved()) is PostState.approved
    world.set_brand(offers_need_two=False)
    post = world.in_review(offer=True, due_at=NINE + timedelta(hours=2))
    world.approve(post)
    assert world.state(post) is PostState.approved


def test_the_door_holds_back_an_offer_one_person_had_allowed_before_the_switch(world: World) -> None:
    post = world.approved(offer=True)
    world.set_brand(offers_need_two=True)
    with world.database.write() as session:
        assert ledger.freeze(session, post, now=NINE) is not PostState.releasing
    assert world.state(post) is PostState.held
    assert "两位" in world.get(post).state_reason


def test_two_people_at_once_make_one_first_and_one_second(world: World, offer: int) -> None:
    done: list[Any] = []
    for role in ("editor", "lead"):
        world.approve(offer, role=role)
        done.append(world.state(offer))
    assert done == [PostState.in_review, PostState.approved]
