"""The signatures at the desk: for its own pages, to somebody who is signed in, and never the ticket itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

AsRole = Callable[[str], TestClient]


@pytest.mark.parametrize(
    "url", ["", "https://evil.example/send", "javascript:alert(1)", "//testserver/send", "http://testserver.evil/", "http://[", "ftp://testserver/"]
)  # fmt: skip
def test_only_pages_of_this_desk_are_signed(as_role: AsRole, shop: Any, url: str) -> None:
    answer = as_role("operator").get("/wecom/signatures", params={"url": url})
    assert answer.status_code == 422 and answer.json()["code"] == "toolbar.foreign"


def test_without_an_account_it_says_what_is_missing(as_role: AsRole, shop: Any, app: FastAPI) -> None:
    client = as_role("operator")
    answer = client.get("/wecom/signatures", params={"url": str(client.base_url.join("/send"))})
    assert answer.status_code == 404 and answer.json()["code"] == "toolbar.no_account"
    assert "还没接通" in answer.json()["said"]
