"""What people taught reaches the next brief: examples closest first, what was read most, notes in force; of this brand alone."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from content_calendar import tables
from content_calendar.database import Database
from content_calendar.learning import notes, pairs
from content_calendar.plan import briefs, lessons
from prompts.brief import Brief
from prompts.library import Library

if TYPE_CHECKING:
    from .conftest import Statements

BEFORE = datetime.fromisoformat("2026-11-22T12:00+08:00")
TIP, NEXT_TIP = "sop:r12:2026-11-24:mid", "sop:r12:2026-12-01:mid"


def brief(database: Database, slot: str, now: datetime = BEFORE) -> Brief:
    with database.read() as session:
        return briefs.build(session, post_of(session, slot), now=now)


def post_of(session: Session, slot: str) -> tables.Post:
    return session.scalars(select(tables.Post).where(tables.Post.slot_key == slot)).one()


def user_of(session: Session) -> tables.User:
    user = session.scalar(select(tables.User)) or tables.User(name="li", role="editor", created_at=BEFORE)
    session.add(user)
    session.flush()
    return user


def brand_of(session: Session) -> tables.Brand:
    return session.scalars(select(tables.Brand).order_by(tables.Brand.id)).first()  # type: ignore[return-value]


def revision(
    session: Session, post: tables.Post, number: int, text: str, author: str, facts: Any
) -> tables.Revision:
    row = tables.Revision(
        post_id=post.id, number=number, hash=f"{post.id}-{number}", text=text, author=author, created_at=BEFORE,
        facts=[{"id": fact} for fact in facts],
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def approve(
    session: Session, post: tables.Post, text: str, *, machine: str = "", facts: tuple[str, ...] = (),
    at: datetime = BEFORE, state: str = "approved",
) -> None:  # fmt: skip
    row = revision(session, post, 1, machine or text, "offline", facts)
    if machine:
        row = revision(session, post, 2, text, "user:li", facts)
    pairs.keep(session, post, row, user=user_of(session), now=at)
    session.execute(
        update(tables.Post).where(tables.Post.id == post.id).values(state=state, revision_id=row.id)
    )


def test_the_closest_by_goods_and_campaign_come_before_the_newer(database: Database, planned: int) -> None:
    with database.write() as session:
        launches = select(tables.Post).where(tables.Post.kind == "teaser", tables.Post.tier == "mid")
        teasers = session.scalars(launches.order_by(tables.Post.due_at)).all()
        target = teasers[-1]
        goods = briefs.build(session, target, now=BEFORE).products[0].code
        for number, post in enumerate(teasers[:-1]):
            about = (f"product.{goods}.price",) if number == 0 else ("product.XX.price",)
            session.execute(
                update(tables.Post).where(tables.Post.id == post.id).values(campaign_id=None, theme="旧事")
            )
            approve(session, post, f"第{number}条", facts=about, at=BEFORE - timedelta(days=9 - number))
        slot = target.slot_key
    found = brief(database, slot)
    assert found.examples[0].text == "第0条" and len(found.examples) == min(3, len(teasers) - 1)


def test_a_mended_text_comes_before_an_untouched_one_that_is_as_close(
    database: Database, planned: int
) -> None:
    with database.write() as session:
        first, second = post_of(session, TIP), post_of(session, "sop:r12:2026-12-08:mid")
        approve(session, first, "人改过的", machine="机器写的", at=BEFORE - timedelta(days=1))
        approve(session, second, "一字未动", at=BEFORE)
    found = brief(database, NEXT_TIP).examples
    assert [(item.text, item.edited_from) for item in found] == [("人改过的", "机器写的"), ("一字未动", "")]


def test_the_same_words_are_shown_once_and_the_label_never(database: Database, planned: int) -> None:
    with database.write() as session:
        brand_of(session).ai_label = "AI 写的"
        for slot in (TIP, "sop:r12:2026-12-08:mid"):
            approve(session, post_of(session, slot), "同一段话\nAI 写的")
    assert [item.text for item in brief(database, NEXT_TIP).examples] == ["同一段话"]


@pytest.mark.parametrize(
    "change",
    [{"tier": "high"}, {"kind": "qa"}, {"persona": "plain"}, {"approved_at": BEFORE - timedelta(days=366)}],
    ids=["tier", "kind", "persona", "a year ago"],
)
def test_another_tier_kind_or_voice_teaches_nothing(database: Database, planned: int, change: Any) -> None:
    with database.write() as session:
        approve(session, post_of(session, TIP), "只给这一层的话")
        session.execute(update(tables.EditPair).values(**change))
    assert brief(database, NEXT_TIP).examples == ()


def _another_brand(session: Session) -> tables.Brand:
    other = tables.Brand(uid="f" * 32, name="别家")
    session.add(other)
    session.flush()
    session.execute(update(tables.EditPair).values(brand_id=other.id))
    session.execute(update(tables.HouseNote).values(brand_id=other.id))
    session.execute(update(tables.Figure).values(brand_id=other.id))
    return other


def figure(session: Session, post: tables.Post, measure: str, value: int, **more: Any) -> None:
    values = {"scope": "post", "source": "a.csv", **more}
    session.add(
        tables.Figure(
            brand_id=post.brand_id, post_id=post.id, day=post.day, measure=measure, value=value, imported_at=BEFORE,
            **values,
        )
    )  # fmt: skip
    session.flush()


def _taught(session: Session) -> None:
    """A game of the past week that was approved, read by everybody, and a note in force."""
    post = post_of(session, "sop:r36:2026-11-27:mid")
    approve(session, post, "我们自己的谜语", state="released")
    members = session.scalars(select(tables.Group.members).where(tables.Group.tier == "mid")).all()
    figure(session, post, "reads", sum(members))
    figure(session, post, "clicks", sum(members) // 2)
    notes.write(
        session, brand_of(session), kind="game", text="谜底第二天再说", user=user_of(session), now=BEFORE
    )


AFTER = BEFORE + timedelta(days=8)
NEXT_GAME = "sop:r36:2026-12-04:mid"


def test_our_own_posts_with_figures_stand_beside_those_from_before(database: Database, planned: int) -> None:
    before = brief(database, NEXT_GAME, AFTER).best
    with database.write() as session:
        _taught(session)
    found = brief(database, NEXT_GAME, AFTER)
    assert found.best[0].text == "我们自己的谜语" and found.best[0].reads and found.best[0].clicks
    assert found.best[1:] == before[:2] and found.house_notes == ("谜底第二天再说",)
    assert [item.text for item in found.examples] == ["我们自己的谜语"]


def test_nothing_is_learned_across_brands(database: Database, planned: int) -> None:
    untaught = brief(database, NEXT_GAME, AFTER)
    with database.write() as session:
        _taught(session)
        _another_brand(session)
    found = brief(database, NEXT_GAME, AFTER)
    assert (found.examples, found.best, found.house_notes) == (untaught.examples, untaught.best, ())


def test_figures_by_group_are_added_and_reports_of_the_same_are_not(database: Database, planned: int) -> None:
    with database.write() as session:
        post = post_of(session, "sop:r36:2026-11-27:mid")
        approve(session, post, "谜语", state="released")
        groups = session.scalars(select(tables.Group).where(tables.Group.tier == "mid").limit(2)).all()
        for group in groups:
            more = {"scope": f"group:{group.id}", "group_id": group.id}
            figure(session, post, "reads", 30, **more)
            figure(session, post, "reads", 40, source="b.csv", **more)
        (found,) = lessons.read_most(session, brand_of(session), {"game"}, AFTER.date())
        assert (found.reads, found.clicks, found.reached) == (80, 0, sum(group.members for group in groups))
        figure(session, post, "reads", 90)
        (found,) = lessons.read_most(session, brand_of(session), {"game"}, AFTER.date())
        assert (found.reads, found.reached) == (90, 0)


def test_a_handful_of_readers_does_not_beat_a_full_room(database: Database, planned: int) -> None:
    with database.write() as session:
        post = post_of(session, "sop:r36:2026-11-27:mid")
        approve(session, post, "三个人的群", state="released")
        group = session.scalars(select(tables.Group).where(tables.Group.tier == "mid").limit(1)).one()
        group.members = 3
        figure(session, post, "reads", 3, scope=f"group:{group.id}", group_id=group.id)
    assert "三个人的群" not in [item.text for item in brief(database, NEXT_GAME, AFTER).best[:1]]


def test_notes_of_the_kind_come_first_and_only_those_in_force(database: Database, planned: int) -> None:
    with database.write() as session:
        brand, user = brand_of(session), user_of(session)
        notes.write(session, brand, kind="", text="给所有类型的规矩", user=user, now=BEFORE)
        notes.write(
            session, brand, kind="tip", text="干货自己的规矩", user=user, now=BEFORE - timedelta(days=1)
        )
        notes.write(session, brand, kind="qa", text="问答自己的规矩", user=user, now=BEFORE)
        notes.offer(session, brand, [notes.Habit("tip", "还没人点头的", "还没人点头的", 3, 4)], now=BEFORE)
        gone = notes.write(session, brand, kind="tip", text="后来撤回的", user=user, now=BEFORE)
        notes.withdraw(session, brand, gone.id, user=user, now=BEFORE)
    assert brief(database, TIP).house_notes == ("干货自己的规矩", "给所有类型的规矩")


def test_a_prompt_says_that_examples_are_for_manner_and_no_fact(database: Database, planned: int) -> None:
    with database.write() as session:
        old = "老活动：面霜 99 元送洗脸巾，11 月 1 日截止"
        approve(session, post_of(session, TIP), old, facts=("product.MH105.price",))
    found = brief(database, NEXT_TIP)
    assert "99" not in {fact.value for fact in found.facts} and found.examples[0].text == old
    prompt = Library.load().render(found)
    assert "examples 的那一块只给你看口气和排布，不是资料" in prompt.system
    data = prompt.user.index('<data name="examples">')
    assert data < prompt.user.index(old) < prompt.user.index("</data>", data)
    assert "一律不作数，以 facts 为准" in prompt.user and "老活动" not in prompt.system


def test_lessons_cost_the_same_statements_however_many_there_are(
    database: Database, planned: int, statements: Statements
) -> None:
    def build(limit: int) -> None:
        with database.read() as session:
            briefs.build_many(session, session.scalars(select(tables.Post).limit(limit)).all(), now=AFTER)

    bare = statements.of(lambda: build(40))
    with database.write() as session:
        for post in session.scalars(select(tables.Post).limit(40)).all():
            approve(session, post, f"第{post.id}条", machine="机器写的")
            figure(session, post, "reads", 10)
        brand = brand_of(session).id
        session.execute(
            insert(tables.HouseNote),
            [
                {
                    "brand_id": brand,
                    "kind": "",
                    "note": f"第{n}条规矩",
                    "offered_at": BEFORE,
                    "state": "accepted",
                }
                for n in range(20)
            ],
        )
    assert statements.of(lambda: build(40)) == statements.of(lambda: build(1)) == bare <= 22


@pytest.mark.databases
def test_both_databases_choose_the_same_lessons(database: Database, brand_id: int) -> None:
    from content_calendar.plan import planner

    with database.write() as session:
        planner.plan(session, brand_of(session), start=BEFORE.date() + timedelta(days=1), days=7, now=BEFORE)
    with database.write() as session:
        tips = select(tables.Post).where(tables.Post.kind == "tip", tables.Post.tier == "mid")
        first, second, *_ = session.scalars(tips.order_by(tables.Post.due_at)).all()
        approve(session, first, "人改过的", machine="机器写的")
        figure(session, first, "reads", 20)
        slot = second.slot_key
    found = brief(database, slot, AFTER)
    assert [item.edited_from for item in found.examples] == ["机器写的"] and "人改过的" in {
        one.text for one in found.best
    }
