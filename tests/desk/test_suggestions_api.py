"""`/api/suggestions`: JSON or a stream, what became of a suggestion, and who may ask."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import select, update
from starlette.testclient import TestClient

from content_calendar.tables import Brand, Script, Suggestion, SuggestionEvent
from workers.runtime import Runtime


@pytest.fixture(autouse=True)
def scripts(runtime: Runtime, shop: Any) -> None:
    """Two reviewed answers; the stamp says that the workbook is another."""
    with runtime.database.write() as session:
        session.add(
            Script(
                brand_id=shop.brand,
                key="a",
                scene="物流",
                question="什么时候发货",
                answer="付款后48小时内发出，周末照常。",
                row=49,
            )
        )
        session.add(
            Script(
                brand_id=shop.brand, key="b", scene="过敏反馈", question="用完脸上又红又痒", answer="先停用，用清水冲一冲。",
                escalate=True, escalate_to="立即，售后值班", row=30,
            )
        )  # fmt: skip
        session.execute(update(Brand).where(Brand.id == shop.brand).values(workbook_sha256="replies"))


@pytest.fixture
def operator(as_role: Callable[[str], TestClient]) -> TestClient:
    """A browser signed in as an operator."""
    return as_role("operator")


def test_a_question_is_answered_with_sources_and_kept(operator: TestClient, runtime: Runtime) -> None:
    answer = operator.post("/api/suggestions", json={"text": "啥时候发货呀", "group": "G001"})
    assert answer.status_code == 200
    found = answer.json()
    assert found["sources"][0] == {"sheet": "话术", "row": 49} and found["suggestions"][0]["text"].startswith(
        "付款后48小时"
    )
    with runtime.database.read() as session:
        kept = session.get_one(Suggestion, found["id"])
    assert (kept.private, kept.tier, kept.user_id is not None) == (False, "high", True)


def test_danger_is_told(operator: TestClient) -> None:
    found = operator.post("/api/suggestions", json={"text": "脸肿了又红又痒"}).json()
    assert found["escalate"] and found["risk"] == "reaction" and found["handover"] == "立即，售后值班"


def test_a_stream_tells_risk_first_and_ends_with_done(operator: TestClient) -> None:
    answer = operator.post(
        "/api/suggestions", json={"text": "什么时候发货"}, headers={"Accept": "text/event-stream"}
    )
    assert (
        answer.headers["content-type"].startswith("text/event-stream")
        and answer.headers["cache-control"] == "no-store"
    )
    events = [block.split("\n") for block in answer.text.strip().split("\n\n")]
    names = [event[0].removeprefix("event: ") for event in events]
    assert names[:2] == ["risk", "sources"] and names[-1] == "done" and "suggestion" in names
    assert json.loads(events[-1][1].removeprefix("data: "))["id"] > 0


def test_what_became_of_it_is_kept_masked(operator: TestClient, runtime: Runtime) -> None:
    number = operator.post("/api/suggestions", json={"text": "什么时候发货"}).json()["id"]
    body = {"kind": "edited", "index": 0, "text": "我叫李小美，付款后48小时内发出。"}
    assert operator.post(f"/api/suggestions/{number}/events", json=body).status_code == 201
    assert (
        operator.post(f"/api/suggestions/{number}/events", json={"kind": "copied", "index": 9}).status_code
        == 422
    )
    assert (
        operator.post("/api/suggestions/999999/events", json={"kind": "copied", "index": 0}).status_code
        == 404
    )
    with runtime.database.read() as session:
        kept = session.scalars(select(SuggestionEvent)).one()
    assert kept.text == "我叫［姓名1］，付款后48小时内发出。"


def test_questions_without_an_answer_are_listed(operator: TestClient) -> None:
    for _ in range(2):
        operator.post("/api/suggestions", json={"text": "支持花呗分期吗"})
    gaps = operator.get("/api/suggestions/gaps").json()["items"]
    assert [(gap["question"], gap["count"]) for gap in gaps] == [("支持花呗分期吗", 2)]


@pytest.mark.parametrize(
    "body",
    [{}, {"text": 3}, {"text": "x" * 20_001}, {"text": "好", "tier": "vip"}, {"text": "好", "group": "没有"}],
)
def test_what_cannot_be_read_is_refused(body: dict[str, Any], operator: TestClient) -> None:
    answer = operator.post("/api/suggestions", json=body)
    assert answer.status_code in (404, 422) and answer.headers["content-type"] == "application/problem+json"


def test_nobody_asks_without_signing_in(app: FastAPI) -> None:
    assert TestClient(app).post("/api/suggestions", json={"text": "好"}).status_code == 401
