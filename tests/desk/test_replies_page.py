"""`/replies` without a script: suggestions with sources, a loud takeover, edits checked, all of it recorded and nobody else's."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event, select
from starlette.testclient import TestClient

from content_calendar.replies import offers
from content_calendar.tables import (
    AuditEvent,
    Brand,
    KnowledgeGap,
    KnowledgeItem,
    Script,
    ScriptOffer,
    Suggestion,
    SuggestionEvent,
)
from workers.runtime import Runtime

SENT = "付款后48小时内发出，周末照常。"


@pytest.fixture(autouse=True)
def scripts(runtime: Runtime, shop: Any) -> None:
    """Two reviewed answers, one of which hands on to a person."""
    with runtime.database.write() as session:
        session.add(
            Script(brand_id=shop.brand, key="a", scene="物流", question="什么时候发货", answer=SENT, row=49)
        )
        session.add(
            Script(
                brand_id=shop.brand, key="b", scene="过敏反馈", question="用完脸上又红又痒", answer="先停用，用清水冲一冲。",
                escalate=True, escalate_to="立即，售后值班", row=30,
            )
        )  # fmt: skip
        session.get_one(Brand, shop.brand).workbook_sha256 = "page"


@pytest.fixture
def operator(as_role: Callable[[str], TestClient]) -> TestClient:
    """A browser signed in as an operator."""
    return as_role("operator")


def ask(client: TestClient, text: str = "什么时候发货", **more: str) -> str:
    answer = client.post("/replies", data={"text": text, **more})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def events(runtime: Runtime) -> list[tuple[str, int | None, str]]:
    with runtime.database.read() as session:
        rows = session.scalars(select(SuggestionEvent).order_by(SuggestionEvent.id))
        return [(row.kind, row.place, row.text) for row in rows if row.kind != "shown"]


def stream(client: TestClient, **data: str) -> list[tuple[str, dict[str, Any]]]:
    answer = client.post("/replies/stream", data=data)
    assert answer.status_code == 200 and answer.headers["cache-control"] == "no-store"
    blocks = [block.split("\n") for block in answer.text.strip().split("\n\n")]
    return [
        (block[0].removeprefix("event: "), json.loads(block[1].removeprefix("data: "))) for block in blocks
    ]


def test_a_question_gives_the_reviewed_words_with_a_link_to_their_row(
    operator: TestClient, runtime: Runtime
) -> None:
    page = operator.get(ask(operator, group="G001")).text
    assert SENT in page and "审过的原话" in page and 'href="/brand?tab=scripts#row-49"' in page
    assert 'id="row-49"' in operator.get("/brand?tab=scripts").text
    with runtime.database.read() as session:
        shown = session.scalars(select(SuggestionEvent)).all()
        kept = session.scalars(select(Suggestion)).one()
    assert {row.kind for row in shown} == {"shown"} and len(shown) == len(kept.suggestions)
    assert (kept.private, kept.tier) == (False, "high")


def test_danger_is_loud_and_sells_nothing(operator: TestClient, runtime: Runtime) -> None:
    address = ask(operator, "脸上又红又痒，那个面霜还有活动吗")
    page = operator.get(address).text
    assert "先别卖货，这句交给人" in page and "立即，售后值班" in page and "过敏、红肿" in page
    assert "/brand?tab=products" not in page and "/brand?tab=campaigns" not in page and "存成话术" not in page
    assert operator.post(f"{address}/events", data={"kind": "escalated"}).status_code == 303
    assert events(runtime) == [("escalated", None, "")]


def test_the_stream_tells_danger_first_and_ends_with_the_page(operator: TestClient) -> None:
    told = stream(operator, text="脸上又红又痒")
    assert told[0][0] == "takeover" and "立即，售后值班" in told[0][1]["html"]
    assert told[-1][0] == "done" and "先停用" in told[-1][1]["html"] and told[-1][1]["id"] > 0
    assert [kind for kind, _data in stream(operator, text="什么时候发货")][-2:] == ["suggestion", "done"]


@pytest.mark.parametrize(("text", "group"), [(" \n", ""), ("什么时候发货", "没有这个群")])
def test_what_cannot_be_asked_is_said_in_one_sentence(operator: TestClient, text: str, group: str) -> None:
    assert [kind for kind, _data in stream(operator, text=text, group=group)] == ["wrong"]
    answer = operator.post("/replies", data={"text": text, "group": group})
    assert answer.status_code in (404, 422) and 'role="alert"' in answer.text
    assert text.strip() in answer.text, "what was typed stays"


@pytest.mark.parametrize(
    "text", ["😀😀", "[图片]", "hello, do you ship?", "\x00\x07坏", "长" * 10_000, "﷽" * 500]
)
def test_odd_input_is_answered_or_refused_never_a_fault(operator: TestClient, text: str) -> None:
    assert stream(operator, text=text)[-1][0] in ("done", "wrong")


def test_what_is_typed_too_long_is_refused(operator: TestClient) -> None:
    assert operator.post("/replies", data={"text": "长" * 20_001}).status_code == 422


def test_an_edit_is_checked_before_it_counts_as_copied(operator: TestClient, runtime: Runtime) -> None:
    address = ask(operator)
    barred = operator.post(f"{address}/edit", data={"place": "0", "text": "全网第一快，三天根治痘痘！"})
    assert barred.status_code == 422 and "改好才能复制" in barred.text and "全网第一快" in barred.text
    assert events(runtime) == []
    better = "48小时内发出，周末也发，收货人李小美"
    assert (
        operator.post(f"{address}/edit", data={"place": "0", "text": better})
        .headers["location"]
        .startswith(address)
    )
    assert events(runtime) == [
        ("edited", 0, "48小时内发出，周末也发，收货人［姓名1］"),
        ("copied", 0, "48小时内发出，周末也发，收货人［姓名1］"),
    ]
    assert "发出的是" in operator.get(address).text


def test_the_day_lists_ones_own_and_the_lead_sees_everybodys(
    operator: TestClient, as_role: Callable[[str], TestClient]
) -> None:
    address = ask(operator)
    editor, lead = as_role("editor"), as_role("lead")
    assert "什么时候发货" in operator.get("/replies").text
    assert address not in lead.get("/replies").text and address in lead.get("/replies?who=all").text
    assert address not in operator.get("/replies?day=2026-11-20").text
    assert (operator.get(address).status_code, lead.get(address).status_code) == (200, 200)
    assert editor.get(address).status_code == 404 and address not in editor.get("/replies?who=all").text
    assert editor.post(f"{address}/events", data={"kind": "copied", "place": "0"}).status_code == 404
    assert editor.get("/api/suggestions?who=all").status_code == 403


def test_in_the_sidebar_there_is_no_frame_and_every_step_stays_in_it(operator: TestClient) -> None:
    address = ask(operator, sidebar="1")
    assert address.endswith("?sidebar=1")
    page = operator.get(address).text
    assert 'class="top"' not in page and 'class="bottom"' not in page and "in-sidebar" in page
    assert page.count('name="sidebar" value="1"') >= 3 and "/replies/learning" not in page


def test_the_groups_to_choose_from_are_found_by_name_and_code(operator: TestClient) -> None:
    assert 'value="G002"' in operator.get("/replies/groups?q=群02").text
    assert operator.get("/replies/groups?q=%25").text.strip() == ""


def offered(operator: TestClient, runtime: Runtime, text: str = "48小时内发出，周末也发，放心。") -> int:
    for _ in range(3):
        assert operator.post(f"{ask(operator)}/edit", data={"place": "0", "text": text}).status_code == 303
    with runtime.database.read() as session:
        return session.scalars(select(ScriptOffer.id)).one()


GOOD = {"scene": "物流", "question": "下单多久能发", "answer": "48小时内发出，周末也发，放心。"}


def test_an_offer_becomes_a_script_that_answers_the_next_customer(
    operator: TestClient, editor: TestClient, runtime: Runtime
) -> None:
    number = offered(operator, runtime)
    page = editor.get("/replies/learning").text
    assert "复制过 3 次" in page and 'value="物流"' in page
    assert operator.post(f"/replies/offers/{number}/accept", data=GOOD).status_code == 403
    refused = editor.post(f"/replies/offers/{number}/accept", data=GOOD | {"answer": "全网第一，根治痘痘。"})
    assert refused.status_code == 422 and "全网第一，根治痘痘。" in refused.text and "必改" in refused.text
    assert editor.post(f"/replies/offers/{number}/accept", data=GOOD).status_code == 303
    assert GOOD["answer"] in operator.get(ask(operator, "下单多久能发")).text
    assert editor.post(f"/replies/offers/{number}/dismiss").status_code == 409
    with runtime.database.read() as session:
        made = session.scalars(select(Script).where(Script.origin == "desk")).one()
        assert {"script.made", "offer.accepted"} <= set(session.scalars(select(AuditEvent.action)))
    own = editor.get("/replies/learning?tab=own").text
    assert GOOD["question"] in own and "案头" in editor.get("/brand?tab=scripts").text
    assert editor.post(f"/replies/own/script/{made.id}/withdraw").status_code == 303
    assert GOOD["answer"] not in operator.get(ask(operator, "下单多久能发")).text
    assert editor.post("/replies/own/brand/1/withdraw").status_code == 404


def test_an_operator_offers_a_suggestion_with_one_press(operator: TestClient, runtime: Runtime) -> None:
    address = ask(operator)
    assert operator.post(f"{address}/offer", data={"place": "1"}).status_code == 303
    with runtime.database.read() as session:
        brand = session.scalars(select(Brand)).first()
        assert brand is not None and [one.count for one in offers.listed(session, brand)] == [1]


def test_a_gap_is_answered_once_and_then_known(
    operator: TestClient, editor: TestClient, runtime: Runtime
) -> None:
    for _ in range(2):
        ask(operator, "支持花呗分期吗")
    assert "问过 2 次" in editor.get("/replies/learning?tab=gaps").text
    with runtime.database.read() as session:
        number = session.scalars(select(KnowledgeGap.id)).one()
    said = {
        "topic": "付款",
        "question": "支持花呗分期吗",
        "answer": "目前不支持花呗分期，微信和支付宝都可以付。",
    }
    unknown = editor.post(f"/replies/gaps/{number}/answer", data=said | {"products": "没有"})
    assert unknown.status_code == 422 and "目前不支持花呗分期" in unknown.text
    assert editor.post(f"/replies/gaps/{number}/answer", data=said | {"products": "MH105"}).status_code == 303
    assert "目前不支持花呗分期" in operator.get(ask(operator, "支持花呗分期吗")).text
    with runtime.database.read() as session:
        item = session.scalars(select(KnowledgeItem)).one()
        gap = session.get_one(KnowledgeGap, number)
    assert (item.origin, gap.state, gap.knowledge_id) == ("desk", "answered", item.id)
    assert editor.post(f"/replies/gaps/{number}/ignore").status_code == 409


def test_figures_are_empty_first_and_then_lead_to_the_rows(operator: TestClient) -> None:
    assert "还没有数" in operator.get("/replies/figures").text
    address = ask(operator)
    operator.post(f"{address}/events", data={"kind": "copied", "place": "0"})
    for by in ("source", "stance", "version", "nonsense"):
        page = operator.get(f"/replies/figures?by={by}&sort=accepted&days=7")
        assert page.status_code == 200 and "100%" in page.text
    assert 'href="/brand?tab=scripts#row-49"' in operator.get("/replies/figures").text
    found = operator.get("/api/suggestions/figures?by=source").json()
    assert (found["items"][0]["sheet"], found["items"][0]["row"], found["items"][0]["copied_unchanged"]) == (
        "话术",
        49,
        1,
    )


def test_another_brands_replies_offers_and_gaps_are_not_there(
    operator: TestClient, editor: TestClient, lead: TestClient, runtime: Runtime, make: Any
) -> None:
    number = offered(operator, runtime)
    address = ask(operator, "支持花呗分期吗")
    with runtime.database.write() as session:
        other = make.brand(session, "邻家", groups=0).id
        gap = session.scalars(select(KnowledgeGap.id)).one()
    inside, api = f"?brand={other}", address.replace("/replies/", "/api/suggestions/")
    said = {"topic": "付款", "question": "花呗", "answer": "目前不支持花呗分期。"}
    for client, method, path, body in (
        (lead, "GET", address, {}), (operator, "POST", f"{address}/events", {"data": {"kind": "copied", "place": 0}}),
        (operator, "POST", f"{address}/offer", {"data": {"place": 0}}), (operator, "POST", f"{address}/edit", {"data": {"place": 0, "text": "好的呀"}}),
        (lead, "GET", api, {}), (operator, "POST", f"{api}/events", {"json": {"kind": "copied"}}),
        (operator, "POST", f"{api}/edits", {"json": {"index": 0, "text": "好的呀"}}), (operator, "POST", f"{api}/offers", {"json": {"index": 0}}),
        (editor, "POST", f"/replies/offers/{number}/accept", {"data": GOOD}), (editor, "POST", f"/replies/gaps/{gap}/answer", {"data": said}),
        (editor, "POST", f"/api/suggestions/offers/{number}/dismiss", {}), (editor, "POST", f"/api/suggestions/gaps/{gap}/ignore", {}),
    ):  # fmt: skip
        assert client.request(method, path + inside, **body).status_code == 404, (method, path)
    assert "48小时内发出" not in lead.get(f"/replies/learning{inside}").text
    assert lead.get(f"/api/suggestions{inside}&who=all").json()["items"] == []


def test_a_write_from_another_site_is_refused(operator: TestClient, runtime: Runtime) -> None:
    for path in (
        "/replies",
        "/replies/stream",
        "/replies/1/events",
        "/replies/offers/1/accept",
        "/replies/gaps/1/answer",
    ):
        answer = operator.post(path, data={"text": "什么时候发货"}, headers={"Sec-Fetch-Site": "cross-site"})
        assert answer.status_code == 403, path
    with runtime.database.read() as session:
        assert session.scalars(select(Suggestion)).all() == []


def test_nothing_a_customer_says_stands_in_the_logs(
    operator: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    said = "我叫李小美，电话13800138000，脸上起红疹怎么办"
    address = ask(operator, said)
    stream(operator, text=said)
    operator.post(f"{address}/edit", data={"place": "0", "text": "李小美你好，先停用"})
    ours = " ".join(record.getMessage() for record in caplog.records if record.name.startswith("chongfen"))
    assert not re.search("李小美|13800138000|红疹|先停用", ours)
    assert "13800138000" not in operator.get(address).text


def test_the_page_takes_the_same_statements_with_a_day_of_replies(
    operator: TestClient, runtime: Runtime
) -> None:
    def count() -> int:
        seen: list[str] = []
        listen = lambda *args: seen.append(args[2])  # noqa: E731
        event.listen(runtime.database.engine, "before_cursor_execute", listen)
        assert operator.get("/replies").status_code == 200
        event.remove(runtime.database.engine, "before_cursor_execute", listen)
        return len([text for text in seen if text.lstrip().upper().startswith("SELECT")])

    ask(operator)
    once = count()
    for _ in range(8):
        ask(operator)
    assert count() == once
