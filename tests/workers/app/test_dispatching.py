"""A worker's dispatcher needs neither beat nor broker, comes back after a crash and ends with its process."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from workers import dispatcher, dispatching
from workers.dispatcher.punctual import BOUNDS, Punctuality
from workers.process import Process
from workers.settings import Settings


class Told:
    """In place of a dispatcher: does what the test says."""

    act: Callable[[threading.Event], None]

    def __init__(self, runtime: Any, name: str) -> None:
        self.name = name

    def run_until(self, deadline: None, stop: threading.Event) -> dict[str, int]:
        type(self).act(stop)
        return {}


@pytest.fixture
def process(sqlite_url: str, tmp_path: Any) -> Process:
    return Process(Settings(data_dir=tmp_path, database_url=sqlite_url))


def test_it_goes_on_without_a_tick_and_comes_back_after_a_crash(
    process: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs: list[int] = []

    def act(stop: threading.Event) -> None:
        runs.append(len(runs))
        if len(runs) == 1:
            raise RuntimeError("a bug")
        process.stop.set()
        assert stop.is_set()

    monkeypatch.setattr(Told, "act", staticmethod(act), raising=False)
    monkeypatch.setattr(dispatcher, "Dispatcher", Told)
    monkeypatch.setattr(dispatching, "PAUSE", 0.01)

    dispatching.start(process).join(20)

    assert runs == [0, 1]


def test_a_tick_neither_doubles_it_nor_shortens_its_life(
    process: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, ended = threading.Event(), []

    def act(stop: threading.Event) -> None:
        begun.set()
        while not stop.is_set():
            time.sleep(0.005)
        ended.append(True)

    monkeypatch.setattr(Told, "act", staticmethod(act), raising=False)
    monkeypatch.setattr(dispatcher, "Dispatcher", Told)
    thread = dispatching.start(process)
    assert begun.wait(20)

    assert dispatching.keep(process, 0.01) is False
    assert not ended and thread.is_alive()
    process.stop.set()
    thread.join(5)
    assert ended == [True]


def test_lateness_is_counted_in_the_bucket_it_belongs_to() -> None:
    found = Punctuality()
    found.add([-0.2, 0.05, 0.06, 1.0, 10_000])

    counts = found.told()["counts"]
    assert counts == [2, 1, 0, 0, 1, *[0] * (len(BOUNDS) - 5), 1]
    assert found.total == pytest.approx(10_001.11)
