"""No page has a serious fault of accessibility, light or dark, wide or on a phone: axe-core looks at each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from content_calendar.tables import User
from desk.auth import sessions, users
from desk.web.visit import SESSION_COOKIE
from workers.runtime import Runtime

pytestmark = pytest.mark.browser
AXE = Path(__file__).parents[2] / "peers/node_modules/axe-core/axe.min.js"
PAGES = (
    "/", "/?day=2026-11-24&from=2026-11-23", "/month", "/list", "/days/2026-11-24", "/review", "/posts/{review}",
    "/posts/{blocked}", "/posts/{released}", "/deliveries", "/groups", "/groups/G001", "/brand", "/brand?tab=products",
    "/brand?tab=groups", "/brand?tab=campaigns", "/brand?tab=sop", "/brand?tab=scripts", "/brand?tab=knowledge", "/brand/import",
    "/brand/prompts", "/notices", "/audit", "/resume", "/settings", "/settings/models", "/settings/channels", "/figures",
    "/learning", "/learning?tab=notes", "/learning?tab=versions", "/replies", "/replies/learning",
    "/replies/learning?tab=gaps", "/replies/figures", "/rules", "/send",
)  # fmt: skip
DOORS = ("/sign-in", "/nothing-here")
LOOK = """async () => (await axe.run(document, {resultTypes: ['violations']})).violations
  .filter(v => ['serious', 'critical'].includes(v.impact))
  .map(v => `${v.id}: ${v.nodes.slice(0, 3).map(n => n.target.join(' ') + ' — ' + n.html.slice(0, 120)).join(' | ')}`)"""


def faults(page: Page, where: str) -> list[str]:
    """What axe finds, and how much wider than its window the page is."""
    over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [f"{where} {fault}" for fault in page.evaluate(LOOK)] + (
        [f"{where} {over} px too wide"] if over > 0 else []
    )


def _context(chromium: Browser, base: str, cookie: str, look: str, width: int) -> BrowserContext:
    context = chromium.new_context(
        viewport={"width": width, "height": 900}, color_scheme="dark" if look == "dark" else "light", bypass_csp=True,
        locale="zh-CN",
    )  # fmt: skip
    context.add_cookies([{"name": SESSION_COOKIE, "value": cookie, "url": base}])
    context.add_init_script(AXE.read_text(encoding="utf-8"))
    return context


def _rewritten(page: Page) -> None:
    page.click("[popovertarget=p-rewrite]")
    page.fill("#p-rewrite textarea", "短一点")
    page.keyboard.press("Enter")
    page.wait_for_selector("#p-rewrite .proposal")


OPENED: dict[str, Callable[[Page], None]] = {
    "/review?post={review}": _rewritten,
    "/posts/{review}": lambda page: page.click("[popovertarget=p-edit]"),
}


@pytest.mark.skipif(not AXE.exists(), reason="no axe-core here: npm ci --prefix tests/peers")
@pytest.mark.parametrize(
    ("look", "width"), [(look, width) for width in (1440, 1024, 390) for look in ("light", "dark")]
)
def test_axe_finds_nothing_serious(
    chromium: Browser, desk: str, runtime: Runtime, shop: Any, look: str, width: int
) -> None:
    with runtime.database.write() as session:
        cookie = sessions.open_(session, session.get_one(User, shop.users["lead"]), now=runtime.clock.now())
    context = _context(chromium, desk, cookie, look, width)
    page = context.new_page()
    wrong = []
    for path in PAGES:
        answer = page.goto(desk + path.format(**shop.posts))
        assert answer is not None and answer.status == 200, path
        wrong += faults(page, path)
    for path, act in OPENED.items():
        page.goto(desk + path.format(**shop.posts))
        act(page)
        wrong += faults(page, f"{path} (opened)")
    context.clear_cookies()
    for path in DOORS:
        page.goto(desk + path)
        wrong += faults(page, path)
    context.close()
    assert not wrong, "\n".join(wrong)


@pytest.mark.skipif(not AXE.exists(), reason="no axe-core here: npm ci --prefix tests/peers")
@pytest.mark.parametrize("look", ["light", "dark"])
def test_axe_finds_nothing_serious_before_the_first_brand(
    chromium: Browser, empty_desk: str, runtime: Runtime, look: str, make: Any
) -> None:
    with runtime.database.write() as session:
        lead = users.create(session, name="lead", role="lead", now=make.now, actor="system:test")
        cookie = sessions.open_(session, lead, now=make.now)
    context = _context(chromium, empty_desk, cookie, look, 1024)
    page = context.new_page()
    wrong = []
    for path in ("/", "/brand", "/settings"):
        page.goto(empty_desk + path)
        wrong += faults(page, path)
    context.close()
    assert not wrong, "\n".join(wrong)
