"""Every change is a new revision, back to review, with the approval gone in the same transaction."""

from __future__ import annotations

import pytest

from content_calendar import ledger, review
from content_calendar.errors import CalendarError, StateConflict
from content_calendar.states import PostState
from content_calendar.tables import Delivery, FindingRow, Post, Product, Release, Revision
from content_calendar.tables.post import ImmutableRowError
from prompts.draft import Finding
from tests.release_world import BLOCK, NINE, PRICE, WARN, World


def edit(world: World, post_id: int, text: str, *, role: str = "editor", **more: object) -> Revision:
    with world.database.write() as session:
        post = session.get_one(Post, post_id)
        base = session.get(Revision, post.revision_id) if post.revision_id else None
        given = {"base_hash": base.hash if base else "", "findings": (), "now": world.now, **more}
        return review.edit(session, post, text, user=world.user(session, role), **given)  # type: ignore[arg-type]


def freeze(world: World, post_id: int) -> None:
    with world.database.write() as session:
        assert ledger.freeze(session, post_id, now=world.now) is PostState.releasing


def test_a_draft_becomes_the_first_revision_with_its_findings(world: World) -> None:
    post = world.in_review(findings=[BLOCK, WARN])

    found = world.get(post)
    (revision,) = world.rows(Revision)
    assert (found.state, found.revision_id) == (PostState.in_review, revision.id)
    assert (revision.number, revision.author) == (1, "offline")
    assert {row.rule for row in world.rows(FindingRow)} == {BLOCK.rule, WARN.rule}
    assert not found.touched


def test_a_revision_cannot_be_changed(world: World) -> None:
    world.in_review()
    with pytest.raises(ImmutableRowError):
        world.set(Revision, 1, text="改")


@pytest.mark.databases
def test_an_edit_of_an_approved_post_sends_it_back_and_revokes_the_approval(world: World) -> None:
    post = world.approved()

    revision = edit(world, post, "改一句")

    found = world.get(post)
    assert (found.state, found.revision_id, found.touched) == (PostState.in_review, revision.id, True)
    assert revision.author == "user:aeditor" and revision.number == 2
    assert world.approvals()[0].revoked_at == world.now


def test_when_the_edit_is_rolled_back_the_approval_stands(world: World) -> None:
    post = world.approved()

    def interrupted() -> None:
        with world.database.write() as session:
            found = session.get_one(Post, post)
            base = world.newest(session, found).hash
            user = world.user(session)
            review.edit(session, found, "改一句", base_hash=base, user=user, findings=(), now=world.now)
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        interrupted()

    assert world.state(post) is PostState.approved
    assert world.approvals()[0].revoked_at is None
    assert len(world.rows(Revision)) == 1


@pytest.mark.databases
def test_two_editors_at_once_are_told_apart(world: World) -> None:
    post = world.in_review()
    first = world.rows(Revision)[0].hash
    edit(world, post, "编辑改的", base_hash=first)

    with pytest.raises(StateConflict, match="aeditor"):
        edit(world, post, "主管改的", role="lead", base_hash=first)
    assert [row.text for row in world.rows(Revision)][1:] == ["编辑改的"]


def test_a_writer_that_began_before_a_persons_edit_loses(world: World) -> None:
    post = world.in_review()
    began_with = world.rows(Revision)[0].hash
    edit(world, post, "人改的")

    with world.database.write() as session, pytest.raises(StateConflict, match="aeditor"):
        found = session.get_one(Post, post)
        draft = world.draft("机器写的")
        review.submit(session, found, draft, None, actor="system:writer", now=world.now, base_hash=began_with)


def test_a_new_machine_revision_revokes_the_approval_too(world: World) -> None:
    post = world.approved()

    with world.database.write() as session:
        found = session.get_one(Post, post)
        review.submit(session, found, world.draft("重写"), None, actor="user:aservice", now=world.now)

    assert world.state(post) is PostState.in_review
    assert world.approvals()[0].revoked_at is not None


