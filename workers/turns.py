"""Turns: which of several processes does a periodic piece of work now, decided by one conditional update.

A turn is a row of ``heartbeat``: its instant says when the work was last taken, so the same row tells the
readiness page how old it is.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from content_calendar.tables import Heartbeat


def take(session: Session, name: str, *, now: datetime, since: datetime) -> bool:
    """True when the work called ``name`` was last taken at ``since`` or before and is ours now.

    A turn far in the future belongs to a simulated clock that was ahead of this one: it does not bind.
    """
    key = f"turn:{name}"[:80]
    changed = session.execute(
        update(Heartbeat)
        .where(Heartbeat.name == key, or_(Heartbeat.at <= since, Heartbeat.at > now + (now - since)))
        .values(at=now)
        .execution_options(synchronize_session=False)
    )
    if changed.rowcount == 1:  # type: ignore[attr-defined]
        return True
    return session.get(Heartbeat, key) is None and _first(session, key, now)


def _first(session: Session, key: str, now: datetime) -> bool:
    try:
        with session.begin_nested():
            session.add(Heartbeat(name=key, at=now, detail={}))
    except IntegrityError:  # another process took the very first turn
        return False
    return True
