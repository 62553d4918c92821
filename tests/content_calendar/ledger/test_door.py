"""Promises 1 and 4 at the door: whatever happened after approval, nothing unapproved or false gets through."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event, insert, text, update

from content_calendar.ledger import door
from content_calendar.states import PostState
from content_calendar.tables import Approval, LiveValue, Post, Product, Revision, User
from prompts.brief import Fact, FactKind
from tests.release_world import NINE, PRICE, WARN, World

if TYPE_CHECKING:
    from tests.content_calendar.ledger.conftest import Steps

LATER = NINE + timedelta(minutes=10)


def sql(world: World, statement: str) -> None:
    """Change the database behind the product's back."""
    with world.database.write() as session:
        session.execute(text(statement))


def forge_revision(world: World) -> None:
    """A newer revision nobody approved, put in place without leaving the approved state."""
    with world.database.write() as session:
        old = session.get_one(Revision, 1)
        values = {
            "post_id": old.post_id, "number": 2, "hash": "f" * 64, "text": "偷换", "facts": [],
            "provenance": {}, "author": "offline", "created_at": world.now, "first_line": "", "action": "",
            "picture": "",
        }  # fmt: skip
        session.execute(insert(Revision), [values])
        session.execute(update(Post).values(revision_id=2))


def age_the_price(world: World) -> None:
    world.set(Product, 1, price=189)


def drop_the_product(world: World) -> None:
    world.set(Product, 1, active=False)


DISASTERS: list[tuple[str, Callable[[World], None], str]] = [
    ("its text was altered", lambda w: sql(w, "UPDATE revision SET text = '偷改'"), "指纹"),
    ("its facts were altered", lambda w: sql(w, "UPDATE revision SET facts = '[]'"), "指纹"),
    ("a newer revision was slipped in", forge_revision, "指纹"),
    ("its approval was revoked", lambda w: w.set(Approval, 1, revoked_at=w.now), "批准"),
    ("its approval is for another hash", lambda w: w.set(Approval, 1, revision_hash="0" * 64), "批准"),
    ("its approval is gone", lambda w: sql(w, "DELETE FROM approval"), "批准"),
    ("its approver is a service account", lambda w: w.set(User, 1, role="service"), "编辑或主管"),
    ("a block was found later", lambda w: sql(w, "UPDATE finding SET verdict = 'block'"), "禁止"),
    ("its moment was moved", lambda w: w.set(Approval, 1, due_at=NINE - timedelta(hours=1)), "时间"),
    ("a price it names has changed", age_the_price, "面霜 日常价由「199」变为「189」"),
]


@pytest.mark.parametrize(("what", "disaster", "said"), DISASTERS, ids=[item[0] for item in DISASTERS])
def test_an_approved_post_is_held_and_told_of_when(
    world: World, steps: Steps, what: str, disaster: Callable[[World], None], said: str
) -> None:
    post = world.approved(text="面霜 199 元", facts=[PRICE], findings=[WARN])
    disaster(world)

    assert steps.freeze(post) is PostState.held
    assert said in world.get(post).state_reason
    assert said in world.notices()["post.held"]
    assert world.states() == {}


@pytest.mark.parametrize(("what", "disaster", "said"), DISASTERS, ids=[item[0] for item in DISASTERS])
def test_a_frozen_post_is_stopped_right_before_the_call_when(
    world: World, steps: Steps, what: str, disaster: Callable[[World], None], said: str
) -> None:
    post = world.approved(text="面霜 199 元", facts=[PRICE], findings=[WARN])
    steps.freeze(post)
    claims = steps.claim()
    disaster(world)

    opened = steps.open(claims)

    assert opened.calls == () and said in opened.refusals[post].reason
    assert world.states() == {"planned": 3} and world.attempts() == []


def test_a_product_that_was_taken_down_stops_its_post(world: World, steps: Steps) -> None:
    post = world.approved(text="面霜 199 元", facts=[PRICE])
    drop_the_product(world)

    assert steps.freeze(post) is PostState.held


def test_an_approval_that_expired_before_anything_left_makes_the_post_missed(
    world: World, steps: Steps
) -> None:
    post = world.approved()

    assert steps.freeze(post, now=NINE + timedelta(minutes=15, seconds=1)) is PostState.missed
    assert "post.missed" in world.notices()


def test_a_post_nobody_can_receive_is_held(world: World, steps: Steps) -> None:
    post = world.approved()
    sql(world, "DELETE FROM chat_group")

    assert steps.freeze(post) is PostState.held
    assert "社群" in world.get(post).state_reason


def test_a_live_value_is_filled_in_at_the_moment_of_sending(world: World, steps: Steps) -> None:
    live = Fact(id="live.stock:P1", kind=FactKind.live, label="余量", value="stock:P1")
    post = world.approved(text="手慢无\n还剩 ⟦stock:P1⟧ 盒\n去抢", facts=[live])
    steps.freeze(post)
    with world.database.write() as session:
        session.add(LiveValue(brand_id=world.brand_id, key="stock:P1", value="37", measured_at=NINE))

    assert {call.text for call in steps.calls()} == {"手慢无\n还剩 37 盒\n去抢"}


def test_a_line_whose_live_value_nobody_knows_is_left_out(world: World, steps: Steps) -> None:
    post = world.approved(text="手慢无\n还剩 ⟦stock:P1⟧ 盒\n去抢")
    steps.freeze(post)

    assert {call.text for call in steps.calls()} == {"手慢无\n去抢"}


def test_a_text_of_which_nothing_is_left_is_skipped_not_sent_empty(world: World, steps: Steps) -> None:
    post = world.approved(text="还剩 ⟦stock:P1⟧ 盒")
    steps.freeze(post)

    assert steps.calls() == ()
    assert world.states() == {"skipped": 3}


def test_a_text_longer_than_the_channel_takes_is_skipped(world: World, steps: Steps) -> None:
    post = world.approved(text="早" * 100)
    steps.freeze(post)

    opened = steps.open(steps.claim(), max_bytes=299)

    assert opened.skipped == 3 and world.states() == {"skipped": 3}


def test_many_posts_are_checked_with_as_many_statements_as_one(world: World) -> None:
    posts = [world.approved(text=f"第{n}条 199 元", facts=[PRICE]) for n in range(12)]
    seen: list[str] = []
    event.listen(world.database.engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
    counts = []
    for some in (posts[:1], posts):
        with world.database.read() as session:
            found = [session.get_one(Post, key) for key in some]
            seen.clear()
            verdicts = door.check_many(session, found, NINE)
        assert all(isinstance(verdict, door.Granted) for verdict in verdicts.values())
        counts.append(len(seen))
    assert counts[0] == counts[1]
