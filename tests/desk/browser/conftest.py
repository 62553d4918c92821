"""A real Chromium over a served desk; `enter` signs somebody in without the door."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright
from sqlalchemy import update

from content_calendar.tables import Revision, User
from desk.auth import sessions
from desk.web.visit import SESSION_COOKIE
from prompts.draft import revision_hash
from workers.runtime import Runtime

expect.set_options(timeout=15_000)
PLACES = ("/usr/bin/chromium-headless-shell", "/usr/bin/chromium", "/usr/bin/google-chrome")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The distribution's Chromium."""
    executable = os.environ.get("CHROMIUM") or next((path for path in PLACES if Path(path).exists()), None)
    if executable is None:
        pytest.skip("no Chromium here: apt-get install chromium-headless-shell")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable)
        yield browser
        browser.close()


@pytest.fixture
def desk(app: FastAPI, runtime: Runtime, shop: Any) -> Iterator[str]:
    """The desk served on a free port, its posts without facts that could have changed."""
    with runtime.database.write() as session:
        for revision in session.query(Revision).all():
            session.execute(
                update(Revision)
                .where(Revision.id == revision.id)
                .values(facts=[], hash=revision_hash(revision.text, ()))
            )
    with _serving(app) as address:
        yield address


@pytest.fixture
def empty_desk(app: FastAPI, runtime: Runtime) -> Iterator[str]:
    """The desk of somebody who has just installed it: no brand, no user."""
    with _serving(app) as address:
        yield address


@contextmanager
def _serving(app: FastAPI) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error", access_log=False))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(5)


def _bad(message: ConsoleMessage, away: bool) -> bool:
    """A refusal the page shows (409, 422) is no fault, nor is a server that is ``away`` on purpose; the browser tells of both."""
    if away and "net::ERR_" in message.text:
        return False
    return message.type == "error" and not any(
        f"status of {refused}" in message.text for refused in (409, 422)
    )


@contextmanager
def _watched(chromium: Browser, *, phone: bool = False, away: bool = False, **more: Any) -> Iterator[Page]:
    """A page that fails the test when its console complains or it is wider than its window."""
    size = {"width": 390, "height": 844} if phone else {"width": 1440, "height": 900}
    context = chromium.new_context(viewport=size, locale="zh-CN", timezone_id="America/New_York", has_touch=phone, **more)  # fmt: skip
    context.set_default_timeout(15_000)  # what is checked is what happens, not how busy the machine is
    shown = context.new_page()
    complaints: list[str] = []
    shown.on("console", lambda message: complaints.append(message.text) if _bad(message, away) else None)
    shown.on("pageerror", lambda error: complaints.append(str(error)))
    yield shown
    shown.wait_for_load_state()
    over = shown.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    context.close()
    assert not complaints and over <= 0


@pytest.fixture
def page(chromium: Browser, desk: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page of the desk; it leaves before the desk does, so that it has nothing to complain of at the end."""
    name = request.node.name
    with _watched(chromium, phone="phone" in name, away="restarts" in name) as shown:
        yield shown


@pytest.fixture
def empty_page(chromium: Browser, empty_desk: str) -> Iterator[Page]:
    """A wide page for a desk that is still empty."""
    with _watched(chromium) as shown:
        yield shown


@pytest.fixture
def empty_phone(chromium: Browser, empty_desk: str) -> Iterator[Page]:
    """A phone for a desk that was empty, with a clipboard."""
    with _watched(
        chromium, phone=True, is_mobile=True, permissions=["clipboard-read", "clipboard-write"]
    ) as shown:
        yield shown


@pytest.fixture
def enter(page: Page, desk: str, runtime: Runtime, shop: Any) -> Callable[..., None]:
    """Sign ``role`` in without the door; on another page when one is given."""

    def signed_in(role: str = "lead", page: Page = page) -> None:
        with runtime.database.write() as session:
            cookie = sessions.open_(session, session.get_one(User, shop.users[role]), now=runtime.clock.now())
        page.context.add_cookies([{"name": SESSION_COOKIE, "value": cookie, "url": desk}])

    return signed_in