@pytest.mark.parametrize("state", ["held", "missed", "cancelled", "released", "releasing"])
def test_a_writer_may_not_touch_what_a_person_stopped_or_what_has_gone(world: World, state: str) -> None:
    post = world.in_review()
    world.set(Post, post, state=state)

    with world.database.write() as session, pytest.raises(StateConflict):
        found = session.get_one(Post, post)
        review.submit(session, found, world.draft("重写"), None, actor="system:writer", now=world.now)


def test_saving_the_same_text_changes_nothing(world: World) -> None:
    post = world.approved(text="早安")

    edit(world, post, "早安\r\n")

    assert world.state(post) is PostState.approved
    assert len(world.rows(Revision)) == 1


@pytest.mark.databases
def test_an_edit_after_freezing_and_before_the_first_call_withdraws_the_release(world: World) -> None:
    post = world.approved()
    freeze(world, post)

    edit(world, post, "最后一刻改")

    assert world.state(post) is PostState.in_review
    assert world.rows(Release) == [] and world.rows(Delivery) == []
    assert world.approvals()[0].revoked_at is not None


def test_an_edit_is_refused_once_it_is_going_out(world: World) -> None:
    post = world.approved()
    freeze(world, post)
    send_one(world)

    with pytest.raises(StateConflict, match="暂缓"):
        edit(world, post, "来不及了")
    assert len(world.rows(Revision)) == 1


def send_one(world: World) -> None:
    """Open one attempt, as a dispatcher does right before a call."""
    from datetime import timedelta

    lease = timedelta(seconds=90)
    with world.database.write() as session:
        claims = ledger.claim(session, owner="d1", now=NINE, limit=1, lease=lease)
        ledger.open_attempts(session, claims, owner="d1", now=NINE, lease=lease)


def test_an_edited_held_post_stays_held(world: World) -> None:
    post = world.approved()
    with world.database.write() as session:
        review.hold(
            session, session.get_one(Post, post), user=world.user(session), reason="等通知", now=world.now
        )

    edit(world, post, "改一句")

    assert world.state(post) is PostState.held
    assert world.approvals()[0].revoked_at is not None


def test_operators_and_service_accounts_do_not_edit(world: World) -> None:
    post = world.in_review()
    for role in ("operator", "service"):
        with pytest.raises(review.NotAllowed):
            edit(world, post, "改", role=role)


@pytest.mark.parametrize("text", ["", "  \n ", "a\x00b", "长" * 20_001])
def test_a_text_nobody_could_send_is_refused(world: World, text: str) -> None:
    post = world.in_review()
    with pytest.raises(CalendarError):
        edit(world, post, text)


def test_an_edit_carries_the_findings_it_was_given(world: World) -> None:
    post = world.in_review(findings=[BLOCK])
    finding = Finding(rule="fact.number_unknown", verdict="block", reason="没有依据的数字")

    revision = edit(world, post, "改成 99 元", findings=[finding])

    rows = [row for row in world.rows(FindingRow) if row.revision_id == revision.id]
    assert [row.rule for row in rows] == ["fact.number_unknown"]


def test_a_text_mended_with_the_facts_of_today_can_be_approved_again(world: World) -> None:
    post = world.in_review(text="面霜 199 元", facts=[PRICE])
    world.set(Product, 1, price=189)
    with world.database.read() as session:
        fresh = review.facts_now(session, session.get_one(Post, post), now=world.now)
    assert [fact.value for fact in fresh] == ["189"]

    edit(world, post, "面霜 189 元", facts=fresh)
    world.approve(post)

    assert world.state(post) is PostState.approved


def test_a_person_may_write_a_post_nobody_wrote(world: World) -> None:
    post = world.post()

    edit(world, post, "我来写")

    assert world.state(post) is PostState.in_review
