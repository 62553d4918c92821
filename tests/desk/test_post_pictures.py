"""A picture is attached in the desk: stripped, kept, shown, and part of a version that has to be approved again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import select
from starlette.testclient import TestClient

from content_calendar import forms
from content_calendar.tables import Picture, Post, Revision
from tests.content_calendar.test_stripping import PLACE, chunk, png
from workers.runtime import Runtime

AsRole = Callable[[str], TestClient]


def newest(runtime: Runtime, post_id: int) -> Revision:
    with runtime.database.read() as session:
        return session.get_one(Revision, session.get_one(Post, post_id).revision_id)


def test_a_picture_makes_a_new_version_that_shows_it(as_role: AsRole, shop: Any, runtime: Runtime) -> None:
    editor, post_id = as_role("editor"), shop.posts["approved"]
    before = newest(runtime, post_id)
    answer = editor.post(
        f"/posts/{post_id}/picture", data={"revision_hash": before.hash, "back": f"/posts/{post_id}"},
        files={"file": ("C:\\tmp\\霜.png", png(chunk(b"tEXt", PLACE)), "image/png")},
    )  # fmt: skip
    assert answer.status_code == 303 and f"/posts/{post_id}" in answer.headers["location"]
    made = newest(runtime, post_id)
    with runtime.database.read() as session:
        kept = session.scalars(select(Picture)).one()
        assert session.get_one(Post, post_id).state == "in_review"
    assert kept.content == png() and kept.name == "霜.png"
    assert (
        forms.read(made.text).pictures == (kept.sha256,) and forms.read(made.text).text == before.text.strip()
    )
    page = editor.get(f"/posts/{post_id}").text
    assert f'src="/pictures/{kept.sha256}"' in page
    assert "pic:" not in page.split('class="bubble said"')[1].split("</div>")[0]
    shown = editor.get(f"/pictures/{kept.sha256}")
    assert shown.content == png() and shown.headers["content-type"] == "image/png"


def test_what_cannot_be_sent_is_refused_and_nothing_changes(
    as_role: AsRole, shop: Any, runtime: Runtime
) -> None:
    editor, post_id = as_role("editor"), shop.posts["review"]
    before = newest(runtime, post_id)
    for content, status in (
        (b"GIF89a", 422),
        (b"<svg/>", 422),
        (png(b"x" * 20)[:50], 422),
        (b"\xff" * 7_000_000, 413),
    ):
        answer = editor.post(
            f"/posts/{post_id}/picture",
            data={"revision_hash": before.hash},
            files={"file": ("a.png", content)},
        )
        assert answer.status_code == status, status
    big = png(chunk(b"gAMA", b"\0" * 2_200_000))
    assert editor.post(f"/posts/{post_id}/picture", data={"revision_hash": before.hash}, files={"file": ("a.png", big)}).status_code == 422  # fmt: skip
    stale = editor.post(
        f"/posts/{post_id}/picture", data={"revision_hash": "0" * 64}, files={"file": ("a.png", png())}
    )
    assert stale.status_code == 409 and newest(runtime, post_id).id == before.id
    assert (
        as_role("operator").post(f"/posts/{post_id}/picture", files={"file": ("a.png", png())}).status_code
        == 403
    )
    with runtime.database.read() as session:
        assert session.scalars(select(Picture)).all() == []


def test_another_brands_picture_is_not_shown(as_role: AsRole, shop: Any) -> None:
    assert as_role("editor").get(f"/pictures/{'0' * 64}").status_code == 404
