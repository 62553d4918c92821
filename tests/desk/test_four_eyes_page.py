"""Four eyes in the desk: the lead turns them on, each editor is told what is still missing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import update
from starlette.testclient import TestClient

from content_calendar.tables import AuditEvent, Brand, Post, Revision
from prompts.draft import revision_hash
from workers.runtime import Runtime


def test_an_offer_waits_for_a_second_editor_and_says_so(
    as_role: Callable[[str], TestClient], runtime: Runtime, shop: Any
) -> None:
    lead, editor = as_role("lead"), as_role("editor")
    answer = lead.post("/settings/four-eyes", data={"on": "yes"})
    assert answer.headers["location"].endswith("said=four_eyes_on")
    post = shop.posts["review"]
    with runtime.database.write() as session:
        assert session.get_one(Brand, shop.brand).offers_need_two
        assert session.query(AuditEvent).filter_by(action="brand.four_eyes").count() == 1
        found = session.get_one(Post, post)
        found.offer = True
        text = session.get_one(Revision, found.revision_id).text
        digest = revision_hash(text, ())
        session.execute(
            update(Revision).where(Revision.id == found.revision_id).values(facts=[], hash=digest)
        )

    assert "还要一位同事批准才发" in editor.get(f"/posts/{post}").text
    first = editor.post(f"/posts/{post}/approve", data={"revision_hash": digest, "back": f"/posts/{post}"})
    assert first.headers["location"].endswith("said=approved_once")
    page = editor.get(f"/posts/{post}").text
    assert "你已批准，还要另一位编辑批准" in page and f'action="/posts/{post}/approve"' not in page
    assert "我也批准" in lead.get(f"/posts/{post}").text
    second = lead.post(f"/posts/{post}/approve", data={"revision_hash": digest, "back": f"/posts/{post}"})
    assert second.headers["location"].endswith("said=approved")
    with runtime.database.read() as session:
        assert session.get_one(Post, post).state == "approved"
