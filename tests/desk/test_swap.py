"""A finding's ready replacement is put in its place by one click: a new version, checked like any edit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from content_calendar.rules import changing
from content_calendar.tables import Brand, CheckRun, FindingRow, Post, Revision
from prompts.house_rules import OwnRule
from workers.checks import recheck
from workers.runtime import Runtime


@pytest.fixture
def found(runtime: Runtime, shop: Any) -> FindingRow:
    """A finding with a replacement on the post in review: the brand no longer says how that text begins."""
    with runtime.database.write() as session:
        post = session.get_one(Post, shop.posts["review"])
        revision = session.get_one(Revision, post.revision_id)
        rule = OwnRule(words=(revision.text[:2],), verdict="warn", reason="换个开头", replacement="🎉新")
        brand = session.get_one(Brand, shop.brand)
        changing.add(session, brand, rule, actor="user:lead", now=runtime.clock.now())
    recheck.recheck(runtime)
    with runtime.database.read() as session:
        query = select(FindingRow).join(Post, Post.revision_id == FindingRow.revision_id)
        row = session.scalars(
            query.where(Post.id == shop.posts["review"], FindingRow.replacement == "🎉新")
        ).first()
    assert row is not None
    return row


def newest(runtime: Runtime, post_id: int) -> Revision:
    with runtime.database.read() as session:
        return session.get_one(Revision, session.get_one(Post, post_id).revision_id)


def test_one_click_makes_a_new_version_with_the_words_replaced(
    editor: TestClient, shop: Any, runtime: Runtime, found: FindingRow
) -> None:
    post = shop.posts["review"]
    before = newest(runtime, post)
    shown = editor.get(f"/posts/{post}").text
    assert "换成「🎉新」" in shown and f'name="finding" value="{found.id}"' in shown
    assert "换成「🎉新」" in editor.get(f"/review?post={post}").text
    answer = editor.post(
        f"/posts/{post}/swap",
        data={"finding": found.id, "revision_hash": before.hash},
        follow_redirects=False,
    )
    assert answer.status_code == 303
    after = newest(runtime, post)
    assert after.text == "🎉新" + before.text[2:] and after.number == before.number + 1
    with runtime.database.read() as session:
        assert session.get_one(CheckRun, after.id).cause == "edited"


def test_a_finding_of_an_older_version_or_another_post_changes_nothing(
    editor: TestClient, shop: Any, runtime: Runtime, found: FindingRow
) -> None:
    post, before = shop.posts["review"], newest(runtime, shop.posts["review"])
    wrong = {"finding": found.id, "revision_hash": newest(runtime, shop.posts["blocked"]).hash}
    assert editor.post(f"/posts/{shop.posts['blocked']}/swap", data=wrong).status_code == 404
    assert (
        editor.post(f"/posts/{post}/swap", data={"finding": 0, "revision_hash": before.hash}).status_code
        == 404
    )
    stale = {"finding": found.id, "revision_hash": "0" * 64}
    assert editor.post(f"/posts/{post}/swap", data=stale).status_code == 409
    assert newest(runtime, post).id == before.id


def test_who_may_not_edit_is_offered_nothing(
    as_role: Callable[[str], TestClient], shop: Any, found: FindingRow
) -> None:
    assert "换成「" not in as_role("operator").get(f"/posts/{shop.posts['review']}").text
