"""The API's contract: documents, problems, cursors, idempotency keys."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import update
from starlette.testclient import TestClient

from content_calendar.clock import FixedClock
from content_calendar.tables import Brand, Comment, IdempotencyKey, Notice, Post, Revision
from desk.api import idempotency
from prompts.draft import revision_hash
from workers.runtime import Runtime

PROBLEM = {"type", "title", "status", "code", "detail", "instance"}


@pytest.fixture(autouse=True)
def no_facts(runtime: Runtime, shop: Any) -> None:
    """Texts without facts: nothing can have changed meanwhile."""
    with runtime.database.write() as session:
        for revision in session.query(Revision).all():
            session.execute(
                update(Revision)
                .where(Revision.id == revision.id)
                .values(facts=[], hash=revision_hash(revision.text, ()))
            )


def test_openapi_describes_every_resource_and_how_to_sign_in(app: FastAPI) -> None:
    document = TestClient(app).get("/api/openapi.json").json()
    assert (
        document["info"]["title"].startswith("宠粉") and "Idempotency-Key" in document["info"]["description"]
    )
    operations = [
        (path, method, found) for path, item in document["paths"].items() for method, found in item.items()
    ]
    assert len(operations) > 30
    for path, method, operation in operations:
        assert operation.get("summary") and operation.get("description"), (path, method)
        if path.startswith("/api"):
            assert operation["security"], path
    assert document["components"]["securitySchemes"]["HTTPBearer"]["scheme"] == "bearer"


def test_a_post_tells_everything_an_editor_needs(editor: TestClient, shop: Any) -> None:
    post = editor.get(f"/api/posts/{shop.posts['blocked']}").json()
    assert post["at"] == "2026-11-24T10:00:00+08:00" and post["zone"] == "Asia/Shanghai"
    assert [risk["code"] for risk in post["risks"]] == ["block"] and post["risks"][0][
        "text"
    ] == "有 1 处必改，不能批准"
    assert post["revision"]["findings"][0]["law"] == "品牌!B12"
    assert post["revision"]["hash"] == post["revision_hash"] and post["deliveries"] == {}


def test_lists_go_on_by_cursor_without_gaps_or_doubles_whatever_is_added_meanwhile(
    editor: TestClient, runtime: Runtime, shop: Any, make: Any
) -> None:
    with runtime.database.write() as session:
        brand = session.get_one(Brand, shop.brand)
        for number in range(25):
            make.post(session, brand, day=make.monday + timedelta(days=number % 3), wall="12:00")
        wanted = [row.id for row in session.query(Post).order_by(Post.due_at, Post.id)]
    seen: list[int] = []
    cursor = ""
    while True:
        page = editor.get("/api/posts", params={"limit": 7, "cursor": cursor}).json()
        seen += [item["id"] for item in page["items"]]
        with runtime.database.write() as session:
            make.post(session, session.get_one(Brand, shop.brand), day=make.monday - timedelta(days=3))
        if page["next"] is None:
            break
        cursor = page["next"]
    assert seen == wanted


@pytest.mark.parametrize("cursor", ["x", "====", "bnVsbA", "WzEsMl0", "W10", "eyJhIjoxfQ", "é"])
def test_a_crooked_cursor_is_a_problem_not_a_crash(editor: TestClient, cursor: str) -> None:
    for path in ("/api/posts", "/api/deliveries", "/api/groups"):
        answer = editor.get(path, params={"cursor": cursor})
        assert answer.status_code == 422 and answer.json()["code"] == "request.cursor"


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("state=held", ["held"]),
        ("state=held&state=approved", ["approved", "held"]),
        ("from=2026-11-24&to=2026-11-24&tier=high", ["approved"]),
        ("kind=morning_news", ["review"]),
        ("campaign=77", []),
    ],
)
def test_lists_are_narrowed(editor: TestClient, shop: Any, query: str, names: list[str]) -> None:
    items = editor.get(f"/api/posts?{query}").json()["items"]
    assert [item["id"] for item in items] == [shop.posts[name] for name in names]


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("GET", "/api/posts/999", None, 404, "post.not_found"),
        ("GET", "/api/posts/x", None, 422, "request.invalid"),
        ("GET", "/api/nothing", None, 404, "http.404"),
        ("PUT", "/api/posts/1", None, 405, "http.405"),
        ("GET", "/api/posts/{review}/revisions/9", None, 404, "revision.not_found"),
        ("GET", "/api/deliveries/none", None, 404, "delivery.not_found"),
        ("GET", "/api/groups/none", None, 404, "group.not_found"),
        ("GET", "/api/ledger/yesterday", None, 422, "request.invalid"),
        ("GET", "/api/posts?limit=0", None, 422, "request.invalid"),
        ("POST", "/api/posts/{review}/approve", {"revision_hash": "0" * 64}, 409, "review.base_changed"),
        (
            "POST",
            "/api/posts/{approved}/approve",
            {"revision_hash": "0" * 64},
            409,
            "calendar.state_conflict",
        ),
        ("POST", "/api/posts/{review}/approve", {"revision_hash": 5}, 422, "request.invalid"),
        ("POST", "/api/posts/{review}/approve", {"revision_hash": "", "extra": 1}, 422, "request.invalid"),
        ("POST", "/api/posts/{review}/reject", {"reason": ""}, 422, "request.invalid"),
        ("POST", "/api/posts/{review}/reject", {"reason": "   "}, 422, "review.reason_missing"),
        ("PATCH", "/api/posts/{review}", {"day": "2026-11-20", "time": "10:00"}, 422, "post.in_the_past"),
        ("PATCH", "/api/posts/{review}", {"day": "2026-11-26", "time": "23:00"}, 422, "post.quiet_hours"),
        ("PATCH", "/api/posts/{review}", {"day": "2026-11-26", "time": "25:00"}, 422, "request.invalid"),
        (
            "POST",
            "/api/posts/{review}/revisions",
            {"text": "x", "base_hash": "0" * 64},
            409,
            "review.base_changed",
        ),
        ("POST", "/api/deliveries/none/answer", {"arrived": "yes"}, 422, "request.invalid"),
        ("DELETE", "/api/tokens/77", None, 404, "token.not_found"),
        ("POST", "/api/resume", {"choices": {"1": "send"}}, 409, "calendar.state_conflict"),
        ("POST", "/api/resume", {"choices": {"x": "send"}}, 422, "request.invalid"),
    ],
)
def test_every_refusal_is_a_problem_document_with_a_stable_code(
    editor: TestClient, shop: Any, method: str, path: str, body: Any, status: int, code: str
) -> None:
    answer = editor.request(method, path.format(**shop.posts), json=body)
    problem = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.status_code, problem["status"], problem["code"]) == (status, status, code)
    assert set(problem) >= PROBLEM and problem["detail"] and problem["type"] == f"urn:chongfen:problem:{code}"


def test_a_body_that_is_no_json_is_a_problem_too(editor: TestClient, shop: Any) -> None:
    answer = editor.post(
        f"/api/posts/{shop.posts['review']}/reject",
        content=b"{",
        headers={"content-type": "application/json"},
    )
    assert answer.status_code == 422 and answer.json()["code"] == "request.invalid"


def test_refusals_speak_english_when_asked(editor: TestClient, shop: Any) -> None:
    path = f"/api/posts/{shop.posts['review']}/approve"
    said = editor.post(path, json={"revision_hash": ""}, headers={"accept-language": "en-GB,en;q=0.9"}).json()
    assert said["title"] == "Conflict" and "newer revision" in said["detail"]
    assert "已有" in editor.post(path, json={"revision_hash": ""}).json()["detail"]


def test_a_post_is_taken_through_its_life(editor: TestClient, runtime: Runtime, shop: Any) -> None:
    path = f"/api/posts/{shop.posts['review']}"
    seen = editor.get(path).json()["revision_hash"]
    made = editor.post(f"{path}/revisions", json={"text": "水温先看手背。", "base_hash": seen})
    assert made.status_code == 201 and made.json()["revision"]["number"] == 2
    assert [item["number"] for item in editor.get(f"{path}/revisions").json()["items"]] == [1, 2]
    assert editor.get(f"{path}/revisions/1").json()["hash"] == seen
    approved = editor.post(f"{path}/approve", json={"revision_hash": made.json()["revision_hash"]}).json()
    assert approved["state"] == "approved" and approved["approval"]["by"] == "editor的人"
    moved = editor.patch(path, json={"day": "2026-11-26", "time": "11:30"}).json()
    assert (moved["state"], moved["at"], moved["approval"]) == (
        "in_review",
        "2026-11-26T11:30:00+08:00",
        None,
    )
    assert editor.post(f"{path}/hold", json={"reason": "等等"}).json()["state"] == "held"
    assert editor.post(f"{path}/resume").json()["state"] == "in_review"
    assert (
        editor.post(f"{path}/request-changes", json={"reason": "短一点"}).json()["state"]
        == "changes_requested"
    )
    assert editor.post(f"{path}/rewrite", json={"instruction": "短一点"}).status_code == 202
    assert editor.post(f"{path}/comments", json={"text": "好"}).json()["comments"][0]["text"] == "好"
    assert editor.post(f"{path}/reject", json={"reason": "不要了"}).json()["state"] == "rejected"


def test_the_other_resources_answer(lead: TestClient, runtime: Runtime, shop: Any, make: Any) -> None:
    with runtime.database.write() as session:
        session.add(
            Notice(brand_id=shop.brand, at=make.now, level="warn", code="x", subject="y", text="看一下")
        )
    assert [brand["name"] for brand in lead.get("/api/brands").json()["items"]] == ["沐禾"]
    assert lead.get("/api/brand").json()["demo"] is True
    groups = lead.get("/api/groups").json()
    assert len(groups["items"]) == 6 and "address" not in groups["items"][0]
    assert lead.get("/api/groups/G001").json()["tier"] == "high"
    assert lead.get("/api/groups/G001/messages").json() == {"items": [], "next": None}
    assert lead.get("/api/ledger/2026-11-24").json()["holds"] is True
    told = lead.get("/api/notices").json()["items"][0]
    assert lead.post(f"/api/notices/{told['id']}/read").json()["read_by"] == "lead"
    assert lead.get("/api/notices").json()["items"] == []
    assert lead.get("/api/notices?everything=true").json()["items"][0]["text"] == "看一下"
    assert lead.post("/api/pause", json={"reason": "停"}).json()["pause_reason"] == "停"
    assert lead.get("/api/resume").json()["items"] == []
    assert lead.post("/api/resume", json={}).json() == {}


def test_health_tells_machines_what_they_need_and_nothing_of_content(app: FastAPI, shop: Any) -> None:
    client = TestClient(app)
    assert client.get("/healthz").json() == {"ok": True}
    ready = client.get("/readyz")
    assert ready.status_code == 503 and "canary" in ready.json()["signs"]
    assert "沐禾" not in ready.text


def comments(runtime: Runtime) -> int:
    with runtime.database.read() as session:
        return session.query(Comment).count()


def test_the_same_key_with_the_same_body_acts_once_and_answers_alike(
    editor: TestClient, runtime: Runtime, shop: Any
) -> None:
    path = f"/api/posts/{shop.posts['review']}/comments"
    first = editor.post(path, json={"text": "好"}, headers={"idempotency-key": "a"})
    again = editor.post(path, json={"text": "好"}, headers={"idempotency-key": "a"})
    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert again.headers["idempotency-replayed"] == "true" and "idempotency-replayed" not in first.headers
    assert again.headers["content-type"] == first.headers["content-type"] and comments(runtime) == 1
    editor.post(path, json={"text": "好"}, headers={"idempotency-key": "b"})
    editor.post(path, json={"text": "好"})
    assert comments(runtime) == 3


def test_a_refusal_is_remembered_like_any_answer(editor: TestClient, shop: Any) -> None:
    path = f"/api/posts/{shop.posts['review']}"
    digest = editor.get(path).json()["revision_hash"]
    refused = editor.post(
        f"{path}/approve", json={"revision_hash": "0" * 64}, headers={"idempotency-key": "k"}
    )
    assert refused.status_code == 409
    editor.post(f"{path}/approve", json={"revision_hash": digest})
    again = editor.post(f"{path}/approve", json={"revision_hash": "0" * 64}, headers={"idempotency-key": "k"})
    assert again.content == refused.content and again.headers["content-type"] == "application/problem+json"


def test_the_same_key_with_another_body_or_path_is_refused(
    editor: TestClient, runtime: Runtime, shop: Any
) -> None:
    path = f"/api/posts/{shop.posts['review']}"
    editor.post(f"{path}/comments", json={"text": "好"}, headers={"idempotency-key": "a"})
    for other, body in ((f"{path}/comments", {"text": "不好"}), (f"{path}/hold", {"reason": "好"})):
        answer = editor.post(other, json=body, headers={"idempotency-key": "a"})
        assert answer.status_code == 422 and answer.json()["code"] == "idempotency.mismatch"
    assert comments(runtime) == 1


def test_one_users_key_is_not_anothers(
    as_role: Callable[[str], TestClient], runtime: Runtime, shop: Any
) -> None:
    path = f"/api/posts/{shop.posts['review']}/comments"
    for role in ("editor", "operator"):
        assert (
            as_role(role).post(path, json={"text": "好"}, headers={"idempotency-key": "a"}).status_code == 201
        )
    assert comments(runtime) == 2


def test_while_the_first_is_at_work_the_second_is_told_to_wait_and_an_abandoned_one_is_taken_over(
    editor: TestClient, runtime: Runtime, shop: Any, clock: FixedClock
) -> None:
    path, body = f"/api/posts/{shop.posts['review']}/comments", {"text": "好"}
    editor.post(path, json=body, headers={"idempotency-key": "a"})
    with runtime.database.write() as session:
        session.query(IdempotencyKey).update({"status": None, "body": ""})
    waiting = editor.post(path, json=body, headers={"idempotency-key": "a"})
    assert (waiting.status_code, waiting.json()["code"], waiting.headers["retry-after"]) == (
        409,
        "idempotency.at_work",
        "1",
    )
    clock.advance(idempotency.ABANDONED + timedelta(seconds=1))
    assert editor.post(path, json=body, headers={"idempotency-key": "a"}).status_code == 201
    assert comments(runtime) == 2


def test_two_at_the_same_time_act_once(editor: TestClient, app: FastAPI, runtime: Runtime, shop: Any) -> None:
    path = f"/api/posts/{shop.posts['review']}/comments"
    start = threading.Barrier(4)
    seen: list[int] = []

    def ask() -> None:
        client = TestClient(app, base_url="http://desk.test", cookies=dict(editor.cookies))
        start.wait()
        seen.append(client.post(path, json={"text": "好"}, headers={"idempotency-key": "a"}).status_code)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert comments(runtime) == 1 and set(seen) <= {201, 409} and 201 in seen


def test_a_key_is_forgotten_after_a_day_and_given_back_when_we_break(
    editor: TestClient, runtime: Runtime, shop: Any, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    from content_calendar import review

    path, body = f"/api/posts/{shop.posts['review']}/comments", {"text": "好"}
    with monkeypatch.context() as broken:
        broken.setattr(review, "comment", lambda *_, **__: 1 / 0)
        assert editor.post(path, json=body, headers={"idempotency-key": "a"}).status_code == 500
    assert editor.post(path, json=body, headers={"idempotency-key": "a"}).status_code == 201
    clock.advance(idempotency.REMEMBERED + timedelta(minutes=1))
    assert editor.post(path, json=body, headers={"idempotency-key": "a"}).status_code == 201
    assert comments(runtime) == 2


def test_a_refused_role_does_not_use_the_key_up(
    as_role: Callable[[str], TestClient], runtime: Runtime, shop: Any
) -> None:
    operator = as_role("operator")
    path = f"/api/posts/{shop.posts['review']}/reject"
    for _ in range(2):
        assert operator.post(path, json={"reason": "x"}, headers={"idempotency-key": "a"}).status_code == 403
    with runtime.database.read() as session:
        assert session.query(IdempotencyKey).count() == 0
    assert (
        operator.post(path, json={"reason": "x"}, headers={"idempotency-key": "a" * 121}).status_code == 422
    )
