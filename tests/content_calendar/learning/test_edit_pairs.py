"""With every approval one pair is kept: what the machine wrote, what a person let out, how far apart."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content_calendar import review
from content_calendar.errors import CalendarError
from content_calendar.learning import pairs
from content_calendar.tables import Brand, EditPair, Post
from prompts.brief import Fact, FactKind
from prompts.distance import distance
from prompts.draft import Draft, Provenance
from tests.fakes.briefs import full
from tests.release_world import BLOCK, World

LIVE = Fact(id="live.stock.P1", kind=FactKind.live, label="余量", value="stock:P1")


def edit(world: World, post_id: int, text: str, role: str = "editor") -> None:
    with world.database.write() as session:
        post = session.get_one(Post, post_id)
        review.edit(
            session, post, text, base_hash=world.newest(session, post).hash, user=world.user(session, role),
            findings=(), now=world.now,
        )  # fmt: skip


def submit(world: World, post_id: int, text: str, brief: Any = None, **provenance: Any) -> None:
    with world.database.write() as session:
        given = {"author": "offline", **provenance}
        draft = Draft(text=text, first_line=text, provenance=Provenance(**given))
        review.submit(
            session, session.get_one(Post, post_id), draft, brief, actor="system:writer", now=world.now
        )


def kept(world: World) -> list[EditPair]:
    return world.rows(EditPair)


@pytest.mark.databases
def test_an_approval_keeps_the_machine_s_text_and_the_person_s(world: World) -> None:
    post = world.post()
    submit(
        world, post, "大家记得先洗手哦！", full("tip", "low"), author="deepseek-chat", template="low/tip",
        template_hash="a" * 64,
    )  # fmt: skip
    edit(world, post, "先洗手。")
    world.approve(post, "lead")
    (pair,) = kept(world)
    assert (pair.machine, pair.approved) == ("大家记得先洗手哦！", "先洗手。") and 0 < pair.distance < 1
    assert (pair.author, pair.template, pair.template_hash) == ("deepseek-chat", "low/tip", "a" * 64)
    assert (pair.kind, pair.tier, pair.persona) == ("tip", "low", full("tip", "low").voice.persona)
    assert (pair.user_id, pair.approved_at) == (world.users["lead"], world.now)
    assert pair.machine_revision_id < pair.approved_revision_id == world.get(post).revision_id


def test_a_text_approved_as_it_stood_is_kept_with_distance_nought(world: World) -> None:
    world.approved(text="先洗手。")
    (pair,) = kept(world)
    assert pair.distance == 0 and pair.machine_revision_id == pair.approved_revision_id
    assert pair.persona == "chongfenguan"  # no brief is known: the brand's


def test_approving_again_keeps_one_pair_the_last(world: World) -> None:
    post = world.approved(text="先洗手，再涂霜。")
    edit(world, post, "先洗手。")
    world.now += timedelta(minutes=5)
    world.approve(post)
    (pair,) = kept(world)
    assert (
        pair.approved == "先洗手。" and pair.machine == "先洗手，再涂霜。" and pair.approved_at == world.now
    )


def test_the_machine_text_is_the_one_the_person_started_from(world: World) -> None:
    post = world.in_review(text="第一稿")
    edit(world, post, "人改过的")
    submit(world, post, "照人的意思重写的一稿")
    edit(world, post, "照人的意思重写的一稿，再补一句")
    world.approve(post)
    assert kept(world)[0].machine == "照人的意思重写的一稿"


def test_what_a_person_wrote_alone_makes_no_pair(world: World) -> None:
    post = world.post(state="in_review")
    edit_from_nothing = "编辑自己写的一条"
    with world.database.write() as session:
        review.edit(
            session, session.get_one(Post, post), edit_from_nothing, base_hash="", user=world.user(session),
            findings=(), now=world.now,
        )  # fmt: skip
    world.approve(post)
    assert kept(world) == []


def test_a_refused_approval_keeps_nothing(world: World) -> None:
    post = world.in_review(findings=[BLOCK])
    with pytest.raises(CalendarError):
        world.approve(post)
    assert kept(world) == []


@pytest.mark.parametrize("verb", ["request_changes", "reject"])
def test_a_text_turned_down_after_all_is_no_example(world: World, verb: str) -> None:
    post = world.approved()
    with world.database.write() as session:
        decide = getattr(review, verb)
        decide(
            session,
            session.get_one(Post, post),
            user=world.user(session),
            reason="想想还是不行",
            now=world.now,
        )
    assert kept(world) == []


def test_the_label_and_live_tokens_are_nobody_s_edit(world: World) -> None:
    world.set(Brand, world.brand_id, ai_label="内容由 AI 辅助生成")
    post = world.in_review(
        text="面霜还剩 ⟦stock:P1⟧ 盒。  \n要的点卡片。\n\n内容由 AI 辅助生成", facts=[LIVE]
    )
    edit(world, post, "面霜还剩  盒。\n要的点卡片。")
    world.approve(post)
    assert kept(world)[0].distance == 0


def test_pairs_are_found_by_brand_and_from_a_moment_on(world: World) -> None:
    world.approved(text="早")
    with world.database.read() as session:
        brand = world.brand(session)
        assert [pair.approved for pair in pairs.since(session, brand, world.now)] == ["早"]
        assert not pairs.since(session, brand, world.now + timedelta(seconds=1))


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=12))
def test_the_measure_is_a_share_and_the_same_both_ways(one: str, other: str, label: str) -> None:
    assert 0.0 <= distance(one, other, label) <= 1.0 and distance(one, one, label) == 0.0
    assert distance(one, other, label) == distance(other, one, label)
