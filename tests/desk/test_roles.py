"""Who may do what, for every route there is: a route that is not in this table fails the test."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.testclient import TestClient

from desk.web.pages import live

ROLES = ("editor", "operator", "lead", "service")
ALL = frozenset(ROLES)
PEOPLE = frozenset({"editor", "operator", "lead"})
EDITORS = frozenset({"editor", "lead"})
SUBMITTERS = frozenset({"editor", "lead", "service"})
LEAD = frozenset({"lead"})
ANYBODY = None

# method and path → roles that are let in; ANYBODY: open also to those who are not signed in
EXPECTED: dict[str, frozenset[str] | None] = {
    "GET /": ALL,
    "GET /days/{day}": ALL,
    "GET /posts/{post_id}": ALL,
    "GET /review": ALL,
    "GET /deliveries": ALL,
    "GET /groups": ALL,
    "GET /groups/{code:path}": ALL,
    "GET /brand": ALL,
    "GET /rules": ALL,
    "POST /rules/try": ALL,
    "POST /rules/preview": LEAD,
    "POST /rules/add": LEAD,
    "POST /rules/silence": LEAD,
    "POST /rules/{row_id}/end": LEAD,
    "GET /brand/prompts": ALL,
    "POST /brand/prompts/try": EDITORS,
    "POST /brand/prompts/save": LEAD,
    "POST /brand/prompts/restore": LEAD,
    "GET /brand/cell": EDITORS,
    "POST /brand/cell": EDITORS,
    "GET /brand/import": EDITORS,
    "POST /brand/import": EDITORS,
    "POST /brand/import/apply": EDITORS,
    "GET /brand/export": EDITORS,
    "GET /send": ALL,
    "POST /send/{post_id}": PEOPLE,
    "GET /pictures/{digest}": ALL,
    "GET /notices": ALL,
    "POST /notices/read-all": PEOPLE,
    "POST /notices/{notice_id}/read": PEOPLE,
    "GET /learning": ALL,
    "GET /learning/compare": ALL,
    "GET /learning/versions/{digest}": ALL,
    "POST /learning/notes": EDITORS,
    "POST /learning/notes/refresh": EDITORS,
    "POST /learning/notes/{note_id:int}/{verb}": EDITORS,
    "GET /api/learning/pairs": ALL,
    "GET /api/learning/notes": ALL,
    "POST /api/learning/notes": EDITORS,
    "POST /api/learning/notes/refresh": EDITORS,
    "POST /api/learning/notes/{note_id}/decision": EDITORS,
    "GET /api/learning/versions": ALL,
    "GET /api/learning/versions/{digest}": ALL,
    "GET /audit": PEOPLE,
    "GET /settings": ALL,
    "GET /settings/models": ALL,
    "GET /api/budget": ALL,
    "GET /api/figures": ALL,
    "POST /settings/four-eyes": LEAD,
    "GET /settings/channels": LEAD,
    "POST /settings/channels/account": LEAD,
    "POST /settings/channels/confirming": LEAD,
    "POST /settings/channels/callback": LEAD,
    "GET /welcome": ALL,
    "POST /welcome": EDITORS,
    "POST /welcome/{post_id}/template": EDITORS,
    "GET /wecom/signatures": ALL,
    "GET /wecom/callback/{word}": ANYBODY,
    "POST /wecom/callback/{word}": ANYBODY,
    "POST /settings/channels/owner": LEAD,
    "POST /settings/channels/{group_id}/reopen": LEAD,
    "POST /settings/users": LEAD,
    "POST /settings/users/{user_id}/link": LEAD,
    "POST /settings/users/{user_id}/disable": LEAD,
    "POST /settings/users/{user_id}/enable": LEAD,
    "POST /settings/users/{user_id}/role": LEAD,
    "POST /settings/password": PEOPLE,
    "POST /settings/tokens": PEOPLE,
    "POST /settings/calendar": PEOPLE,
    "GET /calendar/{brand_id}/{token}.ics": ANYBODY,
    "POST /settings/tokens/{token_id}/revoke": PEOPLE,
    "POST /posts/{post_id}/approve": EDITORS,
    "POST /posts/{post_id}/undo": EDITORS,
    "POST /posts/{post_id}/looked": ALL,
    "POST /posts/{post_id}/request-changes": EDITORS,
    "POST /posts/{post_id}/reject": EDITORS,
    "POST /posts/{post_id}/hold": PEOPLE,
    "POST /posts/{post_id}/resume": EDITORS,
    "GET /live": ALL,
    "GET /figures": ALL,
    "GET /figures/{table}.csv": ALL,
    "POST /figures/import": EDITORS,
    "GET /month": ALL,
    "GET /list": ALL,
    "GET /posts/{post_id}/newest": ALL,
    "POST /posts/new": EDITORS,
    "POST /posts/{post_id}/move": EDITORS,
    "POST /posts/{post_id}/move/undo": EDITORS,
    "POST /posts/{post_id}/reschedule": EDITORS,
    "POST /posts/{post_id}/edit": SUBMITTERS,
    "POST /posts/{post_id}/swap": SUBMITTERS,
    "POST /posts/{post_id}/picture": SUBMITTERS,
    "POST /posts/{post_id}/rewrite": EDITORS,
    "POST /posts/{post_id}/rewrite/accept": EDITORS,
    "POST /posts/{post_id}/rewrite/stream": EDITORS,
    "POST /posts/{post_id}/comments": PEOPLE,
    "POST /posts/{post_id}/comments/{comment_id}/resolve": PEOPLE,
    "POST /review/approve": EDITORS,
    "POST /plan": EDITORS,
    "POST /pause": PEOPLE,
    "GET /resume": EDITORS,
    "POST /resume": EDITORS,
    "POST /deliveries/{delivery_id}/answer": PEOPLE,
    "POST /sign-out-everywhere": ALL,
    "GET /sign-in": ANYBODY,
    "POST /sign-in": ANYBODY,
    "GET /link/{token}": ANYBODY,
    "POST /link/{token}": ANYBODY,
    "POST /sign-out": ANYBODY,
    "POST /preferences": ANYBODY,
    "GET /healthz": ANYBODY,
    "GET /readyz": ANYBODY,
    "GET /metrics": ALL,
    "GET /api/me": ALL,
    "GET /api/tokens": PEOPLE,
    "POST /api/tokens": PEOPLE,
    "DELETE /api/tokens/{token_id}": PEOPLE,
    "GET /api/brands": ALL,
    "GET /api/brand": ALL,
    "POST /api/pause": PEOPLE,
    "GET /api/resume": EDITORS,
    "POST /api/resume": EDITORS,
    "GET /api/groups": ALL,
    "GET /api/groups/{code:path}/messages": ALL,
    "GET /api/groups/{code:path}": ALL,
    "GET /api/notices": ALL,
    "POST /api/notices/{notice_id}/read": PEOPLE,
    "GET /api/deliveries": ALL,
    "GET /api/deliveries/{delivery_id}": ALL,
    "POST /api/deliveries/{delivery_id}/answer": PEOPLE,
    "GET /api/ledger/{day}": ALL,
    "GET /api/send": ALL,
    "POST /api/send/{post_id}": PEOPLE,
    "GET /api/posts": ALL,
    "GET /api/posts/{post_id}": ALL,
    "PATCH /api/posts/{post_id}": EDITORS,
    "GET /api/posts/{post_id}/revisions": ALL,
    "POST /api/posts/{post_id}/revisions": SUBMITTERS,
    "GET /api/posts/{post_id}/revisions/{number}": ALL,
    "POST /api/posts/{post_id}/approve": EDITORS,
    "POST /api/posts/{post_id}/request-changes": EDITORS,
    "POST /api/posts/{post_id}/reject": EDITORS,
    "POST /api/posts/{post_id}/hold": PEOPLE,
    "POST /api/posts/{post_id}/resume": EDITORS,
    "POST /api/posts/{post_id}/comments": PEOPLE,
    "POST /api/posts/{post_id}/rewrite": EDITORS,
    "POST /api/suggestions": ALL,
    "POST /api/suggestions/{suggestion_id:int}/events": ALL,
    "GET /api/suggestions": ALL,
    "GET /api/suggestions/{suggestion_id:int}": ALL,
    "POST /api/suggestions/{suggestion_id:int}/edits": ALL,
    "POST /api/suggestions/{suggestion_id:int}/offers": PEOPLE,
    "GET /api/suggestions/gaps": ALL,
    "POST /api/checks": ALL,
    "POST /api/suggestions/gaps/{gap_id:int}/answer": EDITORS,
    "POST /api/suggestions/gaps/{gap_id:int}/ignore": EDITORS,
    "GET /api/suggestions/offers": ALL,
    "POST /api/suggestions/offers/{offer_id:int}/accept": EDITORS,
    "POST /api/suggestions/offers/{offer_id:int}/dismiss": EDITORS,
    "POST /api/suggestions/own/{sort}/{row_id:int}/withdraw": EDITORS,
    "GET /api/suggestions/figures": ALL,
    "GET /replies": ALL,
    "POST /replies": ALL,
    "POST /replies/stream": ALL,
    "GET /replies/groups": ALL,
    "GET /replies/{suggestion_id:int}": ALL,
    "POST /replies/{suggestion_id:int}/events": ALL,
    "POST /replies/{suggestion_id:int}/edit": ALL,
    "POST /replies/{suggestion_id:int}/offer": PEOPLE,
    "GET /replies/learning": ALL,
    "POST /replies/offers/{offer_id:int}/accept": EDITORS,
    "POST /replies/offers/{offer_id:int}/dismiss": EDITORS,
    "POST /replies/gaps/{gap_id:int}/answer": EDITORS,
    "POST /replies/gaps/{gap_id:int}/ignore": EDITORS,
    "POST /replies/own/{sort}/{row_id:int}/withdraw": EDITORS,
    "GET /replies/figures": ALL,
}
# a body that passes the route's own reading, so that a refusal is the role's and not the form's
BODIES: dict[str, dict[str, object]] = {
    "POST /api/tokens": {"name": "x"},
    "POST /api/checks": {"texts": ["早"]},
    "POST /api/learning/notes": {"note": "x"},
    "POST /api/learning/notes/{note_id}/decision": {"decision": "accept"},
    "POST /api/pause": {"reason": "x"},
    "POST /api/resume": {"choices": {}},
    "POST /api/deliveries/{delivery_id}/answer": {"arrived": True},
    "PATCH /api/posts/{post_id}": {"day": "2026-11-28", "time": "11:00"},
    "POST /api/posts/{post_id}/revisions": {"text": "x", "base_hash": ""},
    "POST /api/posts/{post_id}/approve": {"revision_hash": ""},
    "POST /api/posts/{post_id}/request-changes": {"reason": "x"},
    "POST /api/posts/{post_id}/reject": {"reason": "x"},
    "POST /api/posts/{post_id}/hold": {"reason": "x"},
    "POST /api/posts/{post_id}/comments": {"text": "x"},
    "POST /api/send/{post_id}": {"action": "done"},
    "POST /api/posts/{post_id}/rewrite": {"instruction": ""},
    "POST /api/suggestions/{suggestion_id:int}/edits": {"index": 0, "text": "x"},
    "POST /api/suggestions/{suggestion_id:int}/offers": {"index": 0},
    "POST /api/suggestions/gaps/{gap_id:int}/answer": {"topic": "x", "question": "x", "answer": "x"},
    "POST /api/suggestions/offers/{offer_id:int}/accept": {"scene": "x", "question": "x", "answer": "x"},
}
# things that are not there: whoever is let in gets another answer than 401, 403 or the door, and nothing is changed
NOWHERE = {
    "row_id": "999999",
    "suggestion_id": "999999", "group_id": "999999", "suggestion_id:int": "999999", "offer_id:int": "999999", "gap_id:int": "999999",
    "row_id:int": "999999", "sort": "script", "note_id:int": "999999", "note_id": "999999", "verb": "accept", "digest": "0" * 64,
    "word": "nothing", "post_id": "999999", "day": "2026-11-24", "code:path": "nothing", "delivery_id": "0" * 32, "number": "1",
    "notice_id": "999999", "brand_id": "999999", "user_id": "999999", "token_id": "999999", "comment_id": "1", "token": "nothing",
}  # fmt: skip


def routes(app: FastAPI) -> set[str]:
    """Every route, also those inside included routers: ``GET /posts/{post_id}``."""
    return {
        f"{method} {route.path}"
        for route in iter_route_contexts(app.routes)
        for method in getattr(route, "methods", None) or ()
        if method != "HEAD" and route.path != app.openapi_url
    }


def test_every_route_of_the_desk_stands_in_the_table(app: FastAPI) -> None:
    paths = app.openapi()["paths"]
    assert routes(app) == set(EXPECTED)
    assert {
        path for path in paths if not path.startswith(("/api", "/healthz", "/readyz", "/metrics"))
    } == set()


@pytest.fixture
def brief_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stream that ends at once, so that a client which reads to the end comes to one."""
    monkeypatch.setattr(live, "PING", 0.0)
    monkeypatch.setattr(live, "LONGEST", 0.0)


