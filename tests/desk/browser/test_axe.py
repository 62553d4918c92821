"""No page has a serious fault of accessibility, light or dark, wide or on a phone: axe-core looks at each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from content_calendar.tables import User
from desk.auth import sessions
from desk.web.visit import SESSION_COOKIE
from workers.runtime import Runtime

pytestmark = pytest.mark.browser
AXE = Path(__file__).parents[2] / "peers/node_modules/axe-core/axe.min.js"
PAGES = (
    "/", "/month", "/list", "/days/2026-11-24", "/review", "/posts/{review}", "/posts/{blocked}", "/deliveries", "/groups",
    "/groups/G001", "/brand", "/brand?tab=products", "/brand/import", "/notices", "/audit", "/settings", "/figures",
    "/learning", "/learning?tab=notes", "/learning?tab=versions", "/replies", "/replies/learning", "/settings/models",
    "/rules", "/send", "/brand?tab=groups", "/brand/prompts",
)  # fmt: skip
LOOK = """async () => (await axe.run(document, {resultTypes: ['violations']})).violations
  .filter(v => ['serious', 'critical'].includes(v.impact))
  .map(v => `${v.id}: ${v.nodes.slice(0, 3).map(n => n.target.join(' ') + ' — ' + n.html.slice(0, 120)).join(' | ')}`)"""


@pytest.mark.skipif(not AXE.exists(), reason="no axe-core here: npm ci --prefix tests/peers")
@pytest.mark.parametrize(("look", "width"), [("light", 1440), ("dark", 1440), ("light", 390), ("dark", 390)])
def test_axe_finds_nothing_serious(
    chromium: Browser, desk: str, runtime: Runtime, shop: Any, look: str, width: int
) -> None:
    with runtime.database.write() as session:
        cookie = sessions.open_(session, session.get_one(User, shop.users["lead"]), now=runtime.clock.now())
    context = chromium.new_context(
        viewport={"width": width, "height": 900}, color_scheme="dark" if look == "dark" else "light", bypass_csp=True,
        locale="zh-CN",
    )  # fmt: skip
    context.add_cookies([{"name": SESSION_COOKIE, "value": cookie, "url": desk}])
    context.add_init_script(AXE.read_text(encoding="utf-8"))
    page = context.new_page()
    wrong = []
    for path in PAGES:
        answer = page.goto(desk + path.format(**shop.posts))
        assert answer is not None and answer.status == 200, path
        wrong += [f"{path} {fault}" for fault in page.evaluate(LOOK)]
    context.close()
    assert not wrong, "\n".join(wrong)
