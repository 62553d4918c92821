"""What stands before every page: headers, cross-site refusal, limits, other brands, paths, logs."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from content_calendar.tables import Group, Post
from desk.web import assets
from desk.web.app import create_app
from workers.runtime import Runtime
from workers.settings import Settings

PAGES = (
    "/", "/days/2026-11-24", "/review", "/deliveries", "/groups", "/groups/G001", "/brand", "/brand?tab=products",
    "/brand?tab=sop", "/brand/import", "/notices", "/learning", "/learning?tab=notes", "/learning?tab=versions", "/audit", "/settings", "/settings/channels", "/settings/models", "/rules", "/figures", "/send", "/resume", "/month", "/list",
    "/replies", "/replies/learning", "/replies/figures", "/brand/prompts", "/nothing-here", "/posts/999999", "/api/posts",
)  # fmt: skip


@pytest.mark.parametrize("path", [*PAGES, "/sign-in", "/link/unknown", "/healthz", "/static/x/none.css"])
def test_every_answer_carries_the_strict_headers(lead: TestClient, path: str) -> None:
    headers = lead.get(path).headers
    policy = headers["content-security-policy"]
    assert "unsafe" not in policy and "default-src 'self'" in policy and "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store"
    assert headers["x-request-id"]


@pytest.mark.parametrize("path", PAGES)
def test_no_page_holds_an_inline_script_style_or_handler(lead: TestClient, path: str) -> None:
    text = lead.get(path).text
    for forbidden in (
        "<script>",
        "<style",
        " style=",
        " onclick=",
        " onload=",
        "javascript:",
        "http://",
        "//cdn",
    ):
        assert forbidden not in text.replace('xmlns="http://www.w3.org/2000/svg"', "")


def test_static_files_are_kept_for_a_year_under_an_address_that_changes_with_them(lead: TestClient) -> None:
    answer = lead.get(assets.asset("css/base.css"))
    assert answer.status_code == 200 and "immutable" in answer.headers["cache-control"]
    assert lead.get("/static/0123456789/css/base.css").status_code == 404


@pytest.mark.parametrize(
    "path",
    ["/static/{}/../app.py", "/static/{}/%2e%2e/app.py", "/static/{}/..%2fapp.py", "/static/{}//etc/passwd"],
)
def test_no_file_outside_the_static_folder_can_be_read(lead: TestClient, path: str) -> None:
    answer = lead.get(path.format(assets.fingerprint()))
    assert answer.status_code == 404 and "create_app" not in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.test"},
        {"origin": "null"},
        {"origin": "http://desk.test.evil.test"},
        {"sec-fetch-site": "cross-site", "origin": "http://desk.test"},
    ],
)
def test_a_write_from_another_site_is_refused_and_changes_nothing(
    editor: TestClient, runtime: Runtime, shop: Any, headers: dict[str, str]
) -> None:
    for path in (f"/posts/{shop.posts['review']}/hold", "/pause", "/sign-out"):
        answer = editor.post(path, data={"reason": "x"}, headers=headers)
        assert answer.status_code == 403 and "别的网站" in answer.text
    assert editor.get("/settings").status_code == 200
    with runtime.database.read() as session:
        assert session.get_one(Post, shop.posts["review"]).state == "in_review"


@pytest.mark.parametrize(
    "headers",
    [{"sec-fetch-site": "same-origin"}, {"sec-fetch-site": "none"}, {"origin": "http://desk.test"}, {}],
)
def test_a_write_from_our_own_page_or_a_script_is_carried_out(
    editor: TestClient, shop: Any, headers: dict[str, str]
) -> None:
    answer = editor.post(f"/posts/{shop.posts['review']}/hold", data={"reason": "等等"}, headers=headers)
    assert answer.status_code == 303


def test_behind_a_proxy_the_public_address_is_ours(runtime: Runtime, tmp_path: Any) -> None:
    settings = Settings(data_dir=tmp_path, public_url="https://desk.example.com")
    app = create_app(Runtime(settings=settings, database=runtime.database, clock=runtime.clock))
    client = TestClient(app, base_url="http://10.0.0.5:8765", follow_redirects=False)
    form = {"name": "nobody", "password": "x"}
    ours = client.post("/preferences", data={"theme": "dark"}, headers={"origin": "https://desk.example.com"})
    assert ours.status_code == 303 and "secure" in ours.headers["set-cookie"].lower()
    assert (
        client.post("/sign-in", data=form, headers={"origin": "https://evil.example.com"}).status_code == 403
    )


def test_a_body_that_is_too_long_is_refused(editor: TestClient, shop: Any) -> None:
    huge = "x" * 1_200_000
    assert editor.post(f"/posts/{shop.posts['review']}/edit", data={"text": huge}).status_code == 413
    answer = editor.post(f"/api/posts/{shop.posts['review']}/comments", json={"text": huge})
    assert answer.status_code == 413 and answer.json()["code"] == "http.413"


@pytest.mark.parametrize(
    "path",
    [
        "/days/2026-13-40", "/days/0001-01-01", "/days/9999-12-31", "/?from=0001-01-01", "/?day=9999-12-31", "/days/x", "/posts/abc", "/posts/0", "/?from=x&day=y&campaign=z", "/deliveries?day=x", "/deliveries?n=0",
        "/groups?n=abc", "/audit?before=-1", "/review?at=x", "/brand?tab=../../etc/passwd", "/posts/99999999999999999999999",
        "/?tier=%00", "/groups/%00", "/groups?q=%25_",
    ],
)  # fmt: skip
def test_a_crooked_address_gets_one_clear_sentence(lead: TestClient, path: str) -> None:
    answer = lead.get(path)
    assert answer.status_code in {200, 404, 422}
    assert "Traceback" not in answer.text and "sqlalchemy" not in answer.text.lower()


def test_what_breaks_unforeseen_says_nothing_of_the_inside(
    app: FastAPI,
    as_role: Callable[[str], TestClient],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    from desk.queries import week

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("secret customer text")

    monkeypatch.setattr(week, "load", broken)
    lead = as_role("lead")
    client = TestClient(
        app, base_url="http://desk.test", raise_server_exceptions=False, cookies=dict(lead.cookies)
    )
    with caplog.at_level(logging.ERROR, "chongfen.desk"):
        answer = client.get("/")
    assert answer.status_code == 500 and "出了意外" in answer.text and "secret" not in answer.text
    ours = [record.getMessage() for record in caplog.records if record.name == "chongfen.desk"]
    assert len(ours) == 1 and "RuntimeError" in ours[0] and "secret customer text" not in ours[0]
    assert answer.headers["content-security-policy"]


def test_the_log_holds_no_query_and_no_token(lead: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "chongfen.desk.access"):
        lead.get("/link/very-secret-token")
        lead.get("/groups?q=张三13800138000")
    said = " ".join(record.getMessage() for record in caplog.records if record.name.startswith("chongfen"))
    assert "path=/link/… " in said.encode().decode("unicode_escape") or "/link/\\u2026" in said
    assert "very-secret" not in said and "13800138000" not in said


def test_another_brands_things_are_not_there(
    lead: TestClient, runtime: Runtime, shop: Any, make: Any
) -> None:
    with runtime.database.write() as session:
        other = make.brand(session, "别家", groups=0)
        foreign = make.post(session, other).id
        group = Group(
            brand_id=other.id, code="F001", name="别家群", tier="mid", channel="sidebar", address="x"
        )
        session.add(group)
        session.flush()
        theirs = group.id
    for method, path, body in (
        ("GET", f"/posts/{foreign}", {}),
        ("GET", f"/posts/{foreign}?panel=1", {}),
        ("GET", f"/posts/{foreign}/newest", {}),
        ("GET", f"/review?post={foreign}&part=1", {}),
        ("GET", "/groups/F001", {}),
        ("GET", f"/brand/cell?tab=groups&row={theirs}&field=群主", {}),
        (
            "POST",
            "/brand/cell",
            {"tab": "groups", "row": str(theirs), "field": "群主", "typed": "x", "was": ""},
        ),
        ("POST", f"/posts/{foreign}/approve", {"revision_hash": "x"}),
        ("POST", f"/posts/{foreign}/undo", {}),
        ("POST", f"/posts/{foreign}/request-changes", {"reason": "x"}),
        ("POST", f"/posts/{foreign}/reject", {"reason": "x"}),
        ("POST", f"/posts/{foreign}/resume", {}),
        ("POST", f"/posts/{foreign}/swap", {"finding": "1"}),
        ("POST", f"/posts/{foreign}/move", {"day": "2026-11-28", "time": "11:00"}),
        ("POST", f"/posts/{foreign}/move/undo", {}),
        ("POST", f"/posts/{foreign}/reschedule", {"day": "2026-11-28", "time": "11:00"}),
        ("POST", f"/posts/{foreign}/looked", {}),
        ("POST", f"/posts/{foreign}/rewrite/accept", {"number": "0" * 32}),
        ("POST", f"/send/{foreign}", {"action": "done"}),
        ("POST", f"/posts/{foreign}/hold", {"reason": "x"}),
        ("POST", f"/posts/{foreign}/comments", {"text": "x"}),
        ("POST", f"/posts/{foreign}/rewrite", {}),
        ("POST", f"/posts/{foreign}/edit", {"text": "x"}),
    ):
        assert lead.request(method, path, data=body).status_code == 404, path
    assert "没有" in lead.post(f"/settings/channels/{theirs}/reopen").text
    told = lead.post(f"/posts/{foreign}/rewrite/stream", data={"instruction": "x"}).text
    assert "没有编号" in told and "event: said" not in told
    assert lead.get(f"/api/posts/{foreign}").json()["code"] == "post.not_found"
    assert lead.get(f"/api/posts/{foreign}?brand=别家").status_code == 200
    assert lead.get("/api/brand?brand=没有").status_code == 404
    with runtime.database.read() as session:
        assert session.get_one(Post, foreign).state == "in_review"


def test_choices_of_look_and_language_are_kept_and_unknown_ones_ignored(lead: TestClient) -> None:
    assert (
        lead.post("/preferences", data={"theme": "dark", "lang": "en", "back": "/audit"}).headers["location"]
        == "/audit"
    )
    page = lead.get("/audit").text
    assert 'data-theme="dark"' in page and 'lang="en"' in page
    lead.post("/preferences", data={"theme": '"><script>', "lang": "xx", "back": "https://evil.test"})
    assert "<script>" not in lead.get("/audit").text


def test_what_was_done_is_said_from_a_list_and_never_from_the_address(lead: TestClient) -> None:
    assert "已批准，到点就发" in lead.get("/?said=approved").text
    assert "evil" not in lead.get("/?said=evil").text.split("<main")[1]
