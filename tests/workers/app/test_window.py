"""One dispatcher per process: a second request moves the end, and there is never a gap nor a double."""

from __future__ import annotations

import threading

import pytest

from workers.process import Window


class Hand:
    """A clock moved by hand."""

    def __init__(self) -> None:
        self.at = 0.0

    def now(self) -> float:
        return self.at


def test_a_window_runs_until_its_time_is_up() -> None:
    clock, seen = Hand(), []

    def run(lapse: threading.Event) -> None:
        while not lapse.is_set():
            clock.at += 10
            seen.append(clock.at)

    assert Window(clock.now).keep(run, seconds=120, stop=threading.Event())
    assert seen[-1] == 120


def test_asking_while_it_runs_moves_the_end_of_the_same_run() -> None:
    clock, stop, runs = Hand(), threading.Event(), []
    window = Window(clock.now)

    def run(lapse: threading.Event) -> None:
        runs.append(clock.at)
        while not lapse.is_set():
            clock.at += 10
            if clock.at == 100:
                assert not window.keep(run, seconds=120, stop=stop)

    assert window.keep(run, seconds=120, stop=stop)
    assert (runs, clock.at) == ([0.0], 220)


def test_a_runner_that_returns_early_is_started_again_within_its_window() -> None:
    clock, runs = Hand(), []

    def run(_lapse: threading.Event) -> None:
        runs.append(clock.at)
        clock.at += 50

    Window(clock.now).keep(run, seconds=120, stop=threading.Event())
    assert runs == [0, 50, 100]


def test_a_stopping_process_ends_it() -> None:
    clock, stop = Hand(), threading.Event()

    def run(lapse: threading.Event) -> None:
        stop.set()
        assert lapse.is_set()

    assert Window(clock.now).keep(run, seconds=120, stop=stop)


def test_after_a_fault_the_next_tick_starts_a_new_runner() -> None:
    clock, stop = Hand(), threading.Event()
    window = Window(clock.now)

    def fail(_lapse: threading.Event) -> None:
        raise OSError("database away")

    with pytest.raises(OSError, match="away"):
        window.keep(fail, seconds=120, stop=stop)

    def run(_lapse: threading.Event) -> None:
        clock.at += 120

    assert window.keep(run, seconds=120, stop=stop)


def test_eight_threads_asking_at_once_get_one_runner() -> None:
    clock, stop, gate, lock = Hand(), threading.Event(), threading.Event(), threading.Lock()
    window = Window(clock.now)
    running, most, returned = 0, 0, []

    def run(_lapse: threading.Event) -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        gate.wait(timeout=5)
        clock.at += 1000
        with lock:
            running -= 1

    def ask() -> None:
        returned.append(window.keep(run, seconds=120, stop=stop))
        if not returned[-1] and len(returned) == 7:
            gate.set()

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1
    assert sorted(returned) == [False] * 7 + [True]
