"""Rewriting at the desk: proposed first, taken or left, never over somebody's newer text; every last step can be taken back."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import update
from starlette.testclient import TestClient

from content_calendar.clock import FixedClock
from content_calendar.tables import AuditEvent, CheckRun, Post, Revision
from prompts.draft import revision_hash
from tests.fakes.openai_server import POST, OpenAIServer, streamed
from workers.chains import chains
from workers.runtime import Runtime

WHOLE = json.dumps(POST, ensure_ascii=False)


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with OpenAIServer(streamed([WHOLE[at : at + 9] for at in range(0, len(WHOLE), 9)])) as running:
        yield running
    chains.close()


@pytest.fixture
def modelled(app: FastAPI, runtime: Runtime, server: OpenAIServer) -> OpenAIServer:
    """The desk writes with a model."""
    settings = runtime.settings.model_copy(update={"models": f"{server.url}#fake", "model_judge": False})
    app.state.runtime = Runtime(settings=settings, database=runtime.database, clock=runtime.clock)
    return server


@pytest.fixture(autouse=True)
def _plain(runtime: Runtime, shop: Any) -> None:
    """Texts that stand on nothing that could change."""
    with runtime.database.write() as session:
        for revision in session.query(Revision).all():
            plain = {"facts": [], "hash": revision_hash(revision.text, ())}
            session.execute(update(Revision).where(Revision.id == revision.id).values(**plain))


def newest(runtime: Runtime, post: int) -> Revision:
    with runtime.database.read() as session:
        found = session.get_one(Revision, session.get_one(Post, post).revision_id)
        session.expunge(found)
        return found


def state(runtime: Runtime, post: int) -> str:
    with runtime.database.read() as session:
        return session.get_one(Post, post).state


def events(
    client: TestClient, post: int, base: str, wish: str = "第一句更短"
) -> list[tuple[str, dict[str, Any]]]:
    answer = client.post(
        f"/posts/{post}/rewrite/stream", data={"instruction": wish, "revision_hash": base, "back": "/review"}
    )
    assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/event-stream")
    blocks = [block.split("\n") for block in answer.text.split("\n\n") if block]
    return [(kind[7:], json.loads(data[6:])) for kind, data in blocks]


def take(client: TestClient, post: int, number: str) -> Any:
    data = {"number": number, "back": "/review?at=0"}
    return client.post(f"/posts/{post}/rewrite/accept", data=data, headers={"accept": "application/json"})


def test_a_models_words_come_one_by_one_and_nothing_changes_until_they_are_taken(
    editor: TestClient, runtime: Runtime, shop: Any, modelled: OpenAIServer
) -> None:
    post = shop.posts["review"]
    before = newest(runtime, post)
    heard = events(editor, post, before.hash)
    assert not [data for kind, data in heard if kind in {"anew", "wrong"}]
    said = "".join(data["text"] for kind, data in heard if kind == "said")
    assert said.startswith(POST["first_line"]) and sum(kind == "said" for kind, _ in heard) > 5
    assert heard[-1][0] == "made" and "<ins>" in heard[-1][1]["html"] and "<del>" in heard[-1][1]["html"]
    assert newest(runtime, post).id == before.id and state(runtime, post) == "in_review"
    sent = json.dumps(modelled.journal[0]["messages"], ensure_ascii=False)
    assert "第一句更短" in sent and "洗完脸发紧？先看水温" in sent, "the wish and the old text"

    answer = take(editor, post, heard[-1][1]["number"])
    assert answer.status_code == 200 and answer.json()["undo"] > 0 and answer.json()["stays"] is True
    made = newest(runtime, post)
    assert made.number == 2 and made.text.startswith(POST["first_line"]) and made.author == "custom:fake"
    assert made.provenance["template_hash"] and made.brief_id is not None
    with runtime.database.read() as session:
        assert session.get_one(CheckRun, made.id).cause == "written"
        last = (
            session.query(AuditEvent)
            .filter_by(subject="post", subject_id=str(post), after="in_review")
            .all()[-1]
        )
        assert last.actor == "user:editor"
    assert take(editor, post, heard[-1][1]["number"]).status_code == 404, "taken once"


def test_a_colleagues_newer_text_is_never_written_over(
    editor: TestClient, runtime: Runtime, shop: Any, make: Any
) -> None:
    post = shop.posts["review"]
    heard = events(editor, post, newest(runtime, post).hash)
    with runtime.database.write() as session:
        make.revision(session, session.get_one(Post, post), "同事刚写的一句。", author="user:lead")
    answer = take(editor, post, heard[-1][1]["number"])
    assert answer.status_code == 409 and "lead" in answer.json()["said"]
    assert newest(runtime, post).text == "同事刚写的一句。"
    late = events(editor, post, "0" * 64)
    assert [kind for kind, _ in late] == ["wrong"] and "lead" in late[0][1]["text"]


def test_what_is_proposed_belongs_to_one_person_one_post_and_one_hour(
    editor: TestClient, lead: TestClient, runtime: Runtime, shop: Any, tmp_path: Any
) -> None:
    import os

    post = shop.posts["review"]
    number = events(editor, post, newest(runtime, post).hash)[-1][1]["number"]
    assert take(lead, post, number).status_code == 404, "somebody else's"
    assert take(editor, shop.posts["soon"], number).status_code == 404, "another post's"
    for wild in ("../../chongfen", "x" * 32, "", "0" * 32):
        assert take(editor, post, wild).status_code == 404
    (kept,) = (tmp_path / "proposals").iterdir()
    assert kept.stat().st_mode & 0o077 == 0, "nobody else on the machine reads it"
    os.utime(kept, (0, 0))
    events(editor, post, newest(runtime, post).hash)
    assert not kept.exists() and take(editor, post, number).status_code == 404


def test_without_a_model_the_offline_writer_answers_at_once_and_says_so(
    editor: TestClient, runtime: Runtime, shop: Any
) -> None:
    post = shop.posts["review"]
    heard = events(editor, post, newest(runtime, post).hash)
    assert [kind for kind, _ in heard] == ["said", "made"]
    assert "离线写手" in heard[-1][1]["html"]


def test_without_scripts_it_is_a_page_with_the_difference_and_two_answers(
    editor: TestClient, runtime: Runtime, shop: Any
) -> None:
    post = shop.posts["review"]
    data = {"instruction": "第一句更短", "revision_hash": newest(runtime, post).hash, "back": "/review?at=2"}
    page = editor.post(f"/posts/{post}/rewrite", data=data)
    assert page.status_code == 200 and "<ins>" in page.text and 'href="/review?at=2"' in page.text
    number = re.search(r'name="number" value="([0-9a-f]{32})"', page.text)
    assert number is not None and newest(runtime, post).number == 1
    taken = editor.post(f"/posts/{post}/rewrite/accept", data={"number": number[1], "back": "/review?at=2"})
    assert taken.headers["location"] == f"/review?post={post}&said=rewritten"
    assert newest(runtime, post).number == 2


def test_a_post_without_a_text_is_written_at_once(editor: TestClient, runtime: Runtime, shop: Any) -> None:
    post = shop.posts["planned"]
    assert editor.post(f"/posts/{post}/rewrite", data={"back": "/"}).headers["location"] == "/?said=rewritten"
    assert state(runtime, post) == "in_review"


def test_an_approved_post_is_not_rewritten(editor: TestClient, runtime: Runtime, shop: Any) -> None:
    post = shop.posts["approved"]
    (only,) = events(editor, post, newest(runtime, post).hash)
    assert only[0] == "wrong" and "已批准" in only[1]["text"]


def test_hostile_wishes_and_words_are_text(
    editor: TestClient, runtime: Runtime, shop: Any, modelled: OpenAIServer
) -> None:
    bad = json.dumps(POST | {"body": "<script>alert(1)</script>\u202e反着"}, ensure_ascii=False)
    modelled.play(streamed([bad]))
    post = shop.posts["review"]
    heard = events(editor, post, newest(runtime, post).hash, wish="<img src=x onerror=alert(1)>")
    html = heard[-1][1]["html"]
    assert "<script" not in html and "<img" not in html and "\u202e" not in html


@pytest.mark.parametrize(
    ("act", "data", "said"),
    [
        ("request-changes", {"reason": "短一点"}, "退回已撤销"),
        ("reject", {"reason": "不要"}, "退稿已撤销"),
        ("hold", {"reason": "等一等"}, "暂缓已撤销"),
        ("edit", {"text": "换一句话。"}, "已换回上一版文字"),
        ("approve", {}, "批准已撤销"),
    ],
)
def test_the_last_step_of_any_kind_is_taken_back(
    editor: TestClient, runtime: Runtime, shop: Any, act: str, data: dict[str, str], said: str
) -> None:
    post = shop.posts["review"]
    before = newest(runtime, post)
    asked = {"headers": {"accept": "application/json"}}
    done = editor.post(f"/posts/{post}/{act}", data={**data, "revision_hash": before.hash}, **asked)
    assert done.status_code == 200 and done.json()["undo"] > 0
    answer = editor.post(f"/posts/{post}/undo", **asked)
    assert answer.status_code == 200 and said in answer.json()["said"]
    assert state(runtime, post) == "in_review" and newest(runtime, post).text == before.text


def test_a_taken_rewrite_gives_way_to_the_old_text_again(
    editor: TestClient, runtime: Runtime, shop: Any
) -> None:
    post = shop.posts["review"]
    before = newest(runtime, post)
    take(editor, post, events(editor, post, before.hash)[-1][1]["number"])
    assert editor.post(f"/posts/{post}/undo", headers={"accept": "application/json"}).status_code == 200
    again = newest(runtime, post)
    assert again.number == 3 and again.text == before.text and again.picture == before.picture


def test_what_may_not_be_undone_says_why_and_changes_nothing(
    editor: TestClient, lead: TestClient, runtime: Runtime, shop: Any, clock: FixedClock
) -> None:
    post = shop.posts["review"]
    asked = {"headers": {"accept": "application/json"}}
    nothing = editor.post(f"/posts/{post}/undo", **asked)
    assert nothing.status_code == 409 and "还没有人决定过什么" in nothing.json()["said"]
    lead.post(f"/posts/{post}/request-changes", data={"reason": "短一点"})
    theirs = editor.post(f"/posts/{post}/undo", **asked)
    assert theirs.status_code == 409 and "lead 又动过它" in theirs.json()["said"]
    clock.advance(timedelta(minutes=11))
    late = lead.post(f"/posts/{post}/undo", **asked)
    assert late.status_code == 409 and "10 分钟以前" in late.json()["said"]
    assert state(runtime, post) == "changes_requested"
    assert "10 minutes" not in lead.post(f"/posts/{post}/undo?lang=en", **asked).json()["said"]
