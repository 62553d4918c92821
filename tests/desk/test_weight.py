"""The first view of every page is light: HTML, styles, scripts and what those import, compressed, stay under 200 kB."""

from __future__ import annotations

import gzip
import re
from typing import Any

import pytest
from starlette.testclient import TestClient

MOST = 200_000  # bytes; issue 6
PAGES = (
    "/", "/month", "/list", "/days/2026-11-24", "/review", "/posts/{review}", "/send", "/brand", "/brand?tab=products",
    "/brand/prompts", "/figures", "/learning", "/replies", "/rules", "/settings", "/settings/channels", "/deliveries",
    "/groups/G001", "/audit",
)  # fmt: skip
LINKED = re.compile(r'(?:href|src)="(/static/[^"#]+)"')
IMPORTED = re.compile(r"""(?:from|import)\s*\(?\s*['"]\./([\w.-]+\.js)['"]""")


def first_view(client: TestClient, path: str) -> dict[str, int]:
    """Address → compressed bytes of everything a cold browser fetches for a page."""
    page = client.get(path)
    assert page.status_code == 200, path
    found = {path: len(gzip.compress(page.content))}
    wanted = LINKED.findall(page.text)
    while wanted:
        address = wanted.pop()
        if address in found:
            continue
        answer = client.get(address)
        assert answer.status_code == 200, address
        found[address] = len(gzip.compress(answer.content))
        if address.endswith(".js"):
            wanted += [f"{address.rpartition('/')[0]}/{name}" for name in IMPORTED.findall(answer.text)]
    return found


@pytest.mark.parametrize("path", PAGES)
def test_the_first_view_stays_under_its_weight(lead: TestClient, shop: Any, path: str) -> None:
    found = first_view(lead, path.format(**shop.posts))
    assert any(address.endswith("desk.js") for address in found), "scripts and what they import are counted"
    assert sum(found.values()) < MOST, sorted(found.items(), key=lambda item: -item[1])[:5]


def test_what_a_page_fetches_comes_from_this_house(lead: TestClient, shop: Any) -> None:
    for path in PAGES:
        page = lead.get(path.format(**shop.posts)).text
        assert not re.findall(r'<(?:script|link|img|iframe)[^>]+(?:src|href)="(?:https?:)?//', page), path
