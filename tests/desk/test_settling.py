"""A page's tail is short: what lives as long as the process is not walked by the collector."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator

import pytest

from desk.web import rendering, settling


@pytest.fixture(autouse=True)
def _thawed() -> Iterator[None]:
    young, turn = gc.get_threshold(), sys.getswitchinterval()
    yield
    gc.unfreeze()
    gc.set_threshold(*young)
    sys.setswitchinterval(turn)


def test_what_is_alive_is_frozen_and_every_page_compiles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settling, "WARM", 0.0)
    settling.settle()
    assert gc.get_freeze_count() > 50_000
    loaded = {name for (_loader, name) in rendering.environment().cache or ()}
    assert loaded >= {"week.html", "review.html", "send.html"}


def test_threads_of_a_serving_process_take_short_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settling, "WARM", 0.0)
    settling.settle()
    assert sys.getswitchinterval() == pytest.approx(settling.TURN)
    assert gc.get_threshold() == settling.YOUNG
