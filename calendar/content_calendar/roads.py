"""Roads: what one address of a platform allows, counted in the database, so that all processes share it.

The pace is the generic cell rate algorithm: a road's ``next_at`` moves on by one interval for every call, and a call may
start while ``next_at`` is at most ``burst - 1`` intervals ahead. In any minute at most ``per_minute`` calls start, whoever
makes them. A road can be blocked for a while (the platform said so) or disabled until somebody mends it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from content_calendar.tables import Road


@dataclass(frozen=True)
class Pace:
    """``per_minute`` calls in any minute, of which up to ``burst`` may come at once."""

    per_minute: int
    burst: int = 1

    @property
    def interval(self) -> timedelta:
        """Between two calls of a road that is in use all the time."""
        return timedelta(minutes=1) / max(1, self.per_minute - self.burst)


@dataclass(frozen=True)
class Pass:
    """May this call start? ``at`` says when to ask again; ``closed`` why it never may."""

    at: datetime | None = None
    closed: str = ""

    @property
    def granted(self) -> bool:
        """True when the call may start now, and has been counted."""
        return self.at is None and not self.closed


def key_of(channel: str, secret: str) -> str:
    """A road's key: a hash, so that no table holds the secret."""
    return hashlib.sha256(f"{channel}\0{secret}".encode()).hexdigest()


def take(session: Session, channel: str, keys: Sequence[str], pace: Pace, *, now: datetime) -> list[Pass]:
    """One pass for each key asked for, in order; the same key may come several times. Three statements."""
    if not keys:
        return []
    wanted = sorted(set(keys))
    _ensure(session, channel, wanted)
    query = select(Road).where(Road.key.in_(wanted)).order_by(Road.key).with_for_update()
    roads = {
        road.key: road for road in session.execute(query.execution_options(populate_existing=True)).scalars()
    }
    free = {key: road.next_at for key, road in roads.items()}
    waiting: dict[str, int] = {}
    passes = [_pass(roads[key], free, waiting, pace, now) for key in keys]
    moved = [
        {"b_key": key, "b_old": roads[key].next_at, "b_new": at}
        for key, at in free.items()
        if at != roads[key].next_at
    ]
    _write(session, moved)
    return passes


def _pass(
    road: Road, free: dict[str, datetime | None], waiting: dict[str, int], pace: Pace, now: datetime
) -> Pass:
    if road.disabled_at is not None:
        return Pass(closed=road.disabled_code or "road.disabled")
    if road.blocked_until is not None and road.blocked_until > now:
        waiting[road.key] = waiting.get(road.key, 0) + 1
        return Pass(at=road.blocked_until + (waiting[road.key] - 1) * pace.interval)
    ahead = max(free[road.key] or now, now)
    opens = ahead - (pace.burst - 1) * pace.interval
    if opens <= now:
        free[road.key] = ahead + pace.interval
        return Pass()
    waiting[road.key] = waiting.get(road.key, 0) + 1
    return Pass(at=opens + (waiting[road.key] - 1) * pace.interval)


def _ensure(session: Session, channel: str, keys: Iterable[str]) -> None:
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    rows = [{"key": key, "channel": channel, "disabled_code": ""} for key in keys]
    session.execute(insert(Road).on_conflict_do_nothing(), rows)


def _write(session: Session, moved: Sequence[dict[str, Any]]) -> None:
    """Conditional: a row that is not as we read it stays as it is."""
    if not moved:
        return
    table = Road.__table__
    statement = (
        update(table)  # type: ignore[arg-type]
        .where(
            table.c.key == bindparam("b_key"),
            or_(table.c.next_at == bindparam("b_old", type_=table.c.next_at.type), table.c.next_at.is_(None)),
        )
        .values(next_at=bindparam("b_new"))
    )
    session.connection().execute(statement, moved)


def block(session: Session, channel: str, key: str, *, until: datetime) -> None:
    """The platform blocked this road; nobody uses it before ``until``."""
    _ensure(session, channel, [key])
    later = or_(Road.blocked_until.is_(None), Road.blocked_until < until)
    session.execute(update(Road).where(Road.key == key, later).values(blocked_until=until))


def disable(session: Session, channel: str, key: str, *, code: str, now: datetime) -> bool:
    """Close this road until somebody mends it; True when it was open."""
    _ensure(session, channel, [key])
    changed = session.execute(
        update(Road)
        .where(Road.key == key, Road.disabled_at.is_(None))
        .values(disabled_at=now, disabled_code=code[:80])
    )
    return bool(changed.rowcount == 1)  # type: ignore[attr-defined]


def enable(session: Session, key: str) -> bool:
    """Open this road again; True when it was closed."""
    changed = session.execute(
        update(Road)
        .where(Road.key == key, Road.disabled_at.is_not(None))
        .values(disabled_at=None, disabled_code="", blocked_until=None)
    )
    return bool(changed.rowcount == 1)  # type: ignore[attr-defined]
