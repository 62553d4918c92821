"""Bulk moves of deliveries: many rows, each with its own condition, in two statements for each sort of move.

The same rules as :func:`content_calendar.states.move_delivery`: a move names the state and the fence it
expects, rows that are no longer there are left alone and not reported, and each row that moved writes
its audit event in the same transaction.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Insert, String, Update, bindparam, func, insert, literal, select, update
from sqlalchemy.orm import Session

from content_calendar.errors import StateConflict
from content_calendar.ledger import bulk
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


ARRIVED = (DeliveryState.sent, DeliveryState.handed_over)  # as what a call that arrived is written down
Held = Mapping[str, tuple[str, int, int]]  # id → (state, fence, brand) of rows the caller has locked


def apply(
    session: Session, moves: Sequence[Move], *, actor: str, now: datetime, held: Held | None = None
) -> set[str]:
    """Make the moves whose rows are still as expected; the ids that moved.

    Statements: one select (none when the rows are already ``held`` under lock by this transaction), one
    update and one insert for each sort of move; not one per row.
    """
    for move in {(move.expected, move.to): move for move in moves}.values():
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
    for alike in _alike(good).values():
        _update(session, alike, rows)
        first, ids = alike[0], [move.delivery_id for move in alike]
        _told(session, ids, first.expected, first.to, first.reason, actor=actor, now=now)
    return {move.delivery_id for move in good}


def arrive(session: Session, rows: str, *, actor: str, now: datetime) -> dict[str, DeliveryState]:
    """Id → new state of those ``rows`` (results, see :mod:`bulk`) that arrived while the delivery was still being sent.

    A few statements however many there are, and nothing is read first: this is what happens to nearly every call.
    """
    done = session.connection().execute(_arrive_statement(bulk.is_sqlite(session)), {bulk.ROWS: rows})
    moved = {row[0]: DeliveryState(row[1]) for row in done}
    for to in sorted(set(moved.values())):
        ids = [key for key, state in moved.items() if state is to]
        _told(session, ids, DeliveryState.sending, to, "", actor=actor, now=now)
    return moved


@lru_cache(maxsize=2)
def _arrive_statement(sqlite: bool) -> Any:
    delivery = Delivery.__table__
    kinds = {"outcome": String(), "started_at": delivery.c.sent_at.type, "remote_id": String()}
    types = {"id": delivery.c.id.type, "fence": delivery.c.fence.type, **kinds}
    _, given = bulk.table(types, sqlite=sqlite)
    return (
        update(delivery)  # type: ignore[arg-type]
        .where(
            delivery.c.id == given["id"], delivery.c.fence == given["fence"], given["outcome"].in_(ARRIVED),
            func.coalesce(delivery.c.state, "") == DeliveryState.sending.value,
        )
        .values(
            state=given["outcome"], state_reason="", next_try_at=None, sent_at=given["started_at"],
            late_ms=bulk.milliseconds(given["started_at"], delivery.c.due_at, sqlite=sqlite),
            remote_id=given["remote_id"], lease_owner="", lease_until=None,
        )
        .returning(delivery.c.id, delivery.c.state)
    )  # fmt: skip


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
        .where(bulk.among(Delivery.id, sqlite=bulk.is_sqlite(session)))
        .order_by(Delivery.id)
        .with_for_update()
    )
    found = session.execute(query, {bulk.IDS: bulk.ids(ids)})
    return {row.id: (row.state, row.fence, row.brand_id) for row in found}


def _alike(moves: Sequence[Move]) -> dict[tuple[object, ...], list[Move]]:
    """Moves that differ in nothing but the row and the values of their columns."""
    found: dict[tuple[object, ...], list[Move]] = defaultdict(list)
    for move in moves:
        found[move.expected, move.to, move.reason, tuple(sorted(move.values))].append(move)
    return found


def _update(session: Session, alike: Sequence[Move], held: Held) -> None:
    """One update; the condition names state and fence again although the rows are locked."""
    first, sqlite = alike[0], bulk.is_sqlite(session)
    columns = tuple(sorted(first.values))
    same = tuple(name for name in columns if all(move.values[name] == first.values[name] for move in alike))
    own = tuple(name for name in columns if name not in same)
    rows = [
        {
            "id": move.delivery_id,
            "fence": held[move.delivery_id][1],
            **{name: move.values[name] for name in own},
        }
        for move in alike
    ]
    done = session.connection().execute(
        _update_statement(same, own, sqlite),
        {
            bulk.ROWS: bulk.rows(rows, sqlite=sqlite), "b_state": first.expected.value, "b_to": first.to.value,
            "b_reason": first.reason[:400], **{f"v_{name}": first.values[name] for name in same},
        },
    )  # fmt: skip
    if done.rowcount != len(alike):  # cannot be: they are locked by this very transaction
        raise StateConflict(
            "触达的状态在同一事务里变了，请重试。", english="Deliveries changed under our own lock."
        )


@lru_cache(maxsize=64)
def _update_statement(same: tuple[str, ...], own: tuple[str, ...], sqlite: bool) -> Update:
    """``same``: columns with one value for all rows, ``own``: columns with a value a row."""
    delivery = Delivery.__table__
    types = {name: delivery.c[name].type for name in ("id", "fence", *own)}
    _, given = bulk.table(types, sqlite=sqlite)
    return (
        update(delivery)  # type: ignore[arg-type]  # the table itself: no ORM bookkeeping per row
        .where(
            delivery.c.id == given["id"],
            delivery.c.fence == given["fence"],
            # Not to be looked up by its index: thousands are claimed, the rows come in by their ids.
            func.coalesce(delivery.c.state, "") == bindparam("b_state", type_=String()),
        )
        .values(
            state=bindparam("b_to"),
            state_reason=bindparam("b_reason"),
            **{name: bindparam(f"v_{name}") for name in same},
            **{name: given[name] for name in own},
        )
    )


def _told(
    session: Session, ids: Sequence[str], before: DeliveryState, after: DeliveryState, reason: str, *, actor: str,
    now: datetime,
) -> None:  # fmt: skip
    if not ids:
        return
    session.connection().execute(
        audit_statement(bulk.is_sqlite(session)),
        {
            bulk.IDS: bulk.ids(ids), "b_at": now, "b_actor": actor, "b_before": before.value,
            "b_after": after.value, "b_detail": {"reason": reason} if reason else {},
        },
    )  # fmt: skip


@lru_cache(maxsize=2)
def audit_statement(sqlite: bool) -> Insert:
    """One audit event for each delivery among the ids given; its brand is read from the row itself."""
    delivery, event = Delivery.__table__, AuditEvent.__table__
    values: dict[str, ColumnElement[Any]] = {
        "brand_id": delivery.c.brand_id,
        "at": bindparam("b_at", type_=event.c.at.type),
        "actor": bindparam("b_actor", type_=String()),
        "action": literal("delivery.state"),
        "subject": literal("delivery"),
        "subject_id": delivery.c.id,
        "before": bindparam("b_before", type_=String()),
        "after": bindparam("b_after", type_=String()),
        "detail": bindparam("b_detail", type_=event.c.detail.type),
    }
    chosen = select(*values.values()).where(bulk.among(delivery.c.id, sqlite=sqlite)).order_by(delivery.c.id)
    return insert(event).from_select(list(values), chosen)  # type: ignore[arg-type]
