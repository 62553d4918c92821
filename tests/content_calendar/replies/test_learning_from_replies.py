"""What operators do often becomes a script, what nobody knows becomes knowledge, and a workbook never takes either away."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from content_calendar import brands, workbook
from content_calendar.database import Database
from content_calendar.errors import CalendarError, NotFound, StateConflict
from content_calendar.replies import corpus, gaps, offers, own_rows, records
from content_calendar.replies.own_rows import KnowledgeDraft, ScriptDraft
from content_calendar.tables import AuditEvent, Brand, KnowledgeItem, Script, ScriptOffer, User
from content_calendar.workbook.shift import EXAMPLE

NOW = datetime.fromisoformat("2026-11-24T10:00+08:00")
BETTER = "付款后两天内发出，周末也发，单号在下单页能看到。"


def reply(text: str = "付款后48小时内发出。", **more: Any) -> dict[str, Any]:
    source = {"sheet": "话术", "row": 49, "key": "nokey"}
    return {
        "risk": "none", "escalate": False, "gap": False, "sources": [source],
        "suggestions": [{"stance": "answer", "text": text, "findings": [], "sources": [source]}],
    } | more  # fmt: skip


@pytest.fixture
def brand(database: Database) -> Brand:
    """The example brand with one editor."""
    load(database, EXAMPLE)
    with database.write() as session:
        session.add(User(name="zhouning", role="editor", created_at=NOW))
    with database.read() as session:
        return brands.customers(session)[0]


def load(database: Database, path: Path, minutes: int = 0) -> workbook.Changes:
    reading = workbook.read(path)
    assert reading.content is not None, reading.errors
    with database.write() as session:
        return workbook.apply(
            session, reading.content, now=NOW + timedelta(minutes=minutes), actor="system:test"
        )


def editor(session: Any) -> User:
    return session.scalars(select(User)).one()


def copied(database: Database, brand: Brand, text: str, asked: str = "什么时候发货") -> int:
    with database.write() as session:
        number = records.record(session, brand, records.Asked(masked=asked, private=True), reply(), now=NOW)
        records.event(session, brand, number, "copied", now=NOW, place=0, text=text)
        return number


@pytest.fixture
def offer(database: Database, brand: Brand) -> int:
    """An edit copied three times."""
    for _ in range(3):
        copied(database, brand, BETTER)
    with database.read() as session:
        return offers.listed(session, brand)[0].id


DRAFT = ScriptDraft(scene="物流", question="下单几天能发", answer=BETTER)


@pytest.mark.databases
def test_an_edit_is_offered_from_the_third_copy_on_however_it_is_dotted(
    database: Database, brand: Brand
) -> None:
    for text in (BETTER, BETTER.replace("，", " , ")):
        copied(database, brand, text)
    with database.read() as session:
        assert offers.listed(session, brand) == [] and offers.count(session, brand) == 0
    copied(database, brand, f"{BETTER}～")
    with database.read() as session:
        found = offers.listed(session, brand)
    assert [(one.question, one.answer, one.count) for one in found] == [("什么时候发货", BETTER, 3)]


def test_words_copied_as_they_stood_and_scraps_are_not_offered(database: Database, brand: Brand) -> None:
    for text in ("", "付款后48小时内发出。", " 付款后48小时内发出。\n", "好的"):
        for _ in range(3):
            copied(database, brand, text)
    with database.read() as session:
        assert session.scalars(select(ScriptOffer)).all() == []


def test_a_copy_right_after_an_edit_is_a_copy_of_the_edit(database: Database, brand: Brand) -> None:
    with database.write() as session:
        number = records.record(session, brand, records.Asked("什么时候发货", True), reply(), now=NOW)
        records.event(session, brand, number, "edited", now=NOW, place=0, text=BETTER)
        records.event(session, brand, number, "copied", now=NOW, place=0)
        records.event(session, brand, number, "copied", now=NOW, place=0)
        assert [(one.state, one.count) for one in session.scalars(select(ScriptOffer))] == [("noted", 1)]


def test_an_operator_can_offer_an_answer_at_once(database: Database, brand: Brand) -> None:
    with database.write() as session:
        number = records.record(session, brand, records.Asked("什么时候发货", True), reply(), now=NOW)
        of = records.get(session, brand, number)
        first = offers.ask(session, brand, of, BETTER, now=NOW)
        assert offers.ask(session, brand, of, BETTER, now=NOW) == first
        assert [one.state for one in offers.listed(session, brand)] == ["open"]
        with pytest.raises(CalendarError) as refused:
            offers.ask(session, brand, of, "好", now=NOW)
    assert refused.value.code == "reply.too_short"


@pytest.mark.databases
def test_an_accepted_offer_is_a_source_at_once_and_audited(
    database: Database, brand: Brand, offer: int
) -> None:
    with database.read() as session:
        before = corpus.stamp(session, brand, now=NOW)
    with database.write() as session:
        script = offers.accept(session, brand, offer, DRAFT, user=editor(session), now=NOW)
        assert script.origin == "desk" and script.row == 62
    with database.read() as session:
        found = corpus.load(session, brand, now=NOW)
        assert found.stamp != before and found.scripts[-1].question == "下单几天能发"
        kept = session.get_one(ScriptOffer, offer)
        assert (kept.state, kept.decided_by, kept.script_id) == ("accepted", "zhouning", script.id)
        actions = list(session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)))
    assert actions[-2:] == ["script.made", "offer.accepted"]


def test_a_decided_offer_is_not_decided_again_and_not_offered_again(
    database: Database, brand: Brand, offer: int
) -> None:
    with database.write() as session:
        offers.dismiss(session, brand, offer, user=editor(session), now=NOW)
    with pytest.raises(StateConflict), database.write() as session:
        offers.accept(session, brand, offer, DRAFT, user=editor(session), now=NOW)
    copied(database, brand, BETTER)
    with database.read() as session:
        kept = session.get_one(ScriptOffer, offer)
        assert (kept.state, kept.count) == ("dismissed", 4) and offers.listed(session, brand) == []
        assert len(session.scalars(select(Script)).all()) == 60


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"question": " "}, "reply.empty"), ({"answer": "加我［手机1］"}, "reply.masked"), ({"answer": "长" * 2_001}, "reply.too_long"),
        ({"question": "啥时候发货 "}, ""), ({"question": "面霜里有没有香精"}, "reply.question_taken"),
    ],
)  # fmt: skip
def test_a_script_is_whole_for_everybody_and_not_in_the_workbook_yet(
    change: dict[str, str], code: str, database: Database, brand: Brand, offer: int
) -> None:
    values = vars(DRAFT) | change
    try:
        with database.write() as session:
            offers.accept(session, brand, offer, ScriptDraft(**values), user=editor(session), now=NOW)
    except CalendarError as error:
        assert error.code == code
        with database.read() as session:
            assert session.get_one(ScriptOffer, offer).state == "open"
    else:
        assert code == ""


def test_a_second_answer_to_the_desks_own_question_replaces_the_first(
    database: Database, brand: Brand
) -> None:
    with database.write() as session:
        first = own_rows.put_script(session, brand, DRAFT, actor="user:a", now=NOW)
        other = ScriptDraft("发货", "下单几天能发？".rstrip("？"), "两天内发。")
        second = own_rows.put_script(session, brand, other, actor="user:a", now=NOW)
        assert first.id == second.id and second.answer == "两天内发。" and second.scene == "发货"


def test_an_import_keeps_what_was_made_at_the_desk(database: Database, brand: Brand) -> None:
    with database.write() as session:
        own_rows.put_script(session, brand, DRAFT, actor="user:a", now=NOW)
        own_rows.put_knowledge(
            session, brand, KnowledgeDraft("物流", "发什么快递", "默认发中通。"), actor="user:a", now=NOW
        )
    changes = load(database, EXAMPLE, 5)
    assert changes.none
    with database.read() as session:
        assert [row.active for row in session.scalars(select(Script).where(Script.origin == "desk"))] == [
            True
        ]
        assert [
            row.row for row in session.scalars(select(KnowledgeItem).where(KnowledgeItem.origin == "desk"))
        ] == [82]


def test_an_export_writes_them_and_its_import_takes_them_over(
    database: Database, brand: Brand, tmp_path: Path
) -> None:
    with database.write() as session:
        own_rows.put_script(session, brand, DRAFT, actor="user:a", now=NOW)
        own_rows.put_knowledge(
            session, brand, KnowledgeDraft("物流", "发什么快递", "默认发中通。"), actor="user:a", now=NOW
        )
    with database.read() as session:
        workbook.export(session, brand, tmp_path / "out.xlsx")
    changes = load(database, tmp_path / "out.xlsx", 5)
    assert changes.none, changes.as_json()
    with database.read() as session:
        assert not session.scalars(select(Script).where(Script.origin == "desk")).all()
        taken = session.scalars(select(Script).where(Script.question == DRAFT.question)).one()
        assert taken.active and taken.row == 62
    load(database, EXAMPLE, 10)  # the older workbook no longer lists it, and it is the workbook's now
    with database.read() as session:
        assert not session.scalars(select(Script.active).where(Script.question == DRAFT.question)).one()


def test_a_workbook_row_with_the_same_question_takes_over(
    database: Database, brand: Brand, tmp_path: Path
) -> None:
    with database.write() as session:
        own_rows.put_script(session, brand, DRAFT, actor="user:a", now=NOW)
        taken = session.scalars(select(Script).where(Script.question == DRAFT.question)).one()
        taken.scene, taken.answer, taken.origin, taken.key = "发货", "一天内发出。", "workbook", "x" * 24
    with database.read() as session:
        workbook.export(session, brand, tmp_path / "out.xlsx")
    with database.write() as session:
        session.delete(session.scalars(select(Script).where(Script.question == DRAFT.question)).one())
        session.flush()
        own_rows.put_script(session, brand, DRAFT, actor="user:a", now=NOW)
    changes = load(database, tmp_path / "out.xlsx", 5)
    assert changes.counts == {"话术": {"added": 1, "changed": 0, "removed": 1}}
    with database.read() as session:
        rows = session.scalars(select(Script).where(Script.question == DRAFT.question, Script.active)).all()
    assert [(row.answer, row.origin) for row in rows] == [("一天内发出。", "workbook")]


def test_a_row_of_the_desk_is_withdrawn_and_one_of_the_workbook_is_not(
    database: Database, brand: Brand
) -> None:
    with database.write() as session:
        mine = own_rows.put_script(session, brand, DRAFT, actor="user:a", now=NOW)
        theirs = session.scalars(select(Script.id).where(Script.origin == "workbook").limit(1)).one()
        own_rows.withdraw(session, brand, "script", mine.id, actor="user:a", now=NOW)
        assert own_rows.listed(session, brand, "script") == []
        for number in (theirs, mine.id, 999_999):
            with pytest.raises(NotFound):
                own_rows.withdraw(session, brand, "script", number, actor="user:a", now=NOW)
        again = own_rows.put_script(session, brand, DRAFT, actor="user:a", now=NOW)
        assert again.id == mine.id and again.active


def gap(database: Database, brand: Brand, asked: str = "支持花呗分期吗") -> int:
    with database.write() as session:
        gaps.note(session, brand, asked, now=NOW)
    with database.read() as session:
        return gaps.listed(session, brand)[0].id


@pytest.mark.databases
def test_an_answered_gap_is_knowledge_and_linked(database: Database, brand: Brand) -> None:
    number = gap(database, brand)
    draft = KnowledgeDraft(
        "付款", "支持花呗分期吗", "目前不支持花呗分期，微信和支付宝余额都可以。", ("MH105",), "财务"
    )
    with database.write() as session:
        item = gaps.answer(session, brand, number, draft, user=editor(session), now=NOW)
        assert (item.origin, item.products, item.source) == ("desk", ["MH105"], "财务")
    with database.read() as session:
        settled = gaps.listed(session, brand, state="answered")[0]
        assert (settled.knowledge_id, settled.decided_by) == (item.id, "zhouning")
        assert gaps.count(session, brand) == 0
        assert corpus.load(session, brand, now=NOW).knowledge[-1].question == "支持花呗分期吗"
    with pytest.raises(StateConflict), database.write() as session:
        gaps.ignore(session, brand, number, user=editor(session), now=NOW)


def test_an_answered_gap_that_comes_again_is_open_again_and_an_ignored_one_is_not(
    database: Database, brand: Brand
) -> None:
    first, second = gap(database, brand), gap(database, brand, "能开专票吗")
    with database.write() as session:
        gaps.answer(
            session,
            brand,
            first,
            KnowledgeDraft("付款", "花呗", "不支持花呗。"),
            user=editor(session),
            now=NOW,
        )
        gaps.ignore(session, brand, second, user=editor(session), now=NOW)
        for text in ("支持花呗分期吗？", "能开专票吗"):
            gaps.note(session, brand, text, now=NOW)
    with database.read() as session:
        assert [(one.id, one.count) for one in gaps.listed(session, brand)] == [(first, 2)]
        assert [one.count for one in gaps.listed(session, brand, state="ignored")] == [2]


def test_another_brand_sees_and_decides_nothing(database: Database, brand: Brand, offer: int) -> None:
    number = gap(database, brand)
    with database.write() as session:
        other = Brand(uid="x", name="别家")
        session.add(other)
        session.flush()
        user = editor(session)
        mine = own_rows.put_script(session, brand, DRAFT, actor="user:a", now=NOW)
        assert offers.listed(session, other) == [] and gaps.listed(session, other) == []
        for act in (
            lambda: offers.dismiss(session, other, offer, user=user, now=NOW),
            lambda: offers.accept(session, other, offer, DRAFT, user=user, now=NOW),
            lambda: gaps.ignore(session, other, number, user=user, now=NOW),
            lambda: own_rows.withdraw(session, other, "script", mine.id, actor="user:a", now=NOW),
        ):  # fmt: skip
            _refused(act)


def _refused(act: Callable[[], Any]) -> None:
    with pytest.raises(NotFound):
        act()
