"""An operator's own words pass the same door as a suggestion."""

from __future__ import annotations

from datetime import datetime

import pytest

from content_calendar import brands, workbook
from content_calendar.database import Database
from content_calendar.replies import corpus
from content_calendar.workbook.shift import EXAMPLE
from generator.replies import Question, ReplyDesk, desk_for
from workers import reply_edits

NOW = datetime.fromisoformat("2026-11-24T10:00+08:00")


@pytest.fixture
def desk(database: Database) -> ReplyDesk:
    content = workbook.read(EXAMPLE).content
    assert content is not None
    with database.write() as session:
        workbook.apply(session, content, now=NOW, actor="system:test")
    with database.read() as session:
        return desk_for(corpus.load(session, brands.customers(session)[0], now=NOW))


@pytest.mark.parametrize(
    ("asked", "edit", "barred"),
    [
        ("面霜多少钱", "亲，修护面霜199元，26号晚上8点开售～", False),
        ("面霜多少钱", "亲，修护面霜只要159元，手慢无！", True),
        ("面霜好用吗", "全网第一的面霜，三天祛斑。", True),
        ("什么时候发货", "付款后48小时内发，周末也发哦", False),
        ("什么时候发货", "顺手看看神经酰胺修护面霜，199元", False),  # another product, and its own price
    ],
)
def test_an_edit_with_a_block_may_not_be_copied(asked: str, edit: str, barred: bool, desk: ReplyDesk) -> None:
    found = reply_edits.of_edit(desk, Question(asked, NOW), edit)
    assert reply_edits.barred(found) is barred, [(one.rule, one.verdict, one.excerpt) for one in found]


def test_in_a_group_an_edit_reveals_no_tier(desk: ReplyDesk) -> None:
    asked = Question("有优惠吗", NOW, private=False)
    assert reply_edits.barred(reply_edits.of_edit(desk, asked, "你是高层级老客，私聊我领券"))


def test_an_answer_that_becomes_a_source_brings_its_own_numbers_and_no_unlawful_word(desk: ReplyDesk) -> None:
    fine = reply_edits.of_answer(desk, "能退多久", "收到货15天内都能退，运费险我们出。", now=NOW)
    bad = reply_edits.of_answer(desk, "好用吗", "全网第一，根治痘痘。", now=NOW)
    assert not reply_edits.barred(fine), fine
    assert reply_edits.barred(bad)
