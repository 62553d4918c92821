"""The API of what became of suggestions: history, checked edits, offers, gaps, decisions once only, figures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select
from starlette.testclient import TestClient

from content_calendar.tables import Brand, KnowledgeGap, Script, ScriptOffer, SuggestionEvent
from workers.runtime import Runtime


@pytest.fixture(autouse=True)
def scripts(runtime: Runtime, shop: Any) -> None:
    """One reviewed answer."""
    with runtime.database.write() as session:
        session.add(
            Script(
                brand_id=shop.brand,
                key="a",
                scene="物流",
                question="什么时候发货",
                answer="付款后48小时内发出。",
                row=49,
            )
        )
        session.get_one(Brand, shop.brand).workbook_sha256 = "api"


@pytest.fixture
def operator(as_role: Callable[[str], TestClient]) -> TestClient:
    """A browser signed in as an operator."""
    return as_role("operator")


def ask(client: TestClient, text: str = "什么时候发货") -> int:
    return int(client.post("/api/suggestions", json={"text": text}).json()["id"])


def test_a_day_is_paged_and_one_reply_can_be_had_again(operator: TestClient) -> None:
    numbers = [ask(operator) for _ in range(3)]
    first = operator.get("/api/suggestions?limit=2").json()
    second = operator.get(f"/api/suggestions?limit=2&cursor={first['next']}").json()
    assert [item["id"] for item in (*first["items"], *second["items"])] == numbers[::-1] and second[
        "next"
    ] is None
    again = operator.get(f"/api/suggestions/{numbers[0]}").json()
    assert again["suggestions"][0]["sources"] == [{"sheet": "话术", "row": 49, "title": "什么时候发货"}]
    assert operator.get("/api/suggestions/999999").status_code == 404
    assert operator.get("/api/suggestions?cursor=x").status_code == 422


def test_an_edit_is_allowed_or_barred_with_the_reasons(operator: TestClient, runtime: Runtime) -> None:
    number = ask(operator)
    fine = operator.post(
        f"/api/suggestions/{number}/edits", json={"index": 0, "text": "48小时内发，放心等。"}
    ).json()
    barred = operator.post(
        f"/api/suggestions/{number}/edits", json={"index": 0, "text": "全网第一快！"}
    ).json()
    assert fine == {"allowed": True, "findings": []}
    assert (
        not barred["allowed"]
        and barred["findings"][0]["verdict"] == "block"
        and barred["findings"][0]["reason"]
    )
    assert (
        operator.post(f"/api/suggestions/{number}/edits", json={"index": 2, "text": "好的呀。"}).status_code
        == 422
    )
    with runtime.database.read() as session:
        assert session.scalars(select(SuggestionEvent.kind).order_by(SuggestionEvent.id)).all() == [
            "edited",
            "copied",
        ]
    assert operator.get(f"/api/suggestions/{number}").json()["outcome"] == "edited"


def test_a_decision_sent_twice_with_one_key_is_made_once(
    operator: TestClient, editor: TestClient, runtime: Runtime
) -> None:
    number = ask(operator)
    offer = operator.post(
        f"/api/suggestions/{number}/offers", json={"index": 0, "text": "48小时内发，放心等。"}
    ).json()["id"]
    assert editor.get("/api/suggestions/offers").json()["items"][0]["id"] == offer
    body = {"scene": "物流", "question": "多久能发", "answer": "48小时内发，放心等。"}
    key = {"Idempotency-Key": "accept-1"}
    first = editor.post(f"/api/suggestions/offers/{offer}/accept", json=body, headers=key)
    second = editor.post(f"/api/suggestions/offers/{offer}/accept", json=body, headers=key)
    assert (
        first.status_code == 201
        and second.json() == first.json()
        and second.headers["idempotency-replayed"] == "true"
    )
    assert (
        editor.post(f"/api/suggestions/offers/{offer}/accept", json=body).json()["code"]
        == "reply.offer_decided"
    )
    assert (
        editor.get("/api/suggestions/offers?state=accepted").json()["items"][0]["script_id"]
        == first.json()["id"]
    )
    with runtime.database.read() as session:
        assert session.scalar(select(func.count()).where(Script.origin == "desk")) == 1
    assert editor.post(f"/api/suggestions/own/script/{first.json()['id']}/withdraw").json() == {
        "state": "withdrawn"
    }
    assert editor.post("/api/suggestions/own/brand/1/withdraw").status_code == 422


def test_gaps_are_answered_or_ignored(operator: TestClient, editor: TestClient, runtime: Runtime) -> None:
    for text in ("支持花呗分期吗", "能刻字吗"):
        ask(operator, text)
    with runtime.database.read() as session:
        first, second = session.scalars(select(KnowledgeGap.id).order_by(KnowledgeGap.id))
    body = {"topic": "付款", "question": "支持花呗分期吗", "answer": "目前不支持花呗分期。"}
    barred = editor.post(f"/api/suggestions/gaps/{first}/answer", json=body | {"answer": "全网第一的分期。"})
    assert barred.status_code == 422 and barred.json()["code"] == "reply.barred"
    assert editor.post(f"/api/suggestions/gaps/{first}/answer", json=body).status_code == 201
    assert editor.post(f"/api/suggestions/gaps/{second}/ignore").json() == {"state": "ignored"}
    assert editor.get("/api/suggestions/gaps").json()["items"] == []
    assert editor.get("/api/suggestions/gaps?state=answered").json()["items"][0]["decided_by"] == "editor"


def test_a_scrap_is_not_offered(operator: TestClient, runtime: Runtime) -> None:
    number = ask(operator)
    refused = operator.post(f"/api/suggestions/{number}/offers", json={"index": 0, "text": "好"})
    assert refused.json()["code"] == "reply.too_short"
    assert operator.post(f"/api/suggestions/{number}/offers", json={"index": 2}).status_code == 422
    with runtime.database.read() as session:
        assert session.scalars(select(ScriptOffer)).all() == []


def test_figures_tell_each_line_and_the_total(operator: TestClient) -> None:
    number = ask(operator)
    operator.post(f"/api/suggestions/{number}/events", json={"kind": "copied", "index": 0})
    found = operator.get("/api/suggestions/figures?by=stance&sort=accepted").json()
    assert (
        found["items"][0] | {"stance": "answer", "shown": 1, "acceptance": 1.0, "distance": 0.0}
        == found["items"][0]
    )
    assert found["replies"] == 1 and found["total"]["copied_unchanged"] == 1 and not found["capped"]
    assert operator.get("/api/suggestions/figures?by=price").status_code == 422