@pytest.mark.usefixtures("brief_stream")
@pytest.mark.parametrize("role", ["", *ROLES])
def test_each_role_gets_through_exactly_the_doors_it_may(
    as_role: Callable[[str], TestClient], shop: Any, role: str
) -> None:
    wrong = []
    for line, allowed in EXPECTED.items():
        if line in {"POST /sign-out", "POST /sign-out-everywhere"}:
            continue  # they would end the session this test walks with; test_sign_in has them
        method, _space, path = line.partition(" ")
        let_in = _let_in(as_role(role), method, path, line)
        should = allowed is ANYBODY or role in allowed
        if let_in != should:
            wrong.append(f"{role or 'nobody'}: {line} {'lets in' if let_in else 'shuts out'}")
    assert not wrong, "\n".join(wrong)


def _let_in(client: TestClient, method: str, path: str, line: str) -> bool:
    for name, value in NOWHERE.items():
        path = path.replace("{" + name + "}", value)
    asked: dict[str, object] = {"json": BODIES[line]} if line in BODIES else {}
    if line in {"POST /brand/import", "POST /figures/import"}:
        asked = {"files": {"file": ("x.xlsx", b"no workbook")}}
    elif method == "POST" and not path.startswith("/api"):
        asked = {"data": {"reason": "", "number": "no", "arrived": "yes"}}
    answer = client.request(method, path, **asked)  # type: ignore[arg-type]
    if answer.status_code == 303 and answer.headers["location"].startswith("/sign-in?next="):
        return False
    return not (answer.status_code == 403 or (answer.status_code == 401 and path != "/sign-in"))


