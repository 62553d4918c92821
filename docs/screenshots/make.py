"""Takes a picture of every page: `make screenshots`, or `python docs/screenshots/make.py [name …]`.

Wide, tablet and phone, light and dark, of a staged week of the example brand (see stage.py). Complains of a console message
or of a page that is wider than its window, so that a picture is also a check.
"""

from __future__ import annotations

import os
import shutil
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parent))
import stage

from desk.web.app import create_app
from desk.web.visit import SESSION_COOKIE

OUT = Path(__file__).parent
SIZES = {"1440": (1440, 900), "1024": (1024, 768), "390": (390, 844)}
SIDEBAR = {"300": (300, 720)}
BROWSERS = ("/usr/bin/chromium-headless-shell", "/usr/bin/chromium", "/usr/bin/google-chrome")


@dataclass(frozen=True)
class Shot:
    """One page: where it is, what to do before the picture, whether somebody is signed in, the whole page or a screenful."""

    path: str
    act: Callable[[Page, str], None] | None = None
    signed_in: bool = True
    whole: bool = False
    sizes: Mapping[str, tuple[int, int]] = field(default_factory=lambda: SIZES)


def shots(on: stage.Stage) -> dict[str, Shot]:
    """Every page by the name of its picture."""
    return {
        "week": Shot("/"),
        "week-panel": Shot("/", act=_open_card),
        "day": Shot("/days/2026-11-26"),
        "month": Shot("/month?from=2026-11-01"),
        "list": Shot("/list?from=2026-11-23"),
        "review": Shot(f"/review?post={on.blocked}"),
        "rewrite": Shot(f"/review?post={on.post}", act=_rewrite),
        "post": Shot(f"/posts/{on.post}", whole=True),
        "post-edit": Shot(f"/posts/{on.post}", act=lambda page, _size: page.click("[popovertarget=p-edit]")),
        "deliveries": Shot("/deliveries"),
        "send": Shot("/send?owner=" + on.owner),
        "send-lead": Shot("/send"),
        "replies": Shot("/replies", act=_ask("面霜多少钱，油皮能用吗")),
        "replies-takeover": Shot("/replies", act=_ask("用完脸上又红又痒")),
        "replies-sidebar": Shot("/replies?sidebar=1", act=_ask("什么时候发货"), sizes=SIDEBAR),
        "replies-learning": Shot("/replies/learning"),
        "replies-gaps": Shot("/replies/learning?tab=gaps"),
        "replies-figures": Shot("/replies/figures"),
        "groups": Shot("/groups"),
        "simulator": Shot(f"/groups/{on.group}"),
        "figures": Shot("/figures", whole=True),
        "brand": Shot("/brand"),
        "products": Shot("/brand?tab=products"),
        "cell": Shot("/brand?tab=products", act=_edit_price),
        "prompts": Shot(f"/brand/prompts?post={on.post}", whole=True),
        "import": Shot("/brand/import"),
        "notices": Shot("/notices"),
        "audit": Shot("/audit"),
        "settings": Shot("/settings", whole=True),
        "channels": Shot("/settings/channels", whole=True),
        "models": Shot("/settings/models", whole=True),
        "rules": Shot("/rules", whole=True),
        "learning": Shot("/learning"),
        "notes": Shot("/learning?tab=notes"),
        "versions": Shot("/learning?tab=versions"),
        "sign-in": Shot("/sign-in", signed_in=False),
        "link": Shot(f"/link/{on.link}", signed_in=False),
    }


def _open_card(page: Page, size: str) -> None:
    if size != "1440":
        return
    page.locator("a.card[data-state=in_review]").first.click()
    page.wait_for_selector(".side .post")


def _rewrite(page: Page, _size: str) -> None:
    page.click("[popovertarget=p-rewrite]")
    page.fill("#p-rewrite textarea", "第一句更短，语气再轻松一点")
    page.keyboard.press("Enter")
    page.wait_for_selector("#p-rewrite .proposal")


def _edit_price(page: Page, _size: str) -> None:
    page.locator("a.cell[href*='%E6%97%A5%E5%B8%B8%E4%BB%B7']").nth(1).click()
    page.wait_for_selector(".over-cell textarea")


def _ask(words: str) -> Callable[[Page, str], None]:
    """Put a question to the reply desk and wait for the whole answer."""

    def ask(page: Page, _size: str) -> None:
        page.fill("#text", words)
        page.press("#text", "Enter")
        page.wait_for_selector(".reply:not(.writing)")

    return ask


@contextmanager
def served(on: stage.Stage) -> Iterator[str]:
    """The staged desk on a free port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = uvicorn.Server(
        uvicorn.Config(create_app(on.runtime), port=port, log_level="error", access_log=False)
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(5)


def take(
    browser: Browser, base: str, on: stage.Stage, name: str, shot: Shot, size: str, look: str
) -> list[str]:
    """One picture; what there is to complain of."""
    width, height = shot.sizes[size]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if look == "dark" else "light",
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        device_scale_factor=2 if width < 500 else 1,
    )
    if shot.signed_in:
        context.add_cookies([{"name": SESSION_COOKIE, "value": on.cookie, "url": base}])
    page = context.new_page()
    complaints: list[str] = []
    page.on(
        "console",
        lambda message: complaints.append(message.text) if message.type in {"error", "warning"} else None,
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(base + shot.path)
    if shot.act is not None:
        shot.act(page, size)
    page.wait_for_timeout(120)
    page.screenshot(path=OUT / f"{name}-{size}-{look}.png", full_page=shot.whole)
    over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    context.close()
    return complaints + ([f"{over} px too wide"] if over > 0 else [])


def main(wanted: list[str]) -> int:
    """Take the pictures named (default: all); 1 when there was something to complain of."""
    executable = os.environ.get("CHROMIUM") or next((path for path in BROWSERS if Path(path).exists()), None)
    folder = Path(tempfile.mkdtemp(prefix="chongfen-shots-"))
    bad = 0
    try:
        on = stage.build(folder)
        with served(on) as base, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=executable)
            for name, shot in shots(on).items():
                if wanted and name not in wanted:
                    continue
                for size in shot.sizes:
                    for look in ("light", "dark"):
                        for complaint in take(browser, base, on, name, shot, size, look):
                            print(f"{name}-{size}-{look}: {complaint}", file=sys.stderr)  # noqa: T201
                            bad += 1
            browser.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
