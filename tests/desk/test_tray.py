"""The review tray: the most pressing first, the next one opens, clean ones in one go with a result each."""

from __future__ import annotations

import re
from typing import Any

import pytest
from starlette.testclient import TestClient

from content_calendar.tables import Brand, Post, Revision
from desk.queries import tray
from workers.runtime import Runtime


def opened(page: str) -> int:
    found = re.search(r'action="/posts/(\d+)/(?:approve|request-changes)"', page)
    assert found
    return int(found[1])


def order(runtime: Runtime, shop: Any) -> list[int]:
    with runtime.database.read() as session:
        found = tray.load(session, session.get_one(Brand, shop.brand), now=runtime.clock.now())
    return [card.id for card in found.cards]


@pytest.fixture(autouse=True)
def no_facts(runtime: Runtime, shop: Any) -> None:
    """Texts without facts: nothing can have changed meanwhile."""
    from sqlalchemy import update

    from prompts.draft import revision_hash

    with runtime.database.write() as session:
        for revision in session.query(Revision).all():
            session.execute(
                update(Revision)
                .where(Revision.id == revision.id)
                .values(facts=[], hash=revision_hash(revision.text, ()))
            )


def test_the_soonest_come_first_and_risk_weighs(runtime: Runtime, shop: Any) -> None:
    assert order(runtime, shop) == [shop.posts["soon"], shop.posts["blocked"], shop.posts["review"]]


def test_posts_whose_moment_has_passed_are_not_in_the_tray(runtime: Runtime, shop: Any, clock: Any) -> None:
    from datetime import timedelta

    clock.advance(timedelta(hours=1))
    assert shop.posts["soon"] not in order(runtime, shop)


def test_after_a_decision_the_next_one_opens(editor: TestClient, runtime: Runtime, shop: Any) -> None:
    page = editor.get("/review").text
    assert opened(page) == shop.posts["soon"] and "第 1 / 3 篇" in page
    digest = re.search(r'name="revision_hash" value="([0-9a-f]{64})"', page)
    back = re.search(r'name="back" value="([^"]+)"', page)
    assert digest and back
    answer = editor.post(
        f"/posts/{shop.posts['soon']}/approve",
        data={"revision_hash": digest[1], "back": back[1].replace("&amp;", "&")},
    )
    assert opened(editor.get(answer.headers["location"]).text) == shop.posts["blocked"]


def test_a_refusal_keeps_the_post_open_with_the_reason_above_it(editor: TestClient, shop: Any) -> None:
    answer = editor.post(f"/posts/{shop.posts['review']}/reject", data={"reason": "", "back": "/review?at=2"})
    assert answer.status_code == 422 and "需要写明原因" in answer.text
    assert opened(answer.text) == shop.posts["review"] and "queue-h" in answer.text


def test_many_are_approved_at_once_and_each_refusal_is_named(
    editor: TestClient, runtime: Runtime, shop: Any
) -> None:
    with runtime.database.read() as session:
        chosen = [
            f"{post.id}:{session.get_one(Revision, post.revision_id).hash}"
            for post in (session.get_one(Post, shop.posts[name]) for name in ("review", "blocked", "soon"))
        ]
    chosen.append("999999:")
    answer = editor.post("/review/approve", data={"chosen": chosen})
    assert answer.status_code == 409
    assert (
        "批准了 2 篇" in answer.text
        and "处禁止发布的问题" in answer.text
        and "没有编号为 999999" in answer.text
    )
    with runtime.database.read() as session:
        states = {
            name: session.get_one(Post, shop.posts[name]).state for name in ("review", "blocked", "soon")
        }
    assert states == {"review": "approved", "blocked": "in_review", "soon": "approved"}


def test_the_box_of_a_blocked_post_cannot_be_ticked_and_clean_ones_are_marked(
    editor: TestClient, shop: Any
) -> None:
    page = editor.get("/review").text
    box = re.search(rf'<input[^>]*value="{shop.posts["blocked"]}:[^>]*>', page)
    clean = re.search(rf'<input[^>]*value="{shop.posts["review"]}:[^>]*>', page)
    assert box and " disabled" in box[0] and clean and "data-clean" in clean[0]


def test_an_empty_choice_is_refused_kindly(editor: TestClient) -> None:
    assert editor.post("/review/approve").status_code == 422
    assert editor.post("/review/approve", data={"chosen": ["x:y"]}).status_code == 422


def test_an_operator_reads_the_tray_but_finds_nothing_to_decide_with(as_role: Any) -> None:
    page = as_role("operator").get("/review").text
    assert "/approve" not in page and 'type="checkbox"' not in page and 'popovertarget="p-hold"' in page


def test_an_empty_tray_says_that_all_is_done(editor: TestClient, runtime: Runtime, shop: Any) -> None:
    with runtime.database.write() as session:
        session.query(Post).filter(Post.state == "in_review").update({"state": "planned"})
    assert "都审完了" in editor.get("/review").text
