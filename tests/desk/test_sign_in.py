"""The door: nobody comes in by guessing, by a planted cookie or by an old link."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from content_calendar.clock import FixedClock
from content_calendar.tables import ApiToken, Session, SignInLink, User
from desk.auth import links, passwords, sessions, sign_in, tokens, users
from desk.auth.secret import fingerprint
from desk.errors import DeskError
from desk.web.visit import SESSION_COOKIE
from workers.runtime import Runtime

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2 with little memory: the same code, in milliseconds."""
    from pwdlib import PasswordHash
    from pwdlib.hashers.argon2 import Argon2Hasher

    quick = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=64, parallelism=1),))
    monkeypatch.setattr(passwords, "_hasher", lambda: quick)
    passwords._dummy.cache_clear()


@pytest.fixture
def known(runtime: Runtime, clock: FixedClock) -> User:
    """A lead with a password."""
    with runtime.database.write() as session:
        return users.create(
            session,
            name="lixiao",
            role="lead",
            password=PASSWORD,
            now=clock.now(),
            actor="system:test",
            display="李晓",
        )


@pytest.fixture
def browser(app: FastAPI) -> TestClient:
    """A browser nobody is signed in with."""
    return TestClient(app, base_url="http://desk.test", follow_redirects=False)


def enter(browser: TestClient, name: str = "lixiao", password: str = PASSWORD, next: str = "/") -> int:
    return browser.post("/sign-in", data={"name": name, "password": password, "next": next}).status_code


def test_name_and_password_open_the_desk_and_the_secret_is_kept_only_as_a_fingerprint(
    browser: TestClient, known: User, runtime: Runtime
) -> None:
    assert enter(browser) == 303
    cookie = browser.cookies[SESSION_COOKIE]
    assert browser.get("/settings").status_code == 200
    with runtime.database.read() as session:
        kept = session.query(Session).one()
        assert kept.id == fingerprint(cookie) != cookie
        assert "argon2" in session.get_one(User, known.id).password


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(browser: TestClient, known: User) -> None:
    answer = browser.post("/sign-in", data={"name": "lixiao", "password": PASSWORD})
    said = answer.headers["set-cookie"].lower()
    assert "httponly" in said and "samesite=lax" in said and "secure" not in said


def test_the_cookie_is_secure_when_the_desk_is_reached_by_https(app: FastAPI, known: User) -> None:
    browser = TestClient(app, base_url="https://desk.test", follow_redirects=False)
    answer = browser.post("/sign-in", data={"name": "lixiao", "password": PASSWORD})
    assert "secure" in answer.headers["set-cookie"].lower()
    assert answer.headers["strict-transport-security"].startswith("max-age=")


@pytest.mark.parametrize(
    ("name", "password"), [("lixiao", "wrong"), ("nobody", PASSWORD), ("", ""), ("lixiao", "")]
)
def test_every_wrong_try_gets_the_same_answer(
    browser: TestClient, known: User, name: str, password: str
) -> None:
    answer = browser.post("/sign-in", data={"name": name, "password": password})
    assert answer.status_code == 401
    assert "用户名或密码不对" in answer.text
    assert SESSION_COOKIE not in browser.cookies


def test_an_unknown_user_costs_the_same_work_as_a_known_one(
    runtime: Runtime, known: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    worked: list[str] = []
    real = passwords._hasher().verify
    monkeypatch.setattr(
        passwords._hasher(), "verify", lambda word, kept: worked.append(kept) or real(word, kept)
    )
    for name in ("lixiao", "nobody"):
        with runtime.database.read() as session, pytest.raises(DeskError):
            sign_in.check(session, name, "wrong")
    assert len(worked) == 2 and all(kept.startswith("$argon2") for kept in worked)


def test_a_disabled_user_and_a_service_account_cannot_sign_in(
    browser: TestClient, known: User, runtime: Runtime, clock: FixedClock
) -> None:
    with runtime.database.write() as session:
        users.create(session, name="second", role="lead", now=clock.now(), actor="t")
        users.create(session, name="robot", role="service", password=PASSWORD, now=clock.now(), actor="t")
        users.disable(session, session.get_one(User, known.id), now=clock.now(), actor="t")
    assert enter(browser) == 401
    assert enter(browser, name="robot") == 401


def test_the_sixth_try_in_a_minute_is_refused_even_with_the_right_password(
    browser: TestClient, known: User
) -> None:
    assert [enter(browser, password="wrong") for _ in range(5)] == [401] * 5
    answer = browser.post("/sign-in", data={"name": "lixiao", "password": PASSWORD})
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) >= 60


