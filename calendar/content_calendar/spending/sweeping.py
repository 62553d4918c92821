"""Giving up calls whose process died under them, so that what they held back does not lock the day.

A call has its whole allowance of time and a little more to end. What it really cost nobody knows: it counts like any
call that was not counted, its prompt and a usual answer.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from content_calendar.spending.amounts import LOST, OPEN, Amount, Outcome, Ticket, micro
from content_calendar.spending.reserving import settle
from content_calendar.tables import ModelCall

NEAR = timedelta(days=2)  # an older day's budget binds nobody any more
PATIENCE = timedelta(seconds=60)  # beyond the call's own time


def sweep(session: Session, *, now: datetime, pace: float = 1.0) -> int:
    """Settle every call that must have ended long ago; how many. ``pace``: seconds of ``now`` in a real one."""
    near = (now - NEAR).date(), (now + NEAR).date()
    query = select(ModelCall).where(ModelCall.day.between(*near), ModelCall.outcome == OPEN)
    found = session.scalars(query).all()
    return sum(_lost(session, call) for call in found if abs(now - call.at) > _allowed(call) * pace)


def _allowed(call: ModelCall) -> timedelta:
    return timedelta(milliseconds=call.milliseconds) + PATIENCE


def _lost(session: Session, call: ModelCall) -> bool:
    tokens = call.tokens_in or 0
    most = Amount(tokens + (call.tokens_out or 0), micro(call.cost), call.milliseconds)
    return settle(session, Ticket(call.id, call.day, most, tokens), Outcome(LOST, call.milliseconds))
