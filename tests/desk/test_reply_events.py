"""What is said to have become of a reply is believed only of one's own, and only of words that were told or checked."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from content_calendar.tables import Brand, Script, SuggestionEvent
from workers.runtime import Runtime

SAID = "付款后48小时内发出，周末照常。"


@pytest.fixture(autouse=True)
def script(runtime: Runtime, shop: Any) -> None:
    with runtime.database.write() as session:
        session.add(
            Script(brand_id=shop.brand, key="a", scene="物流", question="什么时候发货", answer=SAID, row=49)
        )
        session.get_one(Brand, shop.brand).workbook_sha256 = "events"


@pytest.fixture
def operator(as_role: Callable[[str], TestClient]) -> TestClient:
    return as_role("operator")


def ask(client: TestClient, text: str = "什么时候发货") -> dict[str, Any]:
    found: dict[str, Any] = client.post("/api/suggestions", json={"text": text}).json()
    return found


def tell(client: TestClient, number: int, **body: Any) -> tuple[int, str]:
    answer = client.post(f"/api/suggestions/{number}/events", json=body)
    return answer.status_code, str(answer.json().get("code", ""))


def kept(runtime: Runtime) -> list[tuple[str, str]]:
    with runtime.database.read() as session:
        rows = session.scalars(select(SuggestionEvent).order_by(SuggestionEvent.id))
        return [(row.kind, row.text) for row in rows]


def test_another_operators_reply_is_not_there(
    operator: TestClient, as_role: Callable[[str], TestClient], runtime: Runtime
) -> None:
    number, editor, lead = ask(operator)["id"], as_role("editor"), as_role("lead")
    for path, body in (
        ("events", {"kind": "copied", "index": 0}),
        ("edits", {"index": 0, "text": "48小时内发。"}),
        ("offers", {"index": 0}),
    ):
        answer = editor.post(f"/api/suggestions/{number}/{path}", json=body)
        assert (answer.status_code, answer.json()["code"]) == (404, "reply.missing")
    assert kept(runtime) == []
    assert tell(lead, number, kind="escalated")[0] == 201  # who oversees them all may help out


def test_only_told_or_checked_words_count_as_copied(operator: TestClient, runtime: Runtime) -> None:
    number = ask(operator)["id"]
    assert tell(operator, number, kind="copied", index=0, text="随便说的一句。") == (422, "reply.not_told")
    assert tell(operator, number, kind="edited", index=0, text="全网第一快！") == (422, "reply.barred")
    assert tell(operator, number, kind="copied", text=SAID) == (422, "reply.which")
    assert kept(runtime) == []
    better = "我叫李小美，付款后48小时内发出。"
    assert tell(operator, number, kind="copied", index=0, text=SAID)[0] == 201
    assert tell(operator, number, kind="edited", index=0, text=better)[0] == 201
    assert tell(operator, number, kind="copied", index=0, text=better)[0] == 201
    masked = better.replace("李小美", "［姓名1］")
    assert kept(runtime) == [("copied", ""), ("edited", masked), ("copied", masked)]


def test_a_note_is_there_again_when_the_reply_is_opened_again(operator: TestClient) -> None:
    asked = ask(operator, "[图片]")
    assert asked["note"] == "客户发的是图片，文字里没有内容可判断。"
    assert operator.get(f"/api/suggestions/{asked['id']}").json()["note"] == asked["note"]
    assert asked["note"] in operator.get(f"/replies/{asked['id']}").text
    assert asked["note"] in operator.get(f"/replies/{asked['id']}?part=1").text
    plain = ask(operator)
    assert operator.get(f"/api/suggestions/{plain['id']}").json()["note"] == ""
    assert "note" not in json.dumps(operator.get(f"/api/suggestions/{plain['id']}").json()["suggestions"])
