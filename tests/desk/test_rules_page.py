"""The rules page: packs with their law and examples, silencing and adding with a reason, trying before telling."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event, select
from starlette.testclient import TestClient

from content_calendar.rules import house
from content_calendar.tables import AuditEvent, Brand, BrandRule, CheckRun, FindingRow, Notice, Post, Revision
from generator.checks.brand import catalogue
from prompts.house_rules import HouseRules
from workers.runtime import Runtime

RULE = {"words": "小仙女、仙女们", "verdict": "warn", "reason": "我们叫大家禾苗", "replacement": "禾苗"}


def in_force(runtime: Runtime, shop: Any) -> HouseRules:
    with runtime.database.read() as session:
        return house.load(session, shop.brand)


def rows(runtime: Runtime) -> list[BrandRule]:
    with runtime.database.read() as session:
        return list(session.scalars(select(BrandRule).order_by(BrandRule.id)))


def test_every_pack_is_shown_with_its_law_and_what_it_must_and_must_not_find(
    editor: TestClient, shop: Any
) -> None:
    page = editor.get("/rules?pack=price").text
    assert "price.lowest" in page and "明码标价和禁止价格欺诈规定" in page
    assert "全网最低价，买贵十倍赔" in page and "参考价为近7日最低成交价69元，活动价49元" in page
    assert "不属于本行业" in editor.get("/rules?pack=food").text
    assert editor.get("/rules?pack=nothing").status_code == 200


def test_who_is_not_the_lead_sees_the_rules_and_no_way_to_change_them(editor: TestClient, shop: Any) -> None:
    for path in ("/rules", "/rules?pack=channel"):
        page = editor.get(path).text
        assert "/rules/silence" not in page and "/rules/add" not in page and "/end" not in page


def test_a_rule_is_added_and_every_waiting_draft_is_checked_by_it(
    lead: TestClient, shop: Any, runtime: Runtime
) -> None:
    with runtime.database.read() as session:
        post = session.get_one(Post, shop.posts["review"])
        word = session.scalars(select(Post.revision_id).where(Post.id == post.id)).one()
    answer = lead.post("/rules/add", data=RULE, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/rules?said=rule_added")
    (rule,) = in_force(runtime, shop).add
    assert (rule.words, rule.verdict, rule.replacement) == (("小仙女", "仙女们"), "warn", "禾苗")
    assert rows(runtime)[0].created_by == "user:lead"
    with runtime.database.read() as session:
        assert session.get_one(CheckRun, word).cause == "rules"
        told = session.scalars(select(AuditEvent).where(AuditEvent.action == "rule.added")).one()
    assert told.detail["reason"] == "我们叫大家禾苗"
    assert "小仙女、仙女们" in lead.get("/rules").text


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"words": ""}, "没有写词"),
        ({"words": "*"}, "没有字"),
        ({"words": "a*b*c*d"}, "请拆成几个词"),
        ({"reason": ""}, "写明原因"),
        ({"reason": "长" * 201}, "写明原因"),
        ({"verdict": "allow"}, "写明原因"),
    ],
)
def test_a_rule_that_cannot_be_used_is_refused_and_the_form_keeps_what_was_typed(
    lead: TestClient, shop: Any, runtime: Runtime, change: dict[str, str], code: str
) -> None:
    answer = lead.post("/rules/add", data=RULE | change)
    assert answer.status_code == 422 and code in answer.text
    assert in_force(runtime, shop) == HouseRules()


def test_the_same_rule_is_not_told_twice(lead: TestClient, shop: Any) -> None:
    lead.post("/rules/add", data=RULE)
    assert "已经有了" in lead.post("/rules/add", data=RULE).text


def test_a_rule_is_tried_on_a_sentence_and_on_the_last_thirty_days_before_it_is_told(
    lead: TestClient, shop: Any, runtime: Runtime
) -> None:
    with runtime.database.read() as session:
        text = session.get_one(Revision, session.get_one(Post, shop.posts["released"]).revision_id).text
    word = text[:3]
    page = lead.post("/rules/preview", data=RULE | {"words": word, "sentence": f"他说{word}"}).text
    assert "这句话会查出" in page and f"/posts/{shop.posts['released']}" in page
    assert "近 30 天的" in page and f">{word}</textarea>" in page
    assert "这句话不会查出" in lead.post("/rules/preview", data=RULE | {"sentence": "早上好"}).text
    assert in_force(runtime, shop) == HouseRules(), "trying tells nothing"


def test_a_reminder_is_silenced_with_a_reason_and_brought_back(
    lead: TestClient, shop: Any, runtime: Runtime
) -> None:
    warns = next(key for key, rule in catalogue().items() if rule.verdict == "warn" and not rule.kept)
    told = {"rule": warns, "pack": "promotion", "reason": "口头禅，法务看过"}
    assert lead.post("/rules/silence", data=told | {"reason": ""}).status_code == 422
    assert lead.post("/rules/silence", data=told, follow_redirects=False).status_code == 303
    assert [item.rule for item in in_force(runtime, shop).silence] == [told["rule"]]
    (row,) = rows(runtime)
    assert lead.post(f"/rules/{row.id}/end", data={"reason": ""}).status_code == 422
    lead.post(f"/rules/{row.id}/end", data={"reason": "不用了"})
    assert in_force(runtime, shop).silence == ()
    assert (rows(runtime)[0].ended_by, rows(runtime)[0].end_reason) == ("user:lead", "不用了")


def test_a_rule_of_law_is_silenced_loudly_or_not_at_all(
    lead: TestClient, shop: Any, runtime: Runtime
) -> None:
    law = {"rule": "price.lowest", "reason": "法务有函"}
    refused = lead.post("/rules/silence", data=law)
    assert refused.status_code == 422 and "我知道后果由品牌承担" in refused.text
    lead.post("/rules/silence", data=law | {"sure": "yes"})
    page = lead.get("/rules?pack=absolute").text
    assert "1 条法律要求的规则在本品牌不起作用" in page and "法务有函" in page
    with runtime.database.read() as session:
        notice = session.scalars(select(Notice).where(Notice.code == "rule.silenced")).one()
    assert "法务有函" in notice.text


def test_what_guards_customers_is_silenced_by_nobody(lead: TestClient, shop: Any, runtime: Runtime) -> None:
    page = lead.get("/rules?pack=privacy").text
    assert "保护客户，不能静音" in page and "/rules/silence" not in page
    kept = next(key for key, rule in catalogue().items() if rule.kept)
    answer = lead.post("/rules/silence", data={"rule": kept, "reason": "想关掉", "sure": "yes"})
    assert answer.status_code == 422 and "不能静音" in answer.text
    assert lead.post("/rules/silence", data={"rule": "no.such", "reason": "想关掉"}).status_code == 404
    assert in_force(runtime, shop) == HouseRules()


def test_a_text_is_tried_with_its_findings_marked_and_nothing_kept(
    editor: TestClient, lead: TestClient, shop: Any, runtime: Runtime
) -> None:
    lead.post("/rules/add", data=RULE)
    with runtime.database.read() as session:
        before = len(session.scalars(select(FindingRow)).all())
    page = editor.post("/rules/try", data={"text": "<b>小仙女们，全网最低价</b>", "kind": "tip"}).text
    assert '<mark class="warn">小仙女</mark>' in page and "price.lowest" in page
    assert "&lt;b&gt;" in page and "<b>小仙女" not in page
    assert "没有发现问题" in editor.post("/rules/try", data={"text": "今天周五，早点休息"}).text
    assert editor.post("/rules/try", data={"text": " "}).status_code == 422
    with runtime.database.read() as session:
        assert len(session.scalars(select(FindingRow)).all()) == before


def test_rules_of_another_brand_are_out_of_reach(lead: TestClient, shop: Any, runtime: Runtime) -> None:
    lead.post("/rules/add", data=RULE)
    (row,) = rows(runtime)
    with runtime.database.write() as session:
        session.add(Brand(uid="o" * 32, name="别家"))
    assert lead.post(f"/rules/{row.id}/end?brand=别家", data={"reason": "不是我的"}).status_code == 404
    assert len(in_force(runtime, shop).add) == 1


def test_many_rules_are_shown_with_the_same_statements(
    lead: TestClient, shop: Any, runtime: Runtime, make_statements: Callable[[Callable[[], Any]], int]
) -> None:
    lead.post("/rules/add", data=RULE)
    one = make_statements(lambda: lead.get("/rules"))
    for number in range(6):
        lead.post("/rules/add", data=RULE | {"words": f"第{number}个词"})
    assert make_statements(lambda: lead.get("/rules")) == one


@pytest.fixture
def make_statements(runtime: Runtime) -> Callable[[Callable[[], Any]], int]:
    """How many statements something takes."""

    def counted(act: Callable[[], Any]) -> int:
        seen: list[str] = []

        def note(*args: Any) -> None:
            seen.append(args[2])

        event.listen(runtime.database.engine, "before_cursor_execute", note)
        act()
        event.remove(runtime.database.engine, "before_cursor_execute", note)
        return len(seen)

    return counted
