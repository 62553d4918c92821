"""Keeps the next days planned: what the calendar needs before anybody writes or looks at it."""

from __future__ import annotations

from datetime import timedelta

from content_calendar import brands
from content_calendar.plan import planner
from content_calendar.plan.report import PlanReport
from content_calendar.zones import local_day, zone
from workers import channels, turns
from workers.runtime import Runtime

DAYS = 7
EVERY = timedelta(hours=1)


def plan_ahead(runtime: Runtime, *, days: int = DAYS, always: bool = False) -> dict[str, PlanReport]:
    """Plan today and the days after for every brand whose turn it is (``always``: for each); reports by brand."""
    with runtime.database.read() as session:
        uids = {brand.uid: brand.name for brand in brands.customers(session)}
    reports = {}
    for uid, name in uids.items():
        report = _one(runtime, uid, days, always)
        if report is not None:
            reports[name] = report
    return reports


def _one(runtime: Runtime, uid: str, days: int, always: bool) -> PlanReport | None:
    """One brand in one transaction, so that another's trouble is not its own."""
    now = runtime.clock.now()
    with runtime.database.write() as session:
        brand = next((brand for brand in brands.customers(session) if brand.uid == uid), None)
        if brand is None or not (turns.take(session, f"plan:{uid}", now=now, since=now - EVERY) or always):
            return None
        today = local_day(now, zone(brand.zone))
        return planner.plan(session, brand, start=today, days=days, now=now, installed=channels.known())
