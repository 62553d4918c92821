"""Words picked in the text are quoted in the comment; a second visit shows what changed since the first."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from content_calendar import review
from content_calendar.tables import Comment, Post, Revision, User
from workers.runtime import Runtime

pytestmark = pytest.mark.browser

PICK = """() => {
  const node = [...document.querySelector('#draft').childNodes].find(n => n.nodeType === 3 && n.data.trim().length > 6)
  const range = new Range(); range.setStart(node, 1); range.setEnd(node, 5)
  const selection = getSelection(); selection.removeAllRanges(); selection.addRange(range)
  return range.toString()
}"""


def test_picked_words_are_quoted_and_kept(
    page: Page, desk: str, runtime: Runtime, shop: Any, enter: Any
) -> None:
    enter("editor")
    post = shop.posts["review"]
    page.goto(f"{desk}/posts/{post}")
    picked = page.evaluate(PICK)
    page.get_by_role("button", name="评论这一段").click()
    page.locator("#say-form [name=text]").fill("这句再软一点")
    page.get_by_role("button", name="留言").click()
    expect(page.locator(".remarks blockquote")).to_have_text(picked)
    assert page.evaluate("CSS.highlights.get('remarked').size") == 1
    with runtime.database.read() as session:
        row = session.query(Comment).one()
        text = session.get_one(Revision, row.revision_id).text
        assert text[row.start : row.end] == picked


def test_what_changed_since_the_last_look_is_open_at_the_next(
    page: Page, desk: str, runtime: Runtime, shop: Any, enter: Any
) -> None:
    enter("editor")
    post = shop.posts["review"]
    page.goto(f"{desk}/posts/{post}")
    with runtime.database.write() as session:
        found = session.get_one(Post, post)
        for line in ("先改这里。", "再改那里。"):
            newest = session.get_one(Revision, found.revision_id)
            review.edit(
                session, found, f"{newest.text}\n{line}", base_hash=newest.hash,
                user=session.get_one(User, shop.users["lead"]), findings=(), now=runtime.clock.now(),
            )  # fmt: skip
    page.goto(f"{desk}/posts/{post}")
    changed = page.locator("details.diff[open]")
    expect(changed).to_contain_text("你上次看过 v1")
    expect(changed.locator("ins")).to_contain_text("先改这里。")
    page.reload()
    expect(page.locator("details.diff")).to_contain_text("与 v2 对比")
