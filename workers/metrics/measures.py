"""What is measured: lateness, deliveries by state, unknown, queue age, signs of life, quota, model cost, alarms.

A constant number of statements (two more a brand for the quota), all on indexes, none that reads a text.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from content_calendar import brands, ledger, quota
from content_calendar.states import DeliveryState
from content_calendar.tables import Brand, Delivery, Heartbeat, ModelBudget, Notice
from content_calendar.zones import local_day, zone
from workers import health
from workers.dispatcher.punctual import BOUNDS
from workers.metrics.exposition import Family, Sample, histogram

DAY = timedelta(days=1)


def measure(session: Session, now: datetime, *, pace: float = 1.0) -> list[Family]:
    """Every figure at ``now``; ``pace``: seconds of the product's clock in a real one."""
    ours = brands.customers(session)
    ids = [brand.id for brand in ours]
    return [
        _lateness(session),
        _by_state(session, ids, now),
        *_waiting(session, ids, now, pace),
        *_signs(session, now, pace),
        *_quota(session, ours, now),
        *_models(session),
        _alarms(session, ids),
    ]


def _gauge(name: str, help: str, value: float) -> Family:
    return Family(name, "gauge", help, [Sample(value)])


def _lateness(session: Session) -> Family:
    """As each dispatcher stamped it: from its start on, so that a restart is a counter's reset."""
    rows = session.execute(
        select(Heartbeat.name, Heartbeat.detail).where(Heartbeat.name.startswith("dispatcher:"))
    ).tuples()
    samples: list[Sample] = []
    for name, detail in rows:
        told: dict[str, Any] = detail.get("lateness") or {}
        counts = told.get("counts", ())
        if len(counts) == len(BOUNDS) + 1:  # another version's buckets are left out until it stamps again
            samples += histogram(BOUNDS, counts, told["total"], dispatcher=name.removeprefix("dispatcher:"))
    return Family("delivery_lateness_seconds", "histogram", "Start of a call minus its due moment.", samples)


def _by_state(session: Session, ids: Sequence[int], now: datetime) -> Family:
    states = [state.value for state in DeliveryState]
    query = (
        select(Delivery.state, func.count())
        .where(Delivery.state.in_(states), Delivery.due_at > now - DAY, Delivery.due_at <= now)
        .where(Delivery.brand_id.in_(ids))
        .group_by(Delivery.state)
    )
    counts = dict(session.execute(query).tuples().all())
    samples = [Sample(counts.get(state, 0), {"state": state}) for state in states]
    return Family("deliveries", "gauge", "Deliveries that fell due in the last 24 hours, by state.", samples)


def _waiting(session: Session, ids: Sequence[int], now: datetime, pace: float) -> Iterable[Family]:
    unknown = session.scalar(
        select(func.count()).where(Delivery.state == DeliveryState.unknown, Delivery.brand_id.in_(ids))
    )
    count, oldest = ledger.waiting(session, now=now)
    age = max(0.0, (now - oldest).total_seconds() / pace) if oldest is not None else 0.0
    yield _gauge("deliveries_unknown", "Deliveries that wait for a person to say whether they arrived.", unknown or 0)  # fmt: skip
    yield _gauge("queue_deliveries", "Deliveries that are due and not yet taken up.", count)
    yield _gauge("queue_age_seconds", "How long the oldest of them has been due.", age)


def _signs(session: Session, now: datetime, pace: float) -> Iterable[Family]:
    signs = health.readiness(session, now, pace=pace).signs
    ages = [Sample(sign.age, {"sign": sign.name}) for sign in signs if sign.age is not None]
    alive = [Sample(float(sign.ok), {"sign": sign.name}) for sign in signs]
    yield Family("sign_age_seconds", "gauge", "Real seconds since each part showed life.", ages)
    yield Family("sign_ok", "gauge", "1 when that is recent enough.", alive)
    parts = session.execute(
        select(Heartbeat.name).where(
            Heartbeat.name.startswith("worker:"), Heartbeat.at > now - timedelta(seconds=40) * pace
        )
    ).all()
    yield _gauge("workers", "Worker processes that showed life within 40 seconds.", len(parts))


def _quota(session: Session, ours: Sequence[Brand], now: datetime) -> Iterable[Family]:
    sends, full = 0, 0
    for brand in ours:
        day = local_day(now, zone(brand.zone))
        used = quota.used(session, brand, [day])
        sends += sum(count for (_, each), count in used.days.items() if each == day)
        full += sum(used.full(group, day) for group in {group for group, _ in used.days})
    yield _gauge("quota_sends_today", "Mass-sends counted today, ours and by hand.", sends)
    yield _gauge("quota_groups_full", "Groups that may receive no further mass-send today.", full)


def _models(session: Session) -> Iterable[Family]:
    query = select(
        func.coalesce(func.sum(ModelBudget.calls), 0), func.coalesce(func.sum(ModelBudget.tokens_used), 0),
        func.coalesce(func.sum(ModelBudget.micro_yuan_used), 0), func.coalesce(func.sum(ModelBudget.refused), 0),
    )  # fmt: skip
    calls, tokens, micro, refused = session.execute(query).one()
    named = (
        ("model_calls_total", "Calls of language models.", calls),
        ("model_tokens_total", "Tokens they used.", tokens),
        ("model_cost_yuan_total", "What they cost, as far as prices are set.", int(micro) / 1e6),
        ("model_calls_refused_total", "Calls the day's budget did not allow.", refused),
    )
    return [Family(name, "counter", help, [Sample(float(value))]) for name, help, value in named]


def _alarms(session: Session, ids: Sequence[int]) -> Family:
    query = (
        select(Notice.code, func.count())
        .where(Notice.brand_id.in_(ids), Notice.read_at.is_(None), Notice.level == "alarm")
        .group_by(Notice.code)
        .order_by(Notice.code)
    )
    samples = [Sample(count, {"code": code}) for code, count in session.execute(query)]
    return Family("alarms_unread", "gauge", "Alarms nobody has marked as read, by code.", samples)
