"""A progress bar where there is a terminal, plain lines where there is none, nothing when told to be quiet."""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

import click

from workers.batches.report import Progress

LINE_EVERY = 5.0  # seconds between two plain lines


@contextmanager
def bar(title: str, *, quiet: bool) -> Iterator[Callable[[Progress], None]]:
    """A function to be called with each step."""
    if quiet:
        yield lambda _step: None
    elif sys.stderr.isatty():
        with _drawn(title) as step:
            yield step
    else:
        yield _lines(title)


@contextmanager
def _drawn(title: str) -> Iterator[Callable[[Progress], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as drawn:
        task = drawn.add_task(title, total=None)
        yield lambda step: drawn.update(task, completed=step.done, total=step.total)


def _lines(title: str) -> Callable[[Progress], None]:
    """A line now and then, and one at the end."""
    last = time.monotonic()

    def step(now: Progress) -> None:
        nonlocal last
        if now.done == now.total or time.monotonic() - last >= LINE_EVERY:
            last = time.monotonic()
            click.echo(f"{title} {now.done}/{now.total}", err=True)

    return step


@contextmanager
def stop_on_signal() -> Iterator[threading.Event]:
    """An event that Ctrl-C or SIGTERM sets instead of tearing the work apart; a second one does interrupt."""
    stop = threading.Event()

    def ask(number: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    kept = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)
