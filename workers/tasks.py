"""The Celery tasks: each a few lines that hand ids to a plain function. Safe to run twice, late, or not at all.

A message carries ids and plain values only; whatever it asks for is looked up, claimed and checked in the database.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from celery import shared_task

from workers import dispatching, house
from workers.process import WINDOW_SECONDS, Process

log = logging.getLogger("chongfen.tasks")


Function = TypeVar("Function", bound=Callable[..., Any])


def task(name: str, **options: Any) -> Callable[[Function], Function]:
    """Celery's decorator with its type; tasks get themselves as first argument, for the app they run in."""
    decorate: Callable[[Function], Function] = shared_task(name=f"chongfen.{name}", bind=True, **options)
    return decorate


def _process(running: Any) -> Process:
    process = running.app.process
    assert isinstance(process, Process)
    return process


@task("dispatch", acks_late=False, soft_time_limit=None, time_limit=None)
def dispatch(self: Any) -> str:
    """Keep this process's dispatcher going for two more minutes; starts it when there is none."""
    return "ran" if dispatching.keep(_process(self), WINDOW_SECONDS) else "extended"


@task("heartbeat")
def heartbeat(self: Any) -> None:
    """Beat is alive."""
    house.heartbeat(_process(self).runtime)


@task("mark_missed")
def mark_missed(self: Any) -> int:
    """Mark what was missed; a running dispatcher does so too, this is for when there is none."""
    return house.mark_missed(_process(self).runtime)


@task("canary")
def canary(self: Any) -> bool:
    """One more canary, when it is time."""
    return house.round_of_canary(_process(self).runtime)


@task("check_ledger")
def check_ledger(self: Any) -> int:
    """Count the day; how many days do not hold."""
    broken = house.check_ledgers(_process(self).runtime)
    for day in broken:
        log.error("ledger does not hold: %s", day)
    return len(broken)


@task("plan_ahead")
def plan_ahead(self: Any) -> int:
    """Keep the next days planned; how many posts were added."""
    from workers.batches.plan_ahead import plan_ahead as plan

    return sum(report.created for report in plan(_process(self).runtime).values())


@task("refresh_notes")
def refresh_notes(self: Any) -> int:
    """Once a night, look through the edits for habits; how many new house notes are offered."""
    from workers.learning import refresh_all

    return sum(refresh_all(_process(self).runtime).values())


@task("write_due")
def write_due(self: Any) -> int:
    """Write what falls due and has no text yet; how many were written."""
    from workers.batches.nightly import write_due as write

    process = _process(self)
    return sum(report.written for report in write(process.runtime, stop=process.stop).values())


@task("write_posts")
def write_posts(self: Any, post_ids: Sequence[int]) -> int:
    """Write these posts; how many were written."""
    from workers.batches.write import write_posts as write

    process = _process(self)
    return write(process.runtime, list(post_ids), stop=process.stop).written


@task("rewrite")
def rewrite(self: Any, post_id: int) -> bool:
    """Write one post again as was asked in the database; False when nobody asks any more."""
    from workers.batches.rewrite import fulfil

    process = _process(self)
    return fulfil(process.runtime, post_id, stop=process.stop) is not None


@task("recheck")
def recheck(self: Any, brand_id: int | None = None) -> int:
    """Check again the drafts whose rules or facts changed, of one brand or of all; how many were."""
    from workers.checks.recheck import recheck as check

    process = _process(self)
    return check(process.runtime, brand_id, stop=process.stop).checked


@task("watch")
def watch(self: Any) -> int:
    """Tell the lead which part of the machine is silent; how many are."""
    process = _process(self)
    return house.watch(process.runtime, awake=process.awake)


@task("follow_mass")
def follow_mass(self: Any) -> int:
    """Look at mass-send tasks that are due; how many were looked at."""
    from workers.wecom.follow import follow

    return follow(_process(self).runtime).total()


@task("greet_left")
def greet_left(self: Any) -> int:
    """Greet new friends whom no web process took in hand, and tidy up; how many events were moved."""
    from workers.wecom.greeting import greet_left as greet

    return greet(_process(self).runtime)


@task("follow_templates")
def follow_templates(self: Any) -> int:
    """Keep the groups' welcome templates what the approved posts say; how many calls were made."""
    from workers.wecom.templates import follow

    return follow(_process(self).runtime).total()


@task("count_by_hand")
def count_by_hand(self: Any) -> int:
    """Count what members mass-sent by hand; how many sends were new."""
    from workers.wecom.by_hand import count_by_hand as count

    return count(_process(self).runtime)


@task("close_send_lists")
def close_send_lists(self: Any) -> int:
    """End the send lists of days that are over; how many groups nobody reported."""
    return house.close_send_lists(_process(self).runtime)