def test_a_service_account_can_submit_but_never_approve(
    as_role: Callable[[str], TestClient], shop: Any
) -> None:
    robot = as_role("service")
    post = robot.get(f"/api/posts/{shop.posts['review']}").json()
    made = robot.post(
        f"/api/posts/{post['id']}/revisions", json={"text": "新的一句。", "base_hash": post["revision_hash"]}
    )
    assert made.status_code == 201 and made.json()["author"] == "service:service"
    answer = robot.post(
        f"/api/posts/{post['id']}/approve", json={"revision_hash": made.json()["revision_hash"]}
    )
    assert answer.status_code == 403 and answer.json()["code"] == "auth.forbidden"


def test_only_a_lead_lifts_a_block_and_only_with_a_reason(
    as_role: Callable[[str], TestClient], shop: Any
) -> None:
    path = f"/api/posts/{shop.posts['blocked']}"
    digest = as_role("editor").get(path).json()["revision_hash"]
    allow = {"revision_hash": digest, "override_reason": "法务看过"}
    assert as_role("editor").post(f"{path}/approve", json=allow).status_code == 403
    refused = as_role("lead").post(f"{path}/approve", json={"revision_hash": digest})
    assert refused.status_code == 422 and refused.json()["code"] in {
        "approval.blocked",
        "approval.facts_changed",
    }
