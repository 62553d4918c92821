"""The sheet 规则: read with every fault told, applied, compared and written back without a difference."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from content_calendar import workbook
from content_calendar.database import Database
from content_calendar.rules import changing, house
from content_calendar.tables import AuditEvent, Brand, BrandRule
from prompts.house_rules import OwnRule, PackRule
from tests.content_calendar.workbook import books

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)
HEAD = ["动作", "规则或词", "结论", "原因", "建议", "改为", "适用"]
CATALOGUE = {
    rule.id: rule
    for rule in (
        PackRule("promotion.hype", "氛围词", "warn"),
        PackRule("price.lowest", "全网最低", "block"),
        PackRule("privacy.phone", "手机号", "block", kept=True),
    )
}
ROWS = [
    ["加", "小仙女、仙女们", "提醒", "我们叫大家禾苗", "换成禾苗", "禾苗", ""],
    ["加", "加*微信", "拦", "不许私下加人", "", "", "护肤秘籍、回复"],
    ["静音", "promotion.hype", "", "我们的口头禅，法务看过", "", "", ""],
]


def sheets(*rows: Sequence[Any]) -> books.Sheets:
    found = books.clean()
    found["规则"] = [HEAD, *map(list, rows)]
    return found


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., workbook.Reading]:
    def read(content: books.Sheets) -> workbook.Reading:
        path = books.save(tmp_path / "in.xlsx", content)
        return workbook.read(path, today=books.TODAY, rules=CATALOGUE)

    return read


@pytest.fixture
def load(database: Database, read: Callable[..., workbook.Reading]) -> Callable[..., workbook.Changes]:
    times = iter(range(100))

    def load(content: books.Sheets) -> workbook.Changes:
        reading = read(content)
        assert reading.content is not None, reading.errors
        with database.write() as session:
            now = NOW + timedelta(hours=next(times))
            return workbook.apply(session, reading.content, now=now, actor="user:li", source="book.xlsx")

    return load


def in_force(database: Database) -> dict[str, BrandRule]:
    with database.read() as session:
        brand = session.scalars(select(Brand)).one()
        return {row.rule: row for row in house.active(session, brand.id)}


def kinds(reading: workbook.Reading) -> list[tuple[str, int, str]]:
    return [(issue.kind, issue.row, issue.column) for issue in reading.errors]


def test_a_row_is_read_as_a_person_means_it(read: Callable[..., workbook.Reading]) -> None:
    reading = read(sheets(*ROWS))
    assert reading.errors == () and reading.counts["规则"] == 3
    assert reading.content is not None and reading.content.rules is not None
    first, second, third = reading.content.rules
    assert (first.action, first.words, first.verdict, first.replacement) == (
        "add",
        ("小仙女", "仙女们"),
        "warn",
        "禾苗",
    )
    assert (second.words, second.verdict, second.kinds) == (("加*微信",), "block", ("tip", "reply"))
    assert (third.action, third.rule, third.reason) == ("silence", "promotion.hype", "我们的口头禅，法务看过")


def test_a_rule_may_be_named_by_its_title(read: Callable[..., workbook.Reading]) -> None:
    reading = read(sheets(["静音", "氛围词", "", "我们的口头禅", "", "", ""]))
    assert reading.content is not None and reading.content.rules is not None
    assert reading.content.rules[0].rule == "promotion.hype"


def test_a_workbook_without_the_sheet_is_as_good_as_before(read: Callable[..., workbook.Reading]) -> None:
    reading = read(books.clean())
    assert reading.content is not None and reading.content.rules is None
    assert not [issue for issue in reading.issues if issue.sheet == "规则"]


@pytest.mark.parametrize(
    ("row", "kind", "column"),
    [
        (["删掉", "小仙女", "拦", "理由理由", "", "", ""], "bad_action", "动作"),
        (["加", "小仙女", "也许", "理由理由", "", "", ""], "bad_verdict", "结论"),
        (["加", "小仙女", "拦", "", "建议有", "", ""], "missing_cell", "原因"),
        (["加", "小仙女", "拦", "短", "", "", ""], "missing_cell", "原因"),
        (["加", "", "拦", "理由理由", "建议有", "", ""], "missing_cell", "规则或词"),
        (["加", "*", "拦", "理由理由", "", "", ""], "bad_rule_word", "规则或词"),
        (["加", "a*b*c*d", "拦", "理由理由", "", "", ""], "bad_rule_word", "规则或词"),
        (["加", "长" * 61, "拦", "理由理由", "", "", ""], "bad_rule_word", "规则或词"),
        (
            ["加", "、".join(f"词{n}" for n in range(41)), "拦", "理由理由", "", "", ""],
            "bad_rule_word",
            "规则或词",
        ),
        (["加", "小仙女", "拦", "长" * 201, "", "", ""], "text_too_long", "原因"),
        (["加", "小仙女", "拦", "理由理由", "", "", "没有的类型"], "unknown_kind", "适用"),
        (["静音", "no.such_rule", "", "理由理由", "", "", ""], "unknown_rule", "规则或词"),
        (["静音", "price.lowest", "", "理由理由", "", "", ""], "rule_not_silenceable", "规则或词"),
        (["静音", "手机号", "", "理由理由", "", "", ""], "rule_not_silenceable", "规则或词"),
    ],
)
def test_every_fault_is_told_with_its_row(
    read: Callable[..., workbook.Reading], row: list[str], kind: str, column: str
) -> None:
    reading = read(sheets(ROWS[0], row))
    assert kinds(reading) == [(kind, 3, column)]
    assert reading.content is None
    assert "第 3 行" in reading.errors[0].message and "row 3" in reading.errors[0].english


def test_all_faults_are_told_at_once_and_the_same_rule_twice_is_one(
    read: Callable[..., workbook.Reading],
) -> None:
    reading = read(
        sheets(
            ROWS[0],
            ["加", "仙女们，小仙女", "拦", "又写一遍", "", "", ""],
            ["删", "x", "", "理由理由", "", "", ""],
        )
    )
    assert kinds(reading) == [("duplicate", 3, "规则或词"), ("bad_action", 4, "动作")]


def test_without_the_list_of_rules_nothing_is_silenced(tmp_path: Path) -> None:
    path = books.save(tmp_path / "in.xlsx", sheets(ROWS[2]))
    assert kinds(workbook.read(path, today=books.TODAY)) == [("unknown_rule", 2, "规则或词")]


def test_more_rules_than_a_brand_may_have_are_refused(read: Callable[..., workbook.Reading]) -> None:
    reading = read(sheets(*(["加", f"第{n}个词", "拦", "太多了", "", "", ""] for n in range(501))))
    assert ("too_many_rules", 502, "") in kinds(reading)


@pytest.mark.databases
def test_rules_are_told_changed_and_ended_with_their_source_and_their_history(
    database: Database, load: Callable[..., workbook.Changes]
) -> None:
    first = load(sheets(*ROWS))
    assert first.counts["规则"] == {"added": 3, "changed": 0, "removed": 0}
    rows = in_force(database)
    assert rows["promotion.hype"].source == "规则!A4" and rows["promotion.hype"].created_by == "user:li"
    assert load(sheets(*ROWS)).none

    second = load(sheets(["加", "小仙女、仙女们", "拦", "这回要拦", "", "", ""], ROWS[2]))
    assert second.counts["规则"] == {"added": 0, "changed": 1, "removed": 1}
    (change,) = [item for item in second.changes if item.what == "changed"]
    assert change.fields["结论"] == ("warn", "block")
    assert len(in_force(database)) == 2
    with database.read() as session:
        ended = [row for row in session.scalars(select(BrandRule)) if row.ended_at is not None]
        actions = [event.action for event in session.scalars(select(AuditEvent)) if event.subject == "rule"]
    assert len(ended) == 2 and all(row.end_reason for row in ended)
    assert actions.count("rule.ended") == 2 and actions.count("rule.added") == 3


@pytest.mark.databases
def test_what_was_told_at_the_desk_is_not_ended_by_any_import(
    database: Database, load: Callable[..., workbook.Changes]
) -> None:
    load(books.clean())
    with database.write() as session:
        brand = session.scalars(select(Brand)).one()
        rule = OwnRule(words=("案头的词",), reason="在案头加的")
        changing.add(session, brand, rule, actor="user:lead", now=NOW)
        changing.silence(session, brand, CATALOGUE["price.lowest"], "法务有函", actor="user:lead", now=NOW)
    assert load(books.clean()).none
    assert load(sheets(ROWS[0])).counts["规则"] == {"added": 1, "changed": 0, "removed": 0}
    assert load(sheets()).counts["规则"] == {"added": 0, "changed": 0, "removed": 1}
    assert set(in_force(database)) == {rule.id, "price.lowest"}


def test_export_and_import_change_nothing_and_keep_the_leads_exceptions_at_the_desk(
    database: Database, load: Callable[..., workbook.Changes], tmp_path: Path
) -> None:
    load(sheets(*ROWS))
    with database.write() as session:
        brand = session.scalars(select(Brand)).one()
        changing.add(
            session, brand, OwnRule(words=("满#减#",), reason="在案头加的"), actor="user:lead", now=NOW
        )
        changing.silence(session, brand, CATALOGUE["price.lowest"], "法务有函", actor="user:lead", now=NOW)
    with database.read() as session:
        brand = session.scalars(select(Brand)).one()
        workbook.export(session, brand, tmp_path / "out.xlsx")
    again = workbook.read(tmp_path / "out.xlsx", today=books.TODAY, rules=CATALOGUE)
    assert again.errors == () and again.content is not None
    assert [row.name for row in again.content.rules or ()] == [
        "小仙女、仙女们",
        "加*微信",
        "promotion.hype",
        "满#减#",
    ]
    with database.read() as session:
        assert workbook.changes(session, again.content).none
