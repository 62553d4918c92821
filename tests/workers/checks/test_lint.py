"""Scripts and past posts of a workbook are checked as they are read, by the rules the workbook itself brings."""

from __future__ import annotations

from dataclasses import replace

from content_calendar import workbook
from content_calendar.database import Database
from content_calendar.workbook.content import RuleRow, ScriptRow
from content_calendar.workbook.shift import EXAMPLE
from workers.checks import lint


def test_the_example_workbook_brings_no_text_that_may_not_be_said(database: Database) -> None:
    content = workbook.read(EXAMPLE).content
    assert content is not None
    with database.read() as session:
        assert lint.texts(session, content) == []


def test_a_row_is_named_with_what_is_wrong_by_the_packs_and_by_the_workbooks_own_rules(
    database: Database,
) -> None:
    content = workbook.read(EXAMPLE).content
    assert content is not None
    scripts = (
        ScriptRow("a", "价格", "多少钱", "全网最低价，买贵十倍赔", row=2),
        ScriptRow("b", "称呼", "你好", "小仙女你好", row=3),
        ScriptRow("c", "称呼", "你好", "你好呀", row=4),
    )
    rules = (RuleRow("add", "我们叫大家禾苗", words=("小仙女",)),)
    with database.read() as session:
        found = lint.texts(session, replace(content, scripts=scripts, past=(), rules=rules))
    assert [(item.sheet, item.row) for item in found] == [("话术", 2), ("话术", 3)]
    assert found[1].findings[0].excerpt == "小仙女"
