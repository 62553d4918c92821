"""Housekeeping, one function a chore, each in transactions of its own and harmless when done twice.

Called by the Celery tasks; nothing here knows Celery.
"""

from __future__ import annotations

from datetime import timedelta

from content_calendar import brands, lateness, ledger, notices, review, send_desk
from content_calendar.zones import local_day, zone
from workers import canary, health, pulse, turns
from workers.runtime import Runtime

CANARY_EVERY = timedelta(
    seconds=58
)  # real seconds; a little under the minute, so that a tick's jitter skips none
WAKE_UP = max(vital.limit for vital in health.VITALS) + 60.0  # real seconds
YESTERDAY_TOO = timedelta(hours=3)  # what was due before midnight may end after it


def heartbeat(runtime: Runtime) -> None:
    """Beat's message got through: beat, broker and a worker are alive."""
    now = runtime.clock.now()
    with runtime.database.write() as session:
        pulse.stamp(session, "beat", now=now)
        pulse.forget(session, now=now)


def mark_missed(runtime: Runtime) -> int:
    """Posts whose moment passed unapproved; how many."""
    now = runtime.clock.now()
    with runtime.database.write() as session:
        return len(review.mark_missed(session, now=now))


def close_send_lists(runtime: Runtime) -> int:
    """What owners were to send on a day that has ended and did not report; how many groups."""
    now = runtime.clock.now()
    with runtime.database.read() as session:
        if not send_desk.unreported(session, now=now):
            return 0
    with runtime.database.write() as session:
        return send_desk.end_of_day(session, now=now)


def check_ledgers(runtime: Runtime) -> list[str]:
    """Count every brand's day, and just after midnight the one before; the days that do not hold."""
    now = runtime.clock.now()
    grace = (
        lateness.GRACE * runtime.settings.pace
    )  # a fast clock must not make a working dispatcher look idle
    broken = []
    with runtime.database.write() as session:
        for brand in brands.customers(session):
            where = zone(brand.zone)
            for day in sorted({local_day(now, where), local_day(now - YESTERDAY_TOO, where)}):
                if not ledger.check(session, brand, day, now=now, grace=grace).holds:
                    broken.append(f"{brand.uid} {day.isoformat()}")
    return broken


def round_of_canary(runtime: Runtime) -> bool:
    """Note the canary that arrived and, once a minute, send the next; True when one was sent."""
    now, pace = runtime.clock.now(), runtime.settings.pace
    with runtime.database.write() as session:
        canary.collect(session)
        if not turns.take(session, "canary", now=now, since=now - CANARY_EVERY * pace):
            return False
        return canary.launch(session, now=now, pace=pace)


def watch(runtime: Runtime, *, awake: float) -> int:
    """Tell every lead, once a day for each, which part of the machine is silent; how many are.

    ``awake``: real seconds this worker has been up. After a night switched off everything is silent for a
    moment, so nobody is told before the slowest sign had time to show.
    """
    if awake < WAKE_UP:
        return 0
    now = runtime.clock.now()
    with runtime.database.write() as session:
        silent = [
            sign for sign in health.readiness(session, now, pace=runtime.settings.pace).signs if not sign.ok
        ]
        for brand in brands.customers(session) if silent else ():
            day = local_day(now, zone(brand.zone)).isoformat()
            for sign in silent:
                notices.tell(
                    session, brand_id=brand.id, code="machine.silent", subject=f"{sign.name}:{day}", now=now,
                    level="alarm", text=sign.sentence,
                )  # fmt: skip
    return len(silent)
