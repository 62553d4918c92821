"""POST /api/checks: texts in, findings out in their order, places counted in two ways."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from content_calendar.rules import changing
from content_calendar.tables import Brand
from prompts.house_rules import OwnRule
from workers.runtime import Runtime


def test_texts_are_answered_in_their_order_with_everything_a_program_needs(
    editor: TestClient, shop: Any, runtime: Runtime
) -> None:
    with runtime.database.write() as session:
        brand = session.get_one(Brand, shop.brand)
        rule = OwnRule(words=("小仙女",), verdict="warn", reason="我们叫大家禾苗", replacement="禾苗")
        changing.add(session, brand, rule, actor="user:lead", now=runtime.clock.now())
    texts = ["🎉🎉全网最低价", "今天周五，早点休息", "🧴小仙女们早"]
    answer = editor.post("/api/checks", json={"texts": texts})
    assert answer.status_code == 200
    body = answer.json()
    assert [item["verdict"] for item in body["items"]] == ["block", "allow", "warn"]
    assert len(body["rules"]) == 64
    (own,) = body["items"][2]["findings"]
    assert (own["rule"], own["version"], own["excerpt"], own["replacement"]) == (
        rule.id,
        rule.version,
        "小仙女",
        "禾苗",
    )
    assert (own["start"], own["end"], own["start_utf16"], own["end_utf16"]) == (1, 4, 2, 5)
    assert own["trust"] == 1.0 and own["reason"] == "我们叫大家禾苗"
    lowest = next(item for item in body["items"][0]["findings"] if item["rule"] == "price.lowest")
    assert (
        lowest["law"]
        and texts[0]
        .encode("utf-16-le")[2 * lowest["start_utf16"] : 2 * lowest["end_utf16"]]
        .decode("utf-16-le")
        == lowest["excerpt"]
    )


def test_kind_tier_and_product_are_heeded(editor: TestClient, shop: Any) -> None:
    long = "好" * 1500
    plain = editor.post("/api/checks", json={"texts": [long]}).json()["items"][0]
    by_tier = editor.post("/api/checks", json={"texts": [long], "tier": "high"}).json()["items"][0]
    assert "lane.bytes" not in {item["rule"] for item in plain["findings"]}
    assert "lane.bytes" in {item["rule"] for item in by_tier["findings"]}
    assert editor.post("/api/checks", json={"texts": ["早"], "kind": "reply"}).status_code == 200
    assert editor.post("/api/checks", json={"texts": ["早"], "kind": "护肤秘籍"}).status_code == 200


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"texts": []}, 422, "request.invalid"),
        ({"texts": ["a"] * 201}, 422, "request.invalid"),
        ({"texts": [""]}, 422, "request.invalid"),
        ({"texts": ["a" * 4001]}, 422, "request.invalid"),
        ({"texts": "a"}, 422, "request.invalid"),
        ({"texts": ["a"], "tier": "vip"}, 422, "request.invalid"),
        ({"texts": ["a"], "kind": "nothing"}, 422, "check.kind"),
        ({"texts": ["a"], "product": "nothing"}, 422, "check.product"),
    ],
)
def test_what_cannot_be_checked_is_refused_with_a_code(
    editor: TestClient, shop: Any, body: Any, status: int, code: str
) -> None:
    answer = editor.post("/api/checks", json=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
