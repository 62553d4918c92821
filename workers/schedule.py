"""What beat asks for and how often. Beat has no memory: whether there is work is decided in the database.

Ticks are frequent and cheap. A task that should run less often than its tick takes a turn in the database
(:mod:`workers.turns`), so that a restart of beat skips nothing and two beats at once do nothing twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

QUEUES = ("dispatch", "house", "write")
SHORTEST = 1.0  # real seconds between two ticks, however fast a simulated clock runs


@dataclass(frozen=True)
class Tick:
    """One line of the schedule. ``every``: seconds, of the product's clock when ``scaled``, else real ones."""

    task: str
    every: float
    queue: str
    scaled: bool = True


TICKS = (
    # Whether the machine lives is a matter of real seconds, however fast the calendar runs.
    Tick("chongfen.dispatch", 5, "dispatch", scaled=False),
    Tick("chongfen.heartbeat", 10, "house", scaled=False),
    Tick("chongfen.watch", 30, "house", scaled=False),
    Tick("chongfen.canary", 20, "house", scaled=False),
    Tick("chongfen.follow_mass", 15, "house", scaled=False),
    Tick("chongfen.greet_left", 5, "house", scaled=False),
    Tick("chongfen.follow_templates", 15, "house", scaled=False),
    Tick("chongfen.count_by_hand", 300, "house", scaled=False),
    Tick("chongfen.close_send_lists", 300, "house"),
    Tick("chongfen.mark_missed", 15, "house"),
    Tick("chongfen.check_ledger", 60, "house"),
    Tick("chongfen.plan_ahead", 60, "house"),
    Tick("chongfen.refresh_notes", 60, "house"),
    Tick("chongfen.recheck", 60, "house"),
    Tick("chongfen.write_due", 60, "write"),
)
OTHER_ROUTES = {"chongfen.write_posts": "write", "chongfen.rewrite": "write"}


def routes() -> dict[str, dict[str, str]]:
    """Which queue each task goes to."""
    named = {tick.task: tick.queue for tick in TICKS} | OTHER_ROUTES
    return {task: {"queue": queue} for task, queue in named.items()}


def beat_schedule(pace: float = 1.0) -> dict[str, dict[str, Any]]:
    """Celery's form of the schedule; ``pace``: seconds of the product's clock in a real second.

    A tick expires when two later ones have been due: what piles up while no worker runs is not worked off.
    """
    entries = {}
    for tick in TICKS:
        seconds = max(SHORTEST, tick.every / pace) if tick.scaled else tick.every
        entries[tick.task] = {
            "task": tick.task,
            "schedule": seconds,
            "options": {"queue": tick.queue, "expires": max(10.0, 3 * seconds)},
        }
    return entries