def test_tries_at_one_name_do_not_lock_another(browser: TestClient, known: User) -> None:
    for _ in range(6):
        enter(browser, name="zhouning", password="wrong")
    assert enter(browser) == 303


def test_a_planted_cookie_is_never_taken_over(browser: TestClient, known: User, runtime: Runtime) -> None:
    browser.cookies.set(SESSION_COOKIE, "planted-by-somebody")
    assert enter(browser) == 303
    assert browser.cookies.get(SESSION_COOKIE, domain="desk.test") != "planted-by-somebody"
    with runtime.database.read() as session:
        assert session.get(Session, fingerprint("planted-by-somebody")) is None


def test_signing_in_again_ends_the_session_the_browser_had(
    browser: TestClient, known: User, runtime: Runtime
) -> None:
    enter(browser)
    old = browser.cookies[SESSION_COOKIE]
    enter(browser)
    assert browser.cookies[SESSION_COOKIE] != old
    with runtime.database.read() as session:
        assert session.query(Session).count() == 1


@pytest.mark.parametrize("after", [sessions.IDLE, sessions.LIFE])
def test_a_session_ends_when_it_is_old_or_unused(
    browser: TestClient, known: User, clock: FixedClock, after: timedelta
) -> None:
    enter(browser)
    clock.advance(after + timedelta(seconds=1))
    assert browser.get("/settings").headers["location"].startswith("/sign-in")


def test_a_session_in_use_lives_on_past_the_idle_limit(
    browser: TestClient, known: User, clock: FixedClock
) -> None:
    enter(browser)
    for _ in range(4):
        clock.advance(sessions.IDLE - timedelta(hours=1))
        assert browser.get("/settings").status_code == (
            200 if clock.now() < known.created_at + sessions.LIFE else 303
        )


def test_signing_out_ends_the_session_on_the_server(
    browser: TestClient, known: User, runtime: Runtime
) -> None:
    enter(browser)
    cookie = browser.cookies[SESSION_COOKIE]
    browser.post("/sign-out")
    browser.cookies.set(SESSION_COOKIE, cookie)
    assert browser.get("/settings").status_code == 303


def test_signing_out_elsewhere_leaves_only_this_browser(
    app: FastAPI, browser: TestClient, known: User
) -> None:
    other = TestClient(app, base_url="http://desk.test", follow_redirects=False)
    enter(browser), enter(other)
    browser.post("/sign-out-everywhere")
    assert browser.get("/settings").status_code == 200
    assert other.get("/settings").status_code == 303


@pytest.mark.parametrize(
    "next",
    [
        "https://evil.test/",
        "//evil.test",
        "/\\evil.test",
        "javascript:alert(1)",
        "\\\\evil",
        "/a\r\nX: y",
        " /x",
    ],
)
def test_signing_in_never_leads_to_another_site(browser: TestClient, known: User, next: str) -> None:
    answer = browser.post("/sign-in", data={"name": "lixiao", "password": PASSWORD, "next": next})
    assert answer.headers["location"] == "/"


def test_signing_in_goes_on_where_the_visitor_wanted_to(browser: TestClient, known: User) -> None:
    answer = browser.post("/sign-in", data={"name": "lixiao", "password": PASSWORD, "next": "/review?at=3"})
    assert answer.headers["location"] == "/review?at=3"


def test_a_link_lets_the_first_lead_in_and_keeps_name_and_password(
    browser: TestClient, runtime: Runtime, clock: FixedClock
) -> None:
    with runtime.database.write() as session:
        lead = users.ensure_lead(session, clock.now())
        token = links.issue(session, lead.name, now=clock.now())
    assert browser.get(f"/link/{token}").status_code == 200
    answer = browser.post(f"/link/{token}", data={"display": "李晓", "password": PASSWORD})
    assert answer.headers["location"] == "/"
    assert "李晓" in browser.get("/settings").text
    browser.post("/sign-out")
    assert enter(browser, name=lead.name) == 303


def test_looking_at_a_link_does_not_use_it_up_but_pressing_its_button_does(
    browser: TestClient, known: User, runtime: Runtime, clock: FixedClock
) -> None:
    with runtime.database.write() as session:
        token = links.issue(session, "lixiao", now=clock.now())
    for _ in range(3):
        assert browser.get(f"/link/{token}").status_code == 200
    assert browser.post(f"/link/{token}").status_code == 303
    assert browser.post(f"/link/{token}").status_code == 422
    assert "用过或过期" in browser.get(f"/link/{token}").text


