"""Taking back the last decision: what each kind comes back to, and what nobody may take back."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest

from content_calendar import audit, ledger, review
from content_calendar.errors import StateConflict
from content_calendar.review import Undone
from content_calendar.states import PostState
from content_calendar.tables import Post, Revision
from tests.release_world import NINE, World

P = PostState


def undo(world: World, post_id: int, *, role: str = "editor", later: float = 5) -> Undone:
    with world.database.write() as session:
        post, user = session.get_one(Post, post_id), world.user(session, role)
        when = world.now + timedelta(seconds=later)

        def restore(newest: Revision, former: Revision) -> None:
            review.edit(
                session, post, former.text, base_hash=newest.hash, user=user, findings=(), now=when, picture=former.picture
            )  # fmt: skip

        return review.undo_last(session, post, user=user, now=when, restore=restore)


@pytest.mark.databases
@pytest.mark.parametrize("what", ["changes", "rejection", "hold"])
def test_what_was_turned_down_lies_before_the_editors_again(world: World, what: str) -> None:
    post = world.approved()
    with world.database.write() as session:
        row, user, now = session.get_one(Post, post), world.user(session), world.now
        {
            "changes": lambda: review.request_changes(session, row, user=user, reason="短一点", now=now),
            "rejection": lambda: review.reject(session, row, user=user, reason="不要", now=now),
            "hold": lambda: review.hold(session, row, user=user, reason="等等", now=now),
        }[what]()
    assert undo(world, post) == Undone(what, P.in_review)
    assert not [row for row in world.approvals() if row.revoked_at is None], (
        "the approval does not come back by itself"
    )


def test_a_new_text_gives_way_to_the_former_as_a_version_of_its_own(world: World) -> None:
    post = world.in_review(text="第一版。")
    with world.database.write() as session:
        row, user = session.get_one(Post, post), world.user(session)
        base = world.newest(session, row).hash
        review.edit(session, row, "第二版。", base_hash=base, user=user, findings=(), now=world.now)
    assert undo(world, post) == Undone("text", P.in_review)
    assert [row.text for row in world.rows(Revision)] == ["第一版。", "第二版。", "第一版。"]


def test_the_first_of_two_approvals_and_a_move_are_taken_back(world: World) -> None:
    world.set_brand(offers_need_two=True)
    post = world.in_review(offer=True)
    world.approve(post)
    assert undo(world, post) == Undone("approval", P.in_review)
    before = world.get(post).due_at
    with world.database.write() as session:
        row = session.get_one(Post, post)
        day = date.fromisoformat(str(row.day)) + timedelta(days=1)
        review.reschedule(session, row, day=day, time=time(11, 0), user=world.user(session), now=world.now)
    assert undo(world, post).what == "move" and world.get(post).due_at == before


def test_what_the_machine_noted_meanwhile_is_no_obstacle(world: World) -> None:
    post = world.approved()
    with world.database.write() as session:
        row = session.get_one(Post, post)
        audit.note(
            session, brand_id=row.brand_id, now=world.now, actor="system:checks", action="post.rechecked", subject="post",
            subject_id=post, detail={},
        )  # fmt: skip
    assert undo(world, post) == Undone("approval", P.in_review)


@pytest.mark.parametrize(("role", "later", "why"), [("lead", 5, "又动过它"), ("editor", 601, "10 分钟以前")])
def test_neither_anothers_decision_nor_an_old_one(world: World, role: str, later: float, why: str) -> None:
    post = world.in_review()
    with world.database.write() as session:
        row, user = session.get_one(Post, post), world.user(session)
        review.request_changes(session, row, user=user, reason="短一点", now=world.now)
    with pytest.raises(StateConflict, match=why) as refused:
        undo(world, post, role=role, later=later)
    assert refused.value.code == "decision.no_undo" and world.state(post) is P.changes_requested


def test_what_goes_out_is_not_called_back_and_an_operator_undoes_nothing(world: World) -> None:
    post = world.approved()
    with pytest.raises(review.NotAllowed):
        undo(world, post, role="operator")
    with world.database.write() as session:
        assert ledger.freeze(session, post, now=NINE) is P.releasing
    with pytest.raises(StateConflict):
        undo(world, post)
    assert world.state(post) is P.releasing
