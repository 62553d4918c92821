"""The send desk: an owner sees their own list, says how it stands, and the lead sees who has not, and since when."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from content_calendar.tables import Brand, Delivery, Group, Picture, Post, Release, SelfReport
from workers.runtime import Runtime

SHA = "a" * 64


@pytest.fixture
def handed(runtime: Runtime, shop: Any, make: Any) -> int:
    """A post handed over this morning to the three groups of 运营 and one group of 2号."""
    with runtime.database.write() as session:
        brand = session.get_one(Brand, shop.brand)
        due = make.now - timedelta(hours=1)
        post = make.post(session, brand, wall="07:00", state="released", text="早安，今天先看水温。\n第二行")
        release = Release(
            brand_id=brand.id, post_id=post.id, revision_id=post.revision_id, revision_hash="h", due_at=due, day=post.day, frozen_at=due,
        )  # fmt: skip
        session.add(release)
        session.flush()
        for number, group in enumerate(session.scalars(select(Group).order_by(Group.id)).all()[:4]):
            group.owner = "operator的人" if number < 3 else "2号"
            lane = "confirm" if number == 2 else "hand_off"
            session.add(
                Delivery(
                    id=f"d{number}", brand_id=brand.id, post_id=post.id, release_id=release.id, group_id=group.id, lane=lane,
                    channel="sidebar", state="handed_over", due_at=due, day=post.day, fence=1,
                )
            )  # fmt: skip
        return post.id


def say(client: TestClient, post: int, **form: str) -> Any:
    return client.post(f"/send/{post}", data={"action": "done", **form})


def state(runtime: Runtime, delivery: str) -> tuple[str, str]:
    with runtime.database.read() as session:
        row = session.get_one(Delivery, delivery)
        return row.state, row.proof


def test_an_owner_sees_their_own_list_with_the_text_to_copy(as_role: Any, handed: int) -> None:
    page = as_role("operator").get("/send").text
    assert "早安，今天先看水温。" in page and "3 个群还没发，共 3 个" in page
    assert page.count('class="tick" aria-label') == 3 and "谁还没发" not in page


def test_a_tick_ends_one_group_by_the_owners_word(as_role: Any, runtime: Runtime, handed: int) -> None:
    operator = as_role("operator")
    assert say(operator, handed, delivery="d0").headers["location"] == "/send?said=send_done"
    assert state(runtime, "d0") == ("confirmed", "owner") and state(runtime, "d1")[0] == "handed_over"
    page = operator.get("/send").text
    assert "群主说已发" in page and "2 个群还没发" in page


def test_where_the_platform_knows_better_the_word_is_kept_beside_it(
    as_role: Any, runtime: Runtime, handed: int
) -> None:
    operator = as_role("operator")
    say(operator, handed)
    assert state(runtime, "d2") == ("handed_over", "")
    page = operator.get("/send").text
    assert "说已发，等平台确认" in page and "平台已确认" not in page


def test_later_and_cannot_need_what_they_need(as_role: Any, runtime: Runtime, handed: int) -> None:
    operator = as_role("operator")
    assert say(operator, handed, action="postponed", until="nonsense").status_code == 422
    assert say(operator, handed, action="cannot").status_code == 422
    assert "请写一句为什么发不了" in say(operator, handed, action="cannot").text
    assert say(operator, handed, action="postponed", until="16:30").status_code == 303
    with runtime.database.read() as session:
        assert session.get_one(SelfReport, "d0").until == session.get_one(Post, handed).due_at + timedelta(
            hours=9.5
        )
    assert "16:30 再发" in operator.get("/send").text
    assert say(operator, handed, action="cannot", reason="群被限制").status_code == 303
    assert state(runtime, "d1")[0] == "refused"


def test_the_lead_sees_who_has_not_and_since_when(lead: TestClient, as_role: Any, handed: int) -> None:
    say(as_role("operator"), handed)
    page = lead.get("/send").text
    assert page.index("2号") < page.index("operator的人") or "都发了" in page
    assert "1 个没发" in page and "从 11-23 07:00 起" in page and "自己说 3" in page
    assert "早安，今天先看水温" not in page and "早安，今天先看水温" in lead.get("/send?owner=2号").text


def test_nobody_sees_or_speaks_for_another_owner(as_role: Any, runtime: Runtime, handed: int) -> None:
    operator = as_role("operator")
    assert operator.get("/send?owner=2号").status_code == 403
    assert say(operator, handed, owner="2号").status_code == 403
    assert say(operator, handed, delivery="d3").status_code == 404
    assert state(runtime, "d3")[0] == "handed_over"


def test_a_script_gets_one_sentence(as_role: Any, handed: int) -> None:
    answer = as_role("operator").post(
        f"/send/{handed}", data={"action": "done"}, headers={"accept": "application/json"}
    )
    assert answer.json()["said"] == "记下了：已发。"


def test_a_picture_is_the_brands_own(editor: TestClient, runtime: Runtime, shop: Any, make: Any) -> None:
    with runtime.database.write() as session:
        other = make.brand(session, "别家")
        for brand, digest in ((shop.brand, SHA), (other.id, "b" * 64)):
            session.add(
                Picture(
                    brand_id=brand, sha256=digest, mime="image/png", name="x", content=b"\x89PNG\r\n\x1a\n", created_at=make.now
                )
            )  # fmt: skip
    assert editor.get(f"/pictures/{SHA}").headers["content-type"] == "image/png"
    assert editor.get(f"/pictures/{'b' * 64}").status_code == 404
    assert editor.get("/pictures/../etc/passwd").status_code == 404
