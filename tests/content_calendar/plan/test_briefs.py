"""Briefs: everything a writer may know, with sources, in a fixed number of statements."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from content_calendar import tables
from content_calendar.database import Database
from content_calendar.learning import pairs
from content_calendar.plan import briefs
from prompts.brief import Brief, FactKind

if TYPE_CHECKING:
    from .conftest import Statements

BEFORE = datetime.fromisoformat("2026-11-22T12:00+08:00")


def brief(database: Database, slot: str, **more: Any) -> Brief:
    with database.read() as session:
        post = session.scalars(select(tables.Post).where(tables.Post.slot_key == slot)).one()
        return briefs.build(session, post, now=BEFORE, **more)


def test_a_brief_carries_voice_tier_moment_and_theme(database: Database, planned: int) -> None:
    found = brief(database, "sop:r32:2026-11-26:mid")
    assert (found.voice.brand, found.voice.persona, found.voice.nickname, found.voice.fans) == (
        "沐禾",
        "chongfenguan",
        "沐禾宠粉官",
        "禾苗",
    )
    assert (found.tier.level, found.tier.name, found.tier.daily_cap) == ("mid", "福利群", 6)
    assert found.at.isoformat() == "2026-11-26T20:00:00+08:00" and found.kind_written == "新品开售"
    assert found.theme == "神经酰胺修护面霜开售，卡片直接进" and found.remark == "到点发，不早不晚"
    assert (found.lane, found.groups, found.max_bytes) == ("confirm", 14, 4000)
    assert found.hooks == ("周四",) and 0 < len(found.tags) <= 12


def test_an_offer_s_brief_has_campaign_stage_touch_and_goods(database: Database, planned: int) -> None:
    found = brief(database, "sop:r32:2026-11-26:mid")
    assert found.campaign is not None and found.campaign.code == "c2" and found.campaign.price == "199"
    assert found.campaign.start_at.isoformat() == "2026-11-26T20:00:00+08:00"
    assert found.stage == "start" and found.touch is not None
    assert (found.touch.angle, found.touch.number, found.touch.of, found.touch.aidma) == (
        "opening",
        6,
        11,
        "action",
    )
    assert [item.code for item in found.products] == ["MH105"] and found.next_launch is None


def test_every_number_of_rules_and_theme_is_a_fact_with_its_cell(database: Database, planned: int) -> None:
    facts = {fact.id: fact for fact in brief(database, "sop:r44:2026-11-28:mid").facts}
    assert (facts["product.MH107.lowest_7d"].value, facts["product.MH107.lowest_7d"].source) == (
        "69",
        "商品!E8",
    )
    assert (
        facts["campaign.c3.stock"].value,
        facts["campaign.c3.stock"].unit,
        facts["campaign.c3.stock"].source,
    ) == ("800", "盒", "活动!I3")
    assert (facts["campaign.c3.limit"].value, facts["campaign.c3.limit"].unit) == ("2", "盒")
    assert (
        facts["campaign.c3.end"].value == "2026-11-28T22:00:00+08:00"
        and facts["campaign.c3.end"].source == "活动!H3"
    )
    theme = [
        (fact.kind, fact.value, fact.unit, fact.source)
        for key, fact in facts.items()
        if key.startswith("theme.")
    ]
    assert (FactKind.price, "49", "", "SOP!E44") in theme and (
        FactKind.amount,
        "800",
        "盒",
        "SOP!E44",
    ) in theme
    assert (FactKind.moment, "2026-11-28T16:00:00+08:00", "", "SOP!E44") in theme
    assert facts["brand.mall_url"].source == "品牌!B8" and facts["brand.hours"].value == "09:00-22:30"


def test_weekly_gift_days_stand_on_their_own_numbers(database: Database, planned: int) -> None:
    found = brief(database, "sop:r22:2026-11-25:low")
    assert found.campaign is None and found.touch is None
    values = {
        (fact.kind.value, fact.value, fact.unit) for fact in found.facts if fact.id.startswith("theme.")
    }
    assert {
        ("price", "99", ""),
        ("price", "10", ""),
        ("amount", "300", "张"),
        ("amount", "7", "天"),
    } <= values


def test_live_values_are_offered_from_the_start_to_the_last_call_only(
    database: Database, planned: int
) -> None:
    live = {
        fact.value for fact in brief(database, "sop:r45:2026-11-28:mid").facts if fact.kind is FactKind.live
    }
    assert live == {"campaign_stock:c3", "time_left:c3", "as_of"}
    gifts = {
        fact.value: fact.unit
        for fact in brief(database, "sop:r51:2026-11-29:mid").facts
        if fact.kind is FactKind.live
    }
    assert gifts["gift_stock:c2"] == "份"
    assert not any(fact.kind is FactKind.live for fact in brief(database, "sop:r39:2026-11-27:mid").facts)


def test_know_how_leans_on_what_launches_within_a_week(database: Database, planned: int) -> None:
    found = brief(database, "sop:r12:2026-11-24:mid")
    assert found.next_launch is not None and found.next_launch.code == "c2" and found.campaign is None
    assert found.knowledge[0].question == "神经酰胺是什么" and {"MH104", "MH105"} <= {
        p.code for p in found.products
    }
    assert brief(database, "sop:r12:2026-12-01:mid").next_launch is None  # nothing launches before 12-11
    later = brief(database, "sop:r12:2026-12-08:mid").next_launch
    assert later is not None and later.code == "c7"


def test_a_text_that_must_speak_of_two_campaigns_knows_both(database: Database, planned: int) -> None:
    found = brief(database, "sop:r59:2026-12-03:high")
    assert found.campaign is not None and found.campaign.code == "c4"
    assert found.next_launch is not None and found.next_launch.code == "c5"
    assert {"campaign.c4.end", "campaign.c5.start"} <= {fact.id for fact in found.facts}


def test_knowledge_answers_the_theme(database: Database, planned: int) -> None:
    asked = {
        "sop:r6:2026-11-23:low": "护肤品放浴室合适吗", "sop:r21:2026-11-25:mid": "乳液和面霜要不要都用",
        "sop:r40:2026-11-28:high": "身体乳什么时候涂",
    }  # fmt: skip
    for slot, question in asked.items():
        found = brief(database, slot)
        assert question in [note.question for note in found.knowledge[:3]], slot
        assert {f"knowledge.{note.key}" for note in found.knowledge} <= {fact.id for fact in found.facts}


def test_neighbours_do_not_lean_on_the_same_know_how(database: Database, planned: int) -> None:
    with database.read() as session:
        mine = session.scalars(
            select(tables.Post)
            .where(tables.Post.kind == "morning_news", tables.Post.tier == "mid")
            .order_by(tables.Post.due_at)
        ).all()
        first = [found.knowledge[0].key for found in briefs.build_many(session, mine, now=BEFORE)]
    assert len(set(first[:14])) == 14


def test_the_last_thirty_days_are_heard_newest_first_and_no_older(database: Database, planned: int) -> None:
    found = brief(database, "sop:r2:2026-11-23:mid")
    days = [item.day for item in found.heard]
    assert days == sorted(days, reverse=True) and 0 < len(days) <= 40
    assert days[0] == date(2026, 11, 20) and days[-1] >= date(2026, 10, 24)
    assert all(item.tier == "mid" for item in found.heard)


def test_the_best_read_posts_of_the_kind_and_tier_come_along(database: Database, planned: int) -> None:
    found = brief(database, "sop:r36:2026-11-27:mid")
    assert len(found.best) == 3 and {item.kind for item in found.best} == {"game"}
    assert found.best[0].text.startswith("周五谜语")


def _approve(database: Database, slot: str, *texts: tuple[str, str]) -> None:
    with database.write() as session:
        post = session.scalars(select(tables.Post).where(tables.Post.slot_key == slot)).one()
        user = session.scalars(select(tables.User)).first() or tables.User(
            name="li", role="editor", created_at=BEFORE
        )
        session.add(user)
        session.flush()
        revision = None
        for number, (author, text) in enumerate(texts, 1):
            revision = tables.Revision(
                post_id=post.id, number=number, hash=f"{post.id}-{number}", text=text, author=author, created_at=BEFORE,
                facts=[{"id": "knowledge.k18"}],
            )  # fmt: skip
            session.add(revision)
            session.flush()
        assert revision is not None
        session.add(
            tables.Approval(
                post_id=post.id, revision_id=revision.id, revision_hash=revision.hash, due_at=post.due_at, user_id=user.id,
                decided_at=BEFORE, expires_at=BEFORE + timedelta(days=9),
            )
        )  # fmt: skip
        pairs.keep(session, post, revision, user=user, now=BEFORE)
        session.execute(
            update(tables.Post)
            .where(tables.Post.id == post.id)
            .values(state="approved", revision_id=revision.id)
        )


def test_approved_texts_become_examples_with_what_a_person_mended(database: Database, planned: int) -> None:
    _approve(database, "sop:r12:2026-11-24:mid", ("offline", "机器写的"), ("user:li", "人改过的"))
    _approve(database, "sop:r4:2026-11-23:mid", ("offline", "一字未动"))
    found = brief(database, "sop:r12:2026-12-01:mid")
    assert [(item.text, item.edited_from) for item in found.examples] == [
        ("人改过的", "机器写的"),
        ("一字未动", ""),
    ]
    assert {item.text for item in found.heard} >= {"人改过的", "一字未动"}
    own = brief(database, "sop:r12:2026-11-24:mid")
    assert "人改过的" not in {item.text for item in own.heard} | {item.text for item in own.examples}


def test_know_how_used_lately_steps_back(database: Database, planned: int) -> None:
    before = brief(database, "sop:r12:2026-12-08:mid").knowledge[0].key
    assert before == "k18"
    for slot in (
        "sop:r12:2026-12-01:mid",
        "sop:r21:2026-12-02:mid",
        "sop:r41:2026-12-05:mid",
        "sop:r48:2026-12-06:mid",
    ):
        _approve(database, slot, ("offline", f"用过 {slot}"))
    assert brief(database, "sop:r12:2026-12-08:mid").knowledge[0].key != "k18"


def test_the_day_s_other_posts_are_its_programme(database: Database, planned: int) -> None:
    found = brief(database, "sop:r2:2026-11-26:mid")
    assert [f"{item.at:%H:%M}" for item in found.today] == ["10:00", "14:00", "17:00", "20:00", "22:00"]
    assert found.tomorrow[0].theme.startswith("早安三条") and "sop:r2" not in {
        item.theme for item in found.today
    }


def test_days_are_hooks_by_name(database: Database, planned: int) -> None:
    found = brief(database, "sop:r64:2026-12-07:high")
    assert found.hooks == ("周一", "大雪")
    assert "calendar.hook.2026-12-07.大雪" in {fact.id for fact in found.facts}


def test_the_narrowest_channel_bounds_the_text(database: Database, planned: int) -> None:
    found = brief(database, "sop:r6:2026-11-23:low")
    assert found.max_bytes == 2048 and {"wecom_bot", "demo"} <= set(found.channels)


def test_an_instruction_brings_the_text_it_is_about(database: Database, planned: int) -> None:
    _approve(database, "sop:r4:2026-11-23:mid", ("offline", "旧的"), ("offline", "新的"))
    found = brief(database, "sop:r4:2026-11-23:mid", instruction="短一点")
    assert (found.instruction, found.previous) == ("短一点", "新的")


def test_a_brief_is_the_same_each_time(database: Database, planned: int) -> None:
    assert (
        brief(database, "sop:r12:2026-11-24:mid").digest()
        == brief(database, "sop:r12:2026-11-24:mid").digest()
    )


def test_statements_do_not_depend_on_the_number_of_posts(
    database: Database, planned: int, statements: Statements
) -> None:
    def build(limit: int) -> None:
        with database.read() as session:
            briefs.build_many(session, session.scalars(select(tables.Post).limit(limit)).all(), now=BEFORE)

    assert statements.of(lambda: build(1)) == statements.of(lambda: build(120)) <= 22


def test_no_posts_make_no_briefs(database: Database, brand_id: int) -> None:
    with database.read() as session:
        assert briefs.build_many(session, [], now=BEFORE) == []
