"""A page's tail is short: what lives as long as the process is not walked by the collector."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from desk.web import rendering, settling


@pytest.fixture(autouse=True)
def _thawed() -> Iterator[None]:
    yield
    gc.unfreeze()


def test_what_is_alive_is_frozen_and_every_page_compiles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settling, "WARM", 0.0)
    settling.settle()
    assert gc.get_freeze_count() > 50_000
    loaded = {name for (_loader, name) in rendering.environment().cache or ()}
    assert loaded >= {"week.html", "review.html", "send.html"}
