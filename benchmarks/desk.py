"""The week page with 2,000 posts: milliseconds on the server, bytes on the wire, and ready in a browser.

    python benchmarks/desk.py

Server time is the whole request in process (sign-in, queries, page); the bar of the design is 150 ms. When a Chromium is there,
the time until its page is ready is printed too (bar: 1 s), and what it takes to decide sixty posts of the tray with the keyboard
(bars: two keys a post, 100 ms from the key to the next post).
"""

from __future__ import annotations

import gzip
import os
import re
import shutil
import socket
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

# This file has the name of the package it measures; its own folder must not come first.
sys.path.append(sys.path.pop(0))

import uvicorn
from playwright.sync_api import Page, sync_playwright
from sqlalchemy import insert
from starlette.testclient import TestClient

from benchmarks import _tray
from content_calendar.clock import FixedClock
from content_calendar.database import Database, migrate
from content_calendar.tables import Brand, FindingRow, Group, Post, Revision
from desk.auth import sessions, users
from desk.web.app import create_app
from desk.web.settling import settle
from desk.web.visit import SESSION_COOKIE
from workers.runtime import Runtime
from workers.settings import Settings

MONDAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
POSTS, ROUNDS = 2_000, 15
STATES = ("released", "approved", "in_review", "planned", "held", "changes_requested")
TIMES = ("09:00", "10:00", "13:00", "14:00", "16:00", "17:00", "20:00", "22:00")
BROWSERS = ("/usr/bin/chromium-headless-shell", "/usr/bin/chromium")


def fill(runtime: Runtime) -> str:
    """2,000 posts in one week, each with a text, one in three with findings, 1,600 groups; the cookie of a lead."""
    with runtime.database.write() as session:
        brand = Brand(uid="b" * 32, name="沐禾", demo=True)
        session.add(brand)
        session.flush()
        session.execute(insert(Group), [
            {"brand_id": brand.id, "code": f"G{n}", "name": f"群{n}", "tier": ("high", "mid", "low")[n % 3], "channel": "sidebar",
             "address": "x", "members": 200, "tags": [], "active": True, "owner": "", "source": "", "customer_type": "", "row": n}
            for n in range(1_600)
        ])  # fmt: skip
        session.execute(insert(Post), [_post(brand.id, n) for n in range(POSTS)])
        session.execute(insert(Revision), [
            {"id": n + 1, "post_id": n + 1, "number": 1, "hash": f"{n:064x}", "text": "正文" * 60, "first_line": f"洗完脸发紧？先看水温，第 {n} 条",
             "author": "offline", "created_at": NOW, "facts": [], "provenance": {}, "action": "", "picture": ""}
            for n in range(POSTS)
        ])  # fmt: skip
        session.execute(insert(FindingRow), [
            {"revision_id": n + 1, "rule": "length", "version": "1", "verdict": "warn" if n % 9 else "block", "start": 0, "end": 2,
             "excerpt": "", "reason": "太长", "law": "", "suggestion": "", "trust": 1.0}
            for n in range(0, POSTS, 3)
        ])  # fmt: skip
        return sessions.open_(session, users.ensure_lead(session, NOW), now=NOW)


def _post(brand_id: int, n: int) -> dict[str, object]:
    day, wall = MONDAY + timedelta(days=n % 7), TIMES[n // 7 % len(TIMES)]
    return {
        "id": n + 1, "brand_id": brand_id, "slot_key": f"s{n}", "tier": ("high", "mid", "low")[n % 3], "kind": ("tip", "qa", "launch")[n % 3],
        "lane": "hand_off", "day": day, "time": wall, "zone": "Asia/Shanghai", "state": STATES[n % len(STATES)], "state_since": NOW,
        "due_at": datetime.fromisoformat(f"{day}T{wall}:00+08:00"), "created_at": NOW, "theme": "主题", "revision_id": n + 1, "offer": n % 3 == 2,
        "conflicts": [], "kind_written": "", "remark": "", "owner": "", "state_reason": "", "touched": False, "write_attempts": 0,
    }  # fmt: skip


def milliseconds(act: Callable[[], object]) -> float:
    """How long ``act`` takes."""
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000


@contextmanager
def served(app: object) -> Iterator[str]:
    """The desk on a free port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error", access_log=False))  # type: ignore[arg-type]
    threading.Thread(target=server.run, daemon=True).start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True


def in_browser(app: object, runtime: Runtime, cookie: str) -> list[str]:
    """What a Chromium says: the week ready in a cold page, sixty posts decided with the keyboard."""
    executable = os.environ.get("CHROMIUM") or next((path for path in BROWSERS if Path(path).exists()), None)
    if executable is None:
        return ["in Chromium: no Chromium here"]
    with served(app) as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable)
        signed_in = {"name": SESSION_COOKIE, "value": cookie, "url": base}

        def fresh() -> Page:
            context = browser.new_context(viewport={"width": 1440, "height": 900})
            context.add_cookies([signed_in])  # type: ignore[list-item]
            return context.new_page()

        ready = statistics.median(_load(fresh(), base) for _ in range(3))
        said = [f"week ready in Chromium: {ready:.0f} ms (bar 1000 ms)"]
        for name, reading in (("a second for each", 1000), ("pressed the moment it is shown", 0)):
            brand_id = _tray.fill(runtime, now=NOW)
            said.append(_tray.work(fresh(), base, runtime, brand_id, reading=reading).said(name))
        browser.close()
    return said


def _load(page: Page, base: str) -> float:
    page.goto(f"{base}/", wait_until="load")
    took = float(page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd"))
    page.context.close()
    return took


def main() -> None:
    """Fill, measure, print."""
    folder = Path(tempfile.mkdtemp(prefix="chongfen-bench-"))
    settings = Settings(data_dir=folder)
    migrate(settings.db_url)
    runtime = Runtime(settings=settings, database=Database(settings.db_url), clock=FixedClock(NOW))
    cookie = fill(runtime)
    app = create_app(runtime)
    client = TestClient(app, base_url="http://desk.test", cookies={SESSION_COOKIE: cookie})
    client.get("/")
    settle()  # as a serving process does
    began = time.process_time()
    took = sorted(milliseconds(lambda: client.get("/").raise_for_status()) for _ in range(ROUNDS))
    busy = (time.process_time() - began) * 1000 / ROUNDS
    page = client.get("/").text
    first_view = [
        page,
        *(client.get(path).text for path in re.findall(r'(?:href|src)="(/static/[^"#]+)"', page)),
    ]
    packed = sum(len(gzip.compress(part.encode())) for part in dict.fromkeys(first_view))
    print(
        f"week page, {POSTS} posts: median {statistics.median(took):.0f} ms, best {took[0]:.0f}, worst of {ROUNDS} {took[-1]:.0f} ms on the server, {busy:.0f} ms of it computing (bar 150 ms)"
    )
    print(
        f"review tray: {statistics.median([milliseconds(lambda: client.get('/review')) for _ in range(5)]):.0f} ms"
    )
    print(
        f"first view: HTML {len(gzip.compress(page.encode())) / 1000:.0f} kB, with styles and scripts {packed / 1000:.0f} kB compressed (bar 200 kB)"
    )
    for line in in_browser(app, runtime, cookie):
        print(line, flush=True)
    runtime.database.dispose()
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
