"""Welcomes at the desk: written like any post, approved like any post, and what became of each is shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import event, select
from starlette.testclient import TestClient

from content_calendar import friends, group_templates
from content_calendar.friends import NewFriend
from content_calendar.tables import Brand, GroupTemplate, Post
from desk.queries import welcoming
from tests.desk.conftest import NOW
from workers.runtime import Runtime

AsRole = Callable[[str], TestClient]
FORM = {"occasion": "friend", "owner": "1号", "tier": "low", "until": "2026-12-31"}


def made(runtime: Runtime) -> Post:
    with runtime.database.read() as session:
        return session.scalars(select(Post).where(Post.occasion != "")).one()


def test_an_editor_writes_a_welcome_and_approves_it_on_its_own_page(
    as_role: AsRole, shop: Any, runtime: Runtime
) -> None:
    editor = as_role("editor")
    answer = editor.post("/welcome", data={**FORM, "text": "你好呀，我是沐禾宠粉官，有事随时问我。"})
    post = made(runtime)
    assert answer.status_code == 303 and answer.headers["location"].startswith(f"/posts/{post.id}")
    assert (post.state, post.occasion, post.owner, str(post.day)) == (
        "in_review",
        "friend",
        "1号",
        "2026-12-31",
    )
    page = editor.get(f"/posts/{post.id}").text
    assert "新好友欢迎语" in page and "批准，用到" in page and "发到" not in page.split('class="deck"')[1]
    assert "你好呀，我是沐禾宠粉官" in editor.get("/review").text
    with runtime.database.read() as session:
        digest = session.get_one(Post, post.id)
        from content_calendar.tables import Revision

        revision = session.get_one(Revision, digest.revision_id)
    approved = editor.post(
        f"/posts/{post.id}/approve", data={"revision_hash": revision.hash, "hash": revision.hash}
    )
    assert approved.status_code == 303
    assert "正在用" in editor.get("/welcome").text
    assert "in use" in editor.get("/welcome?lang=en").text


def test_without_words_of_ones_own_a_draft_is_made(as_role: AsRole, shop: Any, runtime: Runtime) -> None:
    assert as_role("editor").post("/welcome", data=FORM).status_code == 303
    assert made(runtime).state == "in_review" and made(runtime).revision_id


def test_a_welcome_stands_in_no_calendar(as_role: AsRole, shop: Any, runtime: Runtime) -> None:
    editor = as_role("editor")
    editor.post("/welcome", data={**FORM, "until": "2026-11-25", "text": "这是只给新好友看的欢迎"})
    post = made(runtime)
    for address in ("/", "/month", "/list", "/days/2026-11-25"):
        assert f'/posts/{post.id}"' not in editor.get(address).text, address


def test_what_cannot_be_added_is_said_and_roles_hold(as_role: AsRole, shop: Any) -> None:
    for wrong in ({"until": "soon"}, {"until": "2020-01-01"}, {"owner": "没有这个人"}, {"occasion": "x"}):
        answer = as_role("editor").post("/welcome", data={**FORM, "text": "你好", **wrong})
        assert answer.status_code == 422 and "<form" in answer.text
    assert as_role("operator").post("/welcome", data=FORM).status_code == 403
    assert '/welcome" method' not in as_role("operator").get("/welcome").text


def test_each_ending_is_shown_and_a_lost_template_asks(as_role: AsRole, shop: Any, runtime: Runtime) -> None:
    editor = as_role("editor")
    editor.post("/welcome", data={**FORM, "occasion": "group", "text": "欢迎新朋友"})
    post = made(runtime)
    with runtime.database.write() as session:
        for mark, state, code in (
            ("1", "sent", "wecom.0"),
            ("2", "too_late", "wecom.41050"),
            ("3", "unknown", "died"),
        ):
            friend = NewFriend("add_external_contact", (mark,), "member-1", f"CODE-{mark}", NOW)
            event_id = friends.note(session, shop.brand, friend, owner="1号", now=NOW)
            assert event_id is not None
            friends.end(session, event_id, state, code=code, now=NOW)
        session.add(
            GroupTemplate(
                post_id=post.id,
                brand_id=shop.brand,
                state="unknown",
                code="wecom.ServerDisconnectedError",
                at=NOW,
            )
        )
    page = editor.get("/welcome").text
    assert "没赶上" in page and "平台说已经过期" in page and "结果未知" in page and "CODE-" not in page
    assert editor.post(f"/welcome/{post.id}/template").status_code == 303
    with runtime.database.read() as session:
        assert group_templates.rows(session, shop.brand)[post.id].state == "removed"
    assert editor.post(f"/welcome/{post.id}/template").status_code == 404


def test_the_page_asks_the_same_statements_however_many_friends(shop: Any, runtime: Runtime) -> None:
    def statements() -> int:
        asked: list[int] = []

        def listen(*_arguments: object) -> None:
            asked.append(1)

        event.listen(runtime.database.engine, "before_cursor_execute", listen)
        with runtime.database.read() as session:
            welcoming.load(session, session.get_one(Brand, shop.brand), now=NOW)
        event.remove(runtime.database.engine, "before_cursor_execute", listen)
        return len(asked)

    few = statements()
    with runtime.database.write() as session:
        for number in range(40):
            friend = NewFriend("add_external_contact", (str(number),), "m", f"C{number}", NOW)
            friends.note(session, shop.brand, friend, owner="1号", now=NOW)
    assert statements() == few <= 8
