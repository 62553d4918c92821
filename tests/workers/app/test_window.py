"""One dispatcher per process: a second request moves the deadline, and there is never a gap nor a double."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest

from workers.process import Window

START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
LENGTH = timedelta(seconds=120)


class Hand:
    """A clock moved by hand."""

    def __init__(self) -> None:
        self.at = START

    def now(self) -> datetime:
        return self.at


def test_a_window_runs_until_its_deadline() -> None:
    clock, asked = Hand(), []

    def run(until: datetime) -> None:
        asked.append(until)
        clock.at = until

    assert Window().keep(run, now=clock.now, length=LENGTH, stop=threading.Event())
    assert asked == [START + LENGTH]


def test_asking_while_it_runs_only_moves_the_deadline() -> None:
    clock, window, stop, asked = Hand(), Window(), threading.Event(), []

    def run(until: datetime) -> None:
        asked.append(until)
        if len(asked) == 1:
            clock.at = START + timedelta(seconds=100)
            assert not window.keep(run, now=clock.now, length=LENGTH, stop=stop)
        clock.at = until

    assert window.keep(run, now=clock.now, length=LENGTH, stop=stop)
    assert asked == [START + LENGTH, START + timedelta(seconds=220)]


def test_a_stopped_process_opens_no_further_window() -> None:
    clock, stop, asked = Hand(), threading.Event(), []

    def run(until: datetime) -> None:
        asked.append(until)
        stop.set()

    Window().keep(run, now=clock.now, length=LENGTH, stop=stop)
    assert len(asked) == 1


def test_after_a_fault_the_next_tick_starts_a_new_runner() -> None:
    clock, window, stop = Hand(), Window(), threading.Event()

    def fail(_until: datetime) -> None:
        raise OSError("database away")

    with pytest.raises(OSError, match="away"):
        window.keep(fail, now=clock.now, length=LENGTH, stop=stop)
    ran = []

    def run(until: datetime) -> None:
        ran.append(until)
        clock.at = until

    assert window.keep(run, now=clock.now, length=LENGTH, stop=stop)
    assert ran


def test_eight_threads_asking_at_once_get_one_runner() -> None:
    window, stop = Window(), threading.Event()
    running, most, lock = 0, 0, threading.Lock()
    clock = Hand()

    def run(until: datetime) -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        gate.wait(timeout=5)
        clock.at = until + timedelta(seconds=1)
        with lock:
            running -= 1

    gate = threading.Event()
    threads = [
        threading.Thread(
            target=window.keep, args=(run,), kwargs={"now": clock.now, "length": LENGTH, "stop": stop}
        )
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    gate.set()
    for thread in threads:
        thread.join()
    assert most == 1
