"""Promise 1 and 5: a person allows one exact revision for one exact moment; nothing else counts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from content_calendar import review
from content_calendar.errors import CalendarError, StateConflict
from content_calendar.states import PostState
from content_calendar.tables import Post, Product
from tests.release_world import BLOCK, NINE, PRICE, WARN, World


def approve(world: World, post_id: int, *, role: str = "editor", **more: object) -> None:
    with world.database.write() as session:
        post = session.get_one(Post, post_id)
        given = {"revision_hash": world.newest(session, post).hash, "now": world.now, **more}
        review.approve(session, post, user=world.user(session, role), **given)  # type: ignore[arg-type]


@pytest.mark.databases
def test_an_approval_binds_to_the_newest_revision_and_its_moment(world: World) -> None:
    post = world.approved()

    (approval,) = world.approvals()
    found = world.get(post)
    assert found.state == PostState.approved
    assert (approval.revision_id, approval.due_at) == (found.revision_id, found.due_at)
    assert approval.expires_at == NINE + timedelta(minutes=15)
    assert world.audit("post.approved")[0].actor == "user:aeditor"


def test_approving_what_somebody_has_changed_meanwhile_names_who(world: World) -> None:
    post = world.in_review()
    with world.database.write() as session:
        found = session.get_one(Post, post)
        old = world.newest(session, found).hash
        review.edit(
            session,
            found,
            "换了一句",
            base_hash=old,
            user=world.user(session, "lead"),
            findings=(),
            now=world.now,
        )

    with pytest.raises(StateConflict, match="alead"):
        approve(world, post, revision_hash=old)
    assert world.approvals() == []


@pytest.mark.parametrize("role", ["operator", "service"])
def test_only_editors_and_the_lead_approve(world: World, role: str) -> None:
    post = world.in_review()

    with pytest.raises(review.NotAllowed):
        approve(world, post, role=role)
    assert world.state(post) is PostState.in_review


def test_somebody_who_left_approves_nothing(world: World) -> None:
    from content_calendar.tables import User

    post = world.in_review()
    world.set(User, world.users["editor"], active=False)

    with pytest.raises(review.NotAllowed):
        approve(world, post)


def test_a_blocking_finding_cannot_be_approved(world: World) -> None:
    post = world.in_review(findings=[BLOCK])

    with pytest.raises(CalendarError) as refused:
        approve(world, post)
    assert refused.value.code == "approval.blocked"
    with pytest.raises(CalendarError):
        approve(world, post, override_reason="编辑不能放行")
    with pytest.raises(CalendarError):
        approve(world, post, role="lead", override_reason="   ")
    assert world.state(post) is PostState.in_review


def test_a_lead_lifts_a_block_with_a_reason_that_is_logged(world: World) -> None:
    post = world.in_review(findings=[BLOCK])

    approve(world, post, role="lead", override_reason="法务已确认")

    assert world.state(post) is PostState.approved
    assert world.approvals()[0].override_reason == "法务已确认"
    assert world.audit("post.approved")[0].detail["override"] == "法务已确认"


def test_a_warning_does_not_stand_in_the_way(world: World) -> None:
    post = world.in_review(findings=[WARN])
    approve(world, post)
    assert world.state(post) is PostState.approved


@pytest.mark.parametrize(
    ("cutoff", "before", "ok"), [(0, 1, True), (0, 0, False), (30, 31, True), (30, 29, False)]
)
def test_approval_ends_at_the_cut_off(world: World, cutoff: int, before: int, ok: bool) -> None:
    from content_calendar.tables import Brand

    post = world.in_review()
    world.set(Brand, world.brand_id, approval_cutoff_minutes=cutoff)
    now = NINE - timedelta(minutes=before)

    if ok:
        approve(world, post, now=now)
    else:
        with pytest.raises(CalendarError) as refused:
            approve(world, post, now=now)
        assert refused.value.code == "approval.too_late"


def test_a_text_altered_behind_our_back_cannot_be_approved(world: World) -> None:
    post = world.in_review()
    with world.database.write() as session:
        session.execute(text("UPDATE revision SET text = '改过了'"))

    with pytest.raises(CalendarError) as refused:
        approve(world, post)
    assert refused.value.code == "approval.hash_broken"


def test_a_fact_that_changed_since_writing_is_told_before_approval(world: World) -> None:
    post = world.in_review(text="面霜 199 元", facts=[PRICE])
    world.set(Product, 1, price=189)

    with pytest.raises(CalendarError, match=r"199.*189") as refused:
        approve(world, post)
    assert refused.value.code == "approval.facts_changed"


def test_a_post_is_approved_once(world: World) -> None:
    post = world.approved()

    with pytest.raises(StateConflict):
        approve(world, post)
    assert len(world.approvals()) == 1


def test_the_desk_can_ask_why_not(world: World) -> None:
    good, blocked = world.in_review(), world.in_review(findings=[BLOCK])
    empty = world.post()

    with world.database.read() as session:
        why = [
            review.unapprovable(session, session.get_one(Post, key), world.now)
            for key in (good, blocked, empty)
        ]
    assert why[0] is None
    assert why[1] is not None and "绝对化用语" in why[1]
    assert why[2] is not None
