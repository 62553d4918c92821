"""The round that keeps drafts ahead of the clock: the next day at night, and all day what is still unwritten.

At two in the morning of the brand's zone everything to the end of the next day is written, so that editors find it
in the morning. Every quarter of an hour what falls due within a day and a half and has no text yet is tried
again: a failed night, a post planned since, a rejected word of an editor. Before that, what dead processes held back
of the day's model budget is given up.
"""

from __future__ import annotations

import threading
from datetime import datetime, time, timedelta

from sqlalchemy.orm import Session

from content_calendar import brands, spending
from content_calendar.tables import Brand
from content_calendar.zones import local_day, place, zone
from workers import turns
from workers.batches import rewrite, wishes
from workers.batches.report import WriteReport
from workers.batches.selection import Window
from workers.batches.write import write_posts
from workers.runtime import Runtime

NIGHT = time(2, 0)  # wall time of the brand
AHEAD = timedelta(hours=36)
EVERY = timedelta(minutes=15)


def write_due(runtime: Runtime, *, stop: threading.Event | None = None) -> dict[str, WriteReport]:
    """Write what is due for every brand whose turn it is; reports by brand."""
    now = runtime.clock.now()
    fulfil_wishes(runtime, stop=stop)
    with runtime.database.write() as session:
        spending.sweep(session, now=now, pace=runtime.settings.pace)
        work = {brand.name: _window(session, brand, now) for brand in brands.customers(session)}
    return {
        name: write_posts(runtime, window, brand_name=name, stop=stop)
        for name, window in work.items()
        if window is not None and not (stop is not None and stop.is_set())
    }


def fulfil_wishes(runtime: Runtime, *, stop: threading.Event | None = None) -> int:
    """Write again what editors asked for and no worker was called for in time; how many."""
    with runtime.database.read() as session:
        asked = wishes.unanswered(session, now=runtime.clock.now())
    reports = [
        rewrite.fulfil(runtime, post_id, stop=stop)
        for post_id in asked
        if not (stop is not None and stop.is_set())
    ]
    return sum(report.written for report in reports if report is not None)


def _window(session: Session, brand: Brand, now: datetime) -> Window | None:
    """What this brand's turn covers; None when it is nobody's turn yet."""
    if turns.take(session, f"night:{brand.uid}", now=now, since=_last_night(brand, now)):
        return Window(now, _end_of_next_day(brand, now))
    if turns.take(session, f"write:{brand.uid}", now=now, since=now - EVERY):
        return Window(now, now + AHEAD)
    return None


def _last_night(brand: Brand, now: datetime) -> datetime:
    """The moment the latest night round should have begun."""
    where = zone(brand.zone)
    today = local_day(now, where)
    begins = place(today, NIGHT, where).instant
    return begins if begins <= now else place(today - timedelta(days=1), NIGHT, where).instant


def _end_of_next_day(brand: Brand, now: datetime) -> datetime:
    where = zone(brand.zone)
    return place(local_day(now, where) + timedelta(days=2), time(0, 0), where).instant
