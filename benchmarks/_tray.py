"""Sixty posts decided with the keyboard in a real Chromium: keys pressed, and the wait from each key to the next post painted.

The page itself measures: from the moment of the key to the frame after the next post stands in the page. Two runs: one that
presses as soon as the next post is there (no person can), and one that reads for a moment first.
"""

from __future__ import annotations

import secrets
import statistics
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, insert, select

from content_calendar.tables import Brand, FindingRow, Group, Post, Revision
from desk.web.visit import BRAND_COOKIE
from prompts.brief import Fact, FactKind
from prompts.draft import revision_hash
from workers.runtime import Runtime

SIXTY = 60
ZONE = ZoneInfo("Asia/Shanghai")
_TEXT = "洗完脸发紧？先看水温，第 {n} 条。\n手背试着不烫也不冰，就行了；毛巾按一按，别搓。\n今天的小题：洁面乳起泡越多洗得越干净吗？群里回 1 或 2。"
MEASURE = """() => {
  window.waits = []
  let pressed
  addEventListener('keydown', event => { if (event.key === 'a') pressed = event.timeStamp }, true)
  const seen = () => document.querySelector('.reading')?.dataset.post ?? (document.querySelector('.review-page .empty') ? 'none' : undefined)
  let before = seen()
  new MutationObserver(() => {
    const now = seen()
    if (now === undefined || now === before) return
    before = now
    const from = pressed
    requestAnimationFrame(() => requestAnimationFrame(at => { window.waits.push(performance.now() - from); window.shown = now }))
  }).observe(document.querySelector('main'), { childList: true, subtree: true })
}"""


@dataclass(frozen=True)
class Run:
    """What one run through the tray took."""

    keys: int
    approved: int
    waits: tuple[float, ...]

    def said(self, name: str) -> str:
        """One line for the report."""
        ordered = sorted(self.waits)
        at95 = ordered[int(len(ordered) * 0.95) - 1]
        return (
            f"tray, {name}: {self.approved} approved with {self.keys / SIXTY:.1f} key presses each (bar 2); key to next post "
            f"painted p50 {statistics.median(ordered):.0f} ms, p95 {at95:.0f} ms, max {ordered[-1]:.0f} ms (bar 100 ms)"
        )


def fill(runtime: Runtime, *, now: datetime) -> int:
    """Sixty clean posts in review, each with a version, facts, a finding on every fourth; the brand's id."""
    with runtime.database.write() as session:
        brand = Brand(uid=secrets.token_hex(16), name=f"六十篇 {secrets.token_hex(2)}", demo=True)
        session.add(brand)
        session.flush()
        groups: list[dict[str, object]] = [
            {"brand_id": brand.id, "code": f"T{n}", "name": f"群{n}", "tier": ("high", "mid", "low")[n % 3], "channel": "sidebar", "address": "x",
             "members": 200, "tags": [], "active": True, "owner": "", "source": "", "customer_type": "", "row": n}
            for n in range(54)
        ]  # fmt: skip
        session.execute(insert(Group), groups)
        for n in range(SIXTY):
            _one(session, brand, n, now)
        return brand.id


def _one(session: Any, brand: Brand, n: int, now: datetime) -> None:
    due = now + timedelta(hours=20, minutes=7 * n)
    local = due.astimezone(ZONE)
    facts = (Fact(id="brand.name", kind=FactKind.text, label="品牌名", value=brand.name, source="品牌!B2"),)
    text = _TEXT.format(n=n)
    post = Post(
        brand_id=brand.id, slot_key=f"tray{n}", tier=("high", "mid", "low")[n % 3], kind=("tip", "qa", "morning_news")[n % 3],
        lane="hand_off", day=local.date(), time=f"{local:%H:%M}", zone=brand.zone, due_at=due, theme="洗脸水温",
        state="in_review", state_since=now, created_at=now,
    )  # fmt: skip
    session.add(post)
    session.flush()
    revision = Revision(
        post_id=post.id, number=1, hash=revision_hash(text, facts), text=text, first_line=text.split("\n")[0], author="offline",
        facts=[fact.model_dump(mode="json") for fact in facts], provenance={"author": "offline"}, created_at=now,
    )  # fmt: skip
    session.add(revision)
    session.flush()
    post.revision_id = revision.id
    if n % 4 == 0:
        session.add(
            FindingRow(
                revision_id=revision.id, rule="length.line", verdict="warn", start=0, end=4, excerpt=text[:4], reason="首行偏长",
                law="", suggestion="", version="1", trust=1.0,
            )
        )  # fmt: skip


def work(page: Any, base: str, runtime: Runtime, brand_id: int, *, reading: int) -> Run:
    """Press `a` on every post of the tray, ``reading`` milliseconds after it is shown; what the database says of it."""
    page.context.add_cookies([{"name": BRAND_COOKIE, "value": str(brand_id), "url": base}])
    page.goto(f"{base}/review", wait_until="load")
    page.wait_for_timeout(1500)  # the first post is being read
    page.evaluate(MEASURE)
    keys = 0
    for done in range(SIXTY):
        page.keyboard.press("a")
        keys += 1
        page.wait_for_function("done => window.waits.length > done", arg=done, timeout=10_000)
        page.wait_for_timeout(reading)
    waits = tuple(page.evaluate("window.waits"))
    page.wait_for_timeout(1000)  # the last answers
    with runtime.database.read() as session:
        approved = select(func.count()).where(Post.brand_id == brand_id, Post.state == "approved")
        return Run(keys, session.scalar(approved) or 0, waits)
