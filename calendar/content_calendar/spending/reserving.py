"""Reserving before a call, settling after it: one conditional update, so that no two processes share the last token.

A reservation is also the call's row in ``model_call``: it stands there as ``open`` while the call is under way, so a
process that dies leaves behind what it held (see :mod:`content_calendar.spending.sweeping`). Time is counted as
used at once, for its whole allowance, and corrected when the call has ended.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, Update, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from content_calendar.spending.amounts import OPEN, Amount, Call, Limits, Outcome, Ticket, charged, micro
from content_calendar.tables import ModelBudget, ModelCall


def reserve(session: Session, call: Call, limits: Limits) -> Ticket | None:
    """Hold back the most a call can take; None when the day has no room for it, which is counted."""
    if not _take(session, call, limits) and not (_begin(session, call.day) and _take(session, call, limits)):
        session.execute(_on(call.day).values(refused=ModelBudget.refused + 1))
        return None
    row = ModelCall(
        brand_id=call.brand_id, post_id=call.post_id, at=call.at, day=call.day, model=call.model[:120],
        purpose=call.purpose[:24], template_hash=call.template_hash, parameters=dict(call.parameters),
        tokens_in=call.tokens_in, tokens_out=call.tokens_out, milliseconds=call.milliseconds, outcome=OPEN,
        cost=call.cost,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return Ticket(row.id, call.day, call.most, call.tokens_in)


def settle(session: Session, ticket: Ticket, outcome: Outcome) -> bool:
    """Write down how a call ended and free what it did not take; False when it was given up for lost before."""
    changed = session.execute(
        update(ModelCall)
        .where(ModelCall.id == ticket.call_id, ModelCall.outcome == OPEN)
        .values(
            outcome=outcome.code[:40], milliseconds=outcome.milliseconds, tokens_in=outcome.tokens_in,
            tokens_out=outcome.tokens_out, cost=outcome.cost,
        )
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        return False
    _release(session, ticket, charged(ticket, outcome), made=0)
    return True


def give_back(session: Session, ticket: Ticket) -> None:
    """The call was never made: as if nothing had been reserved."""
    gone = session.execute(delete(ModelCall).where(ModelCall.id == ticket.call_id, ModelCall.outcome == OPEN))
    if gone.rowcount == 1:  # type: ignore[attr-defined]
        _release(session, ticket, Amount(0, 0, 0), made=-1)


def _take(session: Session, call: Call, limits: Limits) -> bool:
    """The one conditional update."""
    row, most = ModelBudget, call.most
    wanted = [
        _fits(row.tokens_used + row.tokens_reserved + most.tokens, limits.tokens),
        _fits(row.micro_yuan_used + row.micro_yuan_reserved + most.micro_yuan, _micro(limits)),
        _fits(row.milliseconds_used + most.milliseconds, _milliseconds(limits)),
    ]
    changed = session.execute(
        _on(call.day)
        .where(*(condition for condition in wanted if condition is not None))
        .values(
            tokens_reserved=row.tokens_reserved + most.tokens,
            micro_yuan_reserved=row.micro_yuan_reserved + most.micro_yuan,
            milliseconds_used=row.milliseconds_used + most.milliseconds,
            calls=row.calls + 1,
        )
    )
    return bool(changed.rowcount == 1)  # type: ignore[attr-defined]


def _release(session: Session, ticket: Ticket, taken: Amount, *, made: int) -> None:
    row, most = ModelBudget, ticket.most
    session.execute(
        _on(ticket.day).values(
            tokens_reserved=row.tokens_reserved - most.tokens,
            tokens_used=row.tokens_used + taken.tokens,
            micro_yuan_reserved=row.micro_yuan_reserved - most.micro_yuan,
            micro_yuan_used=row.micro_yuan_used + taken.micro_yuan,
            milliseconds_used=row.milliseconds_used - most.milliseconds + taken.milliseconds,
            calls=row.calls + made,
        )
    )


def _begin(session: Session, day: date) -> bool:
    """Make the day's row, with what the book already says of the day; False when it stands already."""
    if session.scalar(select(ModelBudget.day).where(ModelBudget.day == day)) is not None:
        return False
    booked = session.execute(
        select(ModelCall.tokens_in, ModelCall.tokens_out, ModelCall.cost, ModelCall.milliseconds).where(
            ModelCall.day == day, ModelCall.outcome != OPEN
        )
    ).all()
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    row = {
        "tokens_used": sum((one.tokens_in or 0) + (one.tokens_out or 0) for one in booked),
        "tokens_reserved": 0,
        "micro_yuan_used": sum(micro(one.cost) for one in booked),
        "micro_yuan_reserved": 0,
        "milliseconds_used": sum(one.milliseconds for one in booked),
        "calls": len(booked),
        "refused": 0,
    }
    session.execute(insert(ModelBudget).values(day=day, **row).on_conflict_do_nothing())
    return True


def _on(day: date) -> Update:
    return update(ModelBudget).where(ModelBudget.day == day).execution_options(synchronize_session=False)


def _fits(sum_of: ColumnElement[int], limit: int | None) -> ColumnElement[bool] | None:
    return None if limit is None else sum_of <= limit


def _micro(limits: Limits) -> int | None:
    return None if limits.yuan is None else micro(limits.yuan)


def _milliseconds(limits: Limits) -> int | None:
    return None if limits.seconds is None else round(limits.seconds * 1000)
