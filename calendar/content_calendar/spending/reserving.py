"""Reserving before a call, settling after it: one conditional update, so that no two processes share the last token.

A reservation is also the call's row in ``model_call``: it stands there as ``open`` while the call is under way, so a
process that dies leaves behind what it held (see :mod:`content_calendar.spending.sweeping`). Time is counted as
used at once, for its whole allowance, and corrected when the call has ended. The statements are made once: they run
twice for every call.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from content_calendar.spending.amounts import OPEN, Amount, Call, Limits, Outcome, Ticket, charged, micro
from content_calendar.tables import ModelBudget, ModelCall

ENDLESS = 2**62  # a limit nobody reaches
_ROW: Any = ModelBudget.__table__
_CALL: Any = ModelCall.__table__
_TOKENS, _MICRO, _TIME = (
    bindparam(f"most_{name}", type_=_ROW.c.tokens_used.type) for name in ("tokens", "micro", "time")
)
_TAKE = (
    update(_ROW)
    .where(
        _ROW.c.day == bindparam("on_day"),
        _ROW.c.tokens_used + _ROW.c.tokens_reserved + _TOKENS <= bindparam("limit_tokens"),
        _ROW.c.micro_yuan_used + _ROW.c.micro_yuan_reserved + _MICRO <= bindparam("limit_micro"),
        _ROW.c.milliseconds_used + _TIME <= bindparam("limit_time"),
    )
    .values(
        tokens_reserved=_ROW.c.tokens_reserved + _TOKENS,
        micro_yuan_reserved=_ROW.c.micro_yuan_reserved + _MICRO,
        milliseconds_used=_ROW.c.milliseconds_used + _TIME,
        calls=_ROW.c.calls + 1,
    )
)
_RELEASE = (
    update(_ROW)
    .where(_ROW.c.day == bindparam("on_day"))
    .values(
        tokens_reserved=_ROW.c.tokens_reserved - _TOKENS,
        tokens_used=_ROW.c.tokens_used + bindparam("took_tokens"),
        micro_yuan_reserved=_ROW.c.micro_yuan_reserved - _MICRO,
        micro_yuan_used=_ROW.c.micro_yuan_used + bindparam("took_micro"),
        milliseconds_used=_ROW.c.milliseconds_used - _TIME + bindparam("took_time"),
        calls=_ROW.c.calls + bindparam("made"),
    )
)
_REFUSE = update(_ROW).where(_ROW.c.day == bindparam("on_day")).values(refused=_ROW.c.refused + 1)
_BOOK = insert(_CALL)
_END = update(_CALL).where(_CALL.c.id == bindparam("call_id"), _CALL.c.outcome == OPEN)
_END = _END.values(
    {
        name: bindparam(f"now_{name}")
        for name in ("outcome", "milliseconds", "tokens_in", "tokens_out", "cost")
    }
)


def reserve(session: Session, call: Call, limits: Limits) -> Ticket | None:
    """Hold back the most a call can take; None when the day has no room for it, which is counted."""
    if not _take(session, call, limits) and not (_begin(session, call.day) and _take(session, call, limits)):
        session.connection().execute(_REFUSE, {"on_day": call.day})
        return None
    row = {
        "brand_id": call.brand_id, "post_id": call.post_id, "at": call.at, "day": call.day,
        "model": call.model[:120], "purpose": call.purpose[:24], "template_hash": call.template_hash,
        "parameters": dict(call.parameters), "tokens_in": call.tokens_in, "tokens_out": call.tokens_out,
        "milliseconds": call.milliseconds, "outcome": OPEN, "cost": call.cost,
    }  # fmt: skip
    made = session.connection().execute(_BOOK, row)
    assert made.inserted_primary_key is not None
    return Ticket(made.inserted_primary_key[0], call.day, call.most, call.tokens_in)


def settle(session: Session, ticket: Ticket, outcome: Outcome) -> bool:
    """Write down how a call ended and free what it did not take; False when it was given up for lost before."""
    row = {
        "call_id": ticket.call_id, "now_outcome": outcome.code[:40], "now_milliseconds": outcome.milliseconds,
        "now_tokens_in": outcome.tokens_in, "now_tokens_out": outcome.tokens_out, "now_cost": outcome.cost,
    }  # fmt: skip
    if session.connection().execute(_END, row).rowcount != 1:
        return False
    _release(session, ticket, charged(ticket, outcome), made=0)
    return True


def give_back(session: Session, ticket: Ticket) -> None:
    """The call was never made: as if nothing had been reserved."""
    gone = delete(_CALL).where(_CALL.c.id == ticket.call_id, _CALL.c.outcome == OPEN)
    if session.connection().execute(gone).rowcount == 1:
        _release(session, ticket, Amount(0, 0, 0), made=-1)


def _take(session: Session, call: Call, limits: Limits) -> bool:
    """The one conditional update."""
    yuan, seconds = limits.yuan, limits.seconds
    most = {
        "limit_tokens": ENDLESS if limits.tokens is None else limits.tokens,
        "limit_micro": ENDLESS if yuan is None else micro(yuan),
        "limit_time": ENDLESS if seconds is None else round(seconds * 1000),
    }
    return session.connection().execute(_TAKE, _held(call.day, call.most) | most).rowcount == 1


def _release(session: Session, ticket: Ticket, taken: Amount, *, made: int) -> None:
    took = {
        "took_tokens": taken.tokens, "took_micro": taken.micro_yuan, "took_time": taken.milliseconds, "made": made,
    }  # fmt: skip
    session.connection().execute(_RELEASE, _held(ticket.day, ticket.most) | took)


def _held(day: date, most: Amount) -> dict[str, Any]:
    return {
        "on_day": day,
        "most_tokens": most.tokens,
        "most_micro": most.micro_yuan,
        "most_time": most.milliseconds,
    }


def _begin(session: Session, day: date) -> bool:
    """Make the day's row, with what the book already says of the day; False when it stands already."""
    if session.scalar(select(ModelBudget.day).where(ModelBudget.day == day)) is not None:
        return False
    booked = session.execute(
        select(ModelCall.tokens_in, ModelCall.tokens_out, ModelCall.cost, ModelCall.milliseconds).where(
            ModelCall.day == day, ModelCall.outcome != OPEN
        )
    ).all()
    upsert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    row = {
        "tokens_used": sum((one.tokens_in or 0) + (one.tokens_out or 0) for one in booked),
        "tokens_reserved": 0,
        "micro_yuan_used": sum(micro(one.cost) for one in booked),
        "micro_yuan_reserved": 0,
        "milliseconds_used": sum(one.milliseconds for one in booked),
        "calls": len(booked),
        "refused": 0,
    }
    session.execute(upsert(ModelBudget).values(day=day, **row).on_conflict_do_nothing())
    return True
