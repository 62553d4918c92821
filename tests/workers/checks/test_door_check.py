"""The last check at the door: the exact text, by the facts and rules of this moment, once a text."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from content_calendar import ledger, review
from content_calendar.clock import FixedClock
from content_calendar.ledger import door
from content_calendar.states import PostState
from content_calendar.tables import Campaign, CheckRun, FindingRow, LiveValue, Post
from generator import checks
from prompts.brief import Fact, FactKind
from tests.release_world import NINE, World
from workers.checks import door as door_check
from workers.checks.door import DoorCheck
from workers.dispatcher import Dispatcher
from workers.runtime import Runtime

Forbid = Callable[..., int]
CLEAN = "早安，小仙女们，今天记得喝水"


@pytest.fixture
def clock(world: World) -> FixedClock:
    return FixedClock(NINE)


@pytest.mark.databases
def test_a_rule_told_after_the_approval_holds_the_post_and_nothing_leaves(
    world: World, runtime: Runtime, forbid: Forbid
) -> None:
    post, other = world.approved(text=CLEAN), world.approved(text="早安，禾苗们，今天记得喝水")
    forbid("小仙女")

    Dispatcher(runtime, "one").tick()

    assert world.state(post) is PostState.held and world.state(other) is PostState.released
    assert {message.text for message in world.messages()} == {"早安，禾苗们，今天记得喝水"}
    assert "小仙女" in world.notices()["post.held"] and "发送前复查" in world.get(post).state_reason
    revision = world.get(post).revision_id
    shown = [row for row in world.rows(FindingRow) if row.revision_id == revision and row.verdict == "block"]
    assert [(row.excerpt, row.start, row.end) for row in shown] == [("小仙女", 3, 6)]
    run = next(row for row in world.rows(CheckRun) if row.revision_id == revision)
    assert (run.cause, run.verdict) == ("door", "block")


def test_a_rule_told_between_freezing_and_sending_holds_the_post_too(
    world: World, runtime: Runtime, clock: FixedClock, forbid: Forbid
) -> None:
    clock.instant = NINE - timedelta(seconds=20)
    post = world.approved(text=CLEAN)
    with world.database.write() as session:
        assert ledger.freeze(session, post, now=clock.now(), inspect=DoorCheck()) is PostState.releasing
    forbid("小仙女")
    clock.instant = NINE
    Dispatcher(runtime, "one").tick()
    assert world.state(post) is PostState.held and not world.messages()


def test_what_a_lead_lifted_goes_out_and_a_held_post_can_be_lifted_again(
    world: World, runtime: Runtime, forbid: Forbid
) -> None:
    forbid("小仙女")
    post = world.approved(text=CLEAN)
    Dispatcher(runtime, "one").tick()
    assert world.state(post) is PostState.held, "the writer of this text knew nothing of the rule"
    with world.database.write() as session:
        row = session.get_one(Post, post)
        review.resume_post(session, row, user=world.user(session), now=world.now)
        with pytest.raises(review.Unapprovable):
            review.approve(
                session, row, revision_hash=world.newest(session, row).hash, user=world.user(session),
                now=world.now,
            )  # fmt: skip
        review.approve(
            session, row, revision_hash=world.newest(session, row).hash, user=world.user(session, "lead"),
            now=world.now, override_reason="老客都这么叫",
        )  # fmt: skip
    Dispatcher(runtime, "two").tick()
    assert world.state(post) is PostState.released and len(world.messages()) == 3


def test_the_ai_label_must_stand_in_the_text_that_is_sent(world: World, runtime: Runtime) -> None:
    world.set_brand(ai_label="内容由AI辅助生成", ai_label_on=True)
    bare = world.approved(text=CLEAN)
    whole = world.approved(text=f"{CLEAN}\n内容由AI辅助生成")
    Dispatcher(runtime, "one").tick()
    assert world.state(bare) is PostState.held and world.state(whole) is PostState.released


def test_a_live_number_is_no_number_from_nowhere(world: World, runtime: Runtime) -> None:
    with world.database.write() as session:
        session.add(
            Campaign(
                brand_id=world.brand_id, code="c1", name="周一福利", kind="flash_sale", stock=500,
                start_at=NINE - timedelta(hours=1), end_at=NINE + timedelta(hours=2, minutes=5), row=2,
            )
        )  # fmt: skip
        session.add(
            LiveValue(
                brand_id=world.brand_id,
                key="campaign_stock:c1",
                value="137",
                measured_at=NINE - timedelta(minutes=9),
                source="t",
            )
        )
    facts = [
        Fact(
            id="live.campaign_stock:c1",
            kind=FactKind.live,
            label="余量",
            value="campaign_stock:c1",
            unit="份",
        ),
        Fact(id="live.time_left:c1", kind=FactKind.live, label="剩余", value="time_left:c1"),
    ]
    post = world.approved(text="周一福利还剩⟦campaign_stock:c1⟧份，⟦time_left:c1⟧结束", facts=facts)
    Dispatcher(runtime, "one").tick()
    assert world.state(post) is PostState.released, world.get(post).state_reason
    assert "还剩137份" in world.messages()[0].text


def test_a_text_is_checked_once_however_many_groups_hear_it(
    world: World, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    check = checks.check

    def counted(text: str, *args: object, **more: object) -> object:
        asked.append(text)
        return check(text, *args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(door_check, "check", counted)
    world.more_groups(57)
    world.approved(text=CLEAN)
    Dispatcher(runtime, "one").tick()
    assert len(world.messages()) == 60 and asked == [CLEAN]


def test_the_canary_is_not_judged(world: World) -> None:
    world.set_brand(uid="canary", forbidden=["喝水"])
    post = world.approved(text=CLEAN)
    with world.database.write() as session:
        row = session.get_one(Post, post)
        outbound = door.Outbound(row, world.newest(session, row), CLEAN)
        assert DoorCheck()(session, outbound, NINE) is None