def test_a_link_dies_of_age_and_when_a_newer_one_is_made(
    browser: TestClient, known: User, runtime: Runtime, clock: FixedClock
) -> None:
    with runtime.database.write() as session:
        old = links.issue(session, "lixiao", now=clock.now())
        new = links.issue(session, "lixiao", now=clock.now())
        assert session.get(SignInLink, old) is None, "only the fingerprint is kept"
    assert browser.post(f"/link/{old}").status_code == 422
    clock.advance(links.LIFE + timedelta(seconds=1))
    assert browser.post(f"/link/{new}").status_code == 422


def test_a_short_password_does_not_use_the_link_up(
    browser: TestClient, known: User, runtime: Runtime, clock: FixedClock
) -> None:
    with runtime.database.write() as session:
        token = links.issue(session, "lixiao", now=clock.now())
    assert "10 到 200" in browser.post(f"/link/{token}", data={"password": "short"}).text
    assert browser.post(f"/link/{token}", data={"password": PASSWORD}).status_code == 303


def test_a_new_password_by_link_signs_every_other_browser_out(
    app: FastAPI, browser: TestClient, known: User, runtime: Runtime, clock: FixedClock
) -> None:
    enter(browser)
    with runtime.database.write() as session:
        token = links.issue(session, "lixiao", now=clock.now())
    TestClient(app, base_url="http://desk.test").post(f"/link/{token}", data={"password": PASSWORD + "!"})
    assert browser.get("/settings").status_code == 303


def test_the_first_lead_is_made_once(runtime: Runtime, clock: FixedClock) -> None:
    with runtime.database.write() as session:
        first = users.ensure_lead(session, clock.now()).id
        assert users.ensure_lead(session, clock.now()).id == first
        assert session.query(User).count() == 1


def test_the_last_lead_can_be_neither_disabled_nor_demoted(
    runtime: Runtime, known: User, clock: FixedClock
) -> None:
    with runtime.database.write() as session:
        lead = session.get_one(User, known.id)
        with pytest.raises(DeskError, match="最后一位主管"):
            users.disable(session, lead, now=clock.now(), actor="t")
        with pytest.raises(DeskError, match="最后一位主管"):
            users.set_role(session, lead, "editor", now=clock.now(), actor="t")


@pytest.mark.parametrize("name", ["", "a", "x" * 41, "a b", "<script>", "a/b", "李\u202e晓"])
def test_an_unusable_user_name_is_refused(runtime: Runtime, clock: FixedClock, name: str) -> None:
    with runtime.database.write() as session, pytest.raises(DeskError):
        users.create(session, name=name, role="editor", now=clock.now(), actor="t")


def test_a_token_is_shown_once_kept_as_a_fingerprint_and_dies_with_its_user(
    app: FastAPI, known: User, runtime: Runtime, clock: FixedClock
) -> None:
    with runtime.database.write() as session:
        users.create(session, name="second", role="lead", now=clock.now(), actor="t")
        made = tokens.create(session, session.get_one(User, known.id), "看板", now=clock.now(), actor="t")
        assert made.secret not in str(session.query(ApiToken).one().__dict__)
    program = TestClient(app, headers={"authorization": f"Bearer {made.secret}"})
    assert program.get("/api/me").json()["by"] == "token"
    with runtime.database.write() as session:
        users.disable(session, session.get_one(User, known.id), now=clock.now(), actor="t")
    assert program.get("/api/me").status_code == 401


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Bearer cf_wrong", "Basic abc", "Bearer ☃"])
def test_a_wrong_token_is_no_way_in(app: FastAPI, known: User, header: str) -> None:
    answer = TestClient(app).get("/api/me", headers={b"authorization": header.encode()})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"


def test_a_revoked_token_is_no_way_in_and_only_its_owner_or_a_lead_may_revoke_it(
    as_role: Callable[[str], TestClient],
) -> None:
    editor, operator = as_role("editor"), as_role("operator")
    made = editor.post("/api/tokens", json={"name": "脚本"}).json()
    assert operator.delete(f"/api/tokens/{made['id']}").status_code == 404
    program = TestClient(editor.app, headers={"authorization": f"Bearer {made['secret']}"})
    assert program.get("/api/me").status_code == 200
    assert editor.delete(f"/api/tokens/{made['id']}").status_code == 204
    assert program.get("/api/me").status_code == 401
