"""Bulk moves of deliveries: many rows, each with its own condition, in three statements.

The same rules as :func:`content_calendar.states.move_delivery`: a move names the state and the fence it
expects, rows that are no longer there are left alone and not reported, and each row that moved writes
its audit event in the same transaction.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from content_calendar.errors import StateConflict
from content_calendar.states import DELIVERY_MOVES, DELIVERY_NAMES, DeliveryState
from content_calendar.tables import AuditEvent, Delivery


@dataclass(frozen=True)
class Move:
    """One row's move; ``fence`` None means any. ``values`` are further columns to set with it."""

    delivery_id: str
    expected: DeliveryState
    to: DeliveryState
    fence: int | None = None
    reason: str = ""
    values: dict[str, Any] = field(default_factory=dict)


Held = Mapping[str, tuple[str, int, int]]  # id → (state, fence, brand) of rows the caller has locked


def apply(
    session: Session, moves: Sequence[Move], *, actor: str, now: datetime, held: Held | None = None
) -> set[str]:
    """Make the moves whose rows are still as expected; the ids that moved.

    Statements: one select (none when the rows are already ``held`` under lock by this transaction), one
    update per distinct set of columns, one insert; not one per row.
    """
    for move in moves:
        _allowed(move)
    if not moves:
        return set()
    rows = held if held is not None else _locked(session, [move.delivery_id for move in moves])
    good = [
        move
        for move in moves
        if (row := rows.get(move.delivery_id)) is not None
        and row[0] == move.expected
        and (move.fence is None or row[1] == move.fence)
    ]
    for shape in _by_columns(good).values():
        _update(session, shape, {key: row[1] for key, row in rows.items()})
    _audit(session, good, {key: row[2] for key, row in rows.items()}, actor=actor, now=now)
    return {move.delivery_id for move in good}


def _allowed(move: Move) -> None:
    if move.to not in DELIVERY_MOVES[move.expected]:
        raise StateConflict(
            f"触达 {move.delivery_id} 处于「{DELIVERY_NAMES[move.expected]}」，"
            f"不能改为「{DELIVERY_NAMES[move.to]}」。",
            english=f"Delivery {move.delivery_id} is {move.expected}; it cannot become {move.to}.",
        )


def _locked(session: Session, ids: Iterable[str]) -> dict[str, tuple[str, int, int]]:
    """id → (state, fence, brand), locked in id order so that two batches never wait for each other."""
    query = (
        select(Delivery.id, Delivery.state, Delivery.fence, Delivery.brand_id)
        .where(Delivery.id.in_(list(ids)))
        .order_by(Delivery.id)
        .with_for_update()
    )
    return {row.id: (row.state, row.fence, row.brand_id) for row in session.execute(query)}


def _by_columns(moves: Sequence[Move]) -> dict[tuple[str, ...], list[Move]]:
    shapes: dict[tuple[str, ...], list[Move]] = defaultdict(list)
    for move in moves:
        shapes[tuple(sorted(move.values))].append(move)
    return shapes


def _update(session: Session, moves: Sequence[Move], fences: dict[str, int]) -> None:
    table = Delivery.__table__
    columns = sorted(moves[0].values)
    statement = (
        update(Delivery.__table__)  # type: ignore[arg-type]  # the table itself: no ORM bookkeeping per row
        .where(
            table.c.id == bindparam("b_id"),
            table.c.state == bindparam("b_state"),
            table.c.fence == bindparam("b_fence"),
        )
        .values(
            state=bindparam("b_to"),
            state_reason=bindparam("b_reason"),
            **{column: bindparam(f"v_{column}") for column in columns},
        )
    )
    rows = [
        {
            "b_id": move.delivery_id, "b_state": move.expected.value, "b_fence": fences[move.delivery_id],
            "b_to": move.to.value, "b_reason": move.reason[:400],
            **{f"v_{column}": move.values[column] for column in columns},
        }
        for move in moves
    ]  # fmt: skip
    session.connection().execute(statement, rows)


def _audit(
    session: Session, moves: Sequence[Move], brands: dict[str, int], *, actor: str, now: datetime
) -> None:
    if not moves:
        return
    rows = [
        {
            "brand_id": brands[move.delivery_id], "at": now, "actor": actor, "action": "delivery.state",
            "subject": "delivery", "subject_id": move.delivery_id, "before": move.expected.value,
            "after": move.to.value, "detail": {"reason": move.reason} if move.reason else {},
        }
        for move in moves
    ]  # fmt: skip
    session.connection().execute(insert(AuditEvent.__table__), rows)  # type: ignore[arg-type]
