"""Settling: what a call brought, written down; nothing else happens in this transaction.

Sent is sent. Refused (proved not sent) waits for its next try unless it is final. Anything else is
unknown and is never sent again blindly. A result whose fence is stale is recorded on its attempt and
changes no state.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Update, case, func, select, update
from sqlalchemy.orm import Session

from content_calendar import lateness
from content_calendar.ledger import bulk, moves, unknowns
from content_calendar.ledger.outgoing import Result
from content_calendar.states import DeliveryState
from content_calendar.tables import Attempt, Brand, Delivery, Post

BACK_OFF = (5.0, 20.0, 60.0, 180.0, 300.0)  # seconds after the 1st, 2nd ... refusal; the last one repeats
MAX_TRIES = 8
ACTOR = "system:dispatcher"
D = DeliveryState
BLANK: dict[str, Any] = {"next_try_at": None, "sent_at": None, "late_ms": None, "remote_id": ""}


def settle(session: Session, results: Sequence[Result], *, now: datetime) -> Counter[str]:
    """Write down these results; how many deliveries ended or wait in which state (``stale``: none did)."""
    if not results:
        return Counter()
    rows = bulk.rows([_written(result) for result in results], sqlite=bulk.is_sqlite(session))
    session.connection().execute(_finish_statement(bulk.is_sqlite(session)), {bulk.ROWS: rows})
    arrived = moves.arrive(session, rows, actor=ACTOR, now=now)
    count: Counter[str] = Counter(state.value for state in arrived.values())
    count += _others(session, [result for result in results if result.delivery_id not in arrived], now)
    count["stale"] = len(results) - count.total()
    return count


def _others(session: Session, results: Sequence[Result], now: datetime) -> Counter[str]:
    """What did not simply arrive: refused, unknown, or no longer in the state it was called in."""
    if not results:
        return Counter()
    rows = _rows(session, [result.delivery_id for result in results])
    late = _Late(session, [r.delivery_id for r in results if r.kind not in moves.ARRIVED], rows)
    wanted = []
    for result in results:
        row = rows.get(result.delivery_id)
        if row is not None and row.fence == result.fence:
            wanted += _move(result, row, late, now)
    held = {row.id: (row.state, row.fence, row.brand_id) for row in rows.values()}
    moved = moves.apply(session, wanted, actor=ACTOR, now=now, held=held)
    unknowns.ask(session, {move.delivery_id for move in wanted if move.to is D.unknown} & moved, now=now)
    return Counter(move.to.value for move in wanted if move.delivery_id in moved)


def _written(result: Result) -> dict[str, Any]:
    """A result as the statements below and :func:`moves.arrive` read it."""
    return {
        "id": result.delivery_id, "number": result.number, "fence": result.fence, "outcome": result.kind,
        "code": result.code[:80], "remote_id": _printable(result.remote_id), "started_at": result.started_at,
        "finished_at": result.finished_at,
    }  # fmt: skip


@lru_cache(maxsize=2)
def _finish_statement(sqlite: bool) -> Update:
    table, told = Attempt.__table__, ("outcome", "code", "remote_id", "started_at", "finished_at")
    types = {"id": table.c.delivery_id.type, **{name: table.c[name].type for name in ("number", *told)}}
    _, given = bulk.table(types, sqlite=sqlite)
    values = {name: given[name] for name in told}
    # A person's "it did arrive" stays on record beside whatever the call's own late answer says.
    values["code"] = case((table.c.code == unknowns.ANSWERED, table.c.code), else_=given["code"])
    return (
        update(table)  # type: ignore[arg-type]
        .where(table.c.delivery_id == given["id"], table.c.number == given["number"])
        .values(**values)
    )


def _printable(remote_id: str) -> str:
    """What the other side calls it, without characters a database refuses or a page would obey."""
    return "".join(filter(str.isprintable, remote_id))[:120]


def _rows(session: Session, ids: Sequence[str]) -> dict[str, Any]:
    """id → the delivery's columns, locked."""
    query = (
        select(
            Delivery.id, Delivery.state, Delivery.fence, Delivery.brand_id, Delivery.post_id, Delivery.tries,
            Delivery.due_at,
        )
        .where(bulk.among(Delivery.id, sqlite=bulk.is_sqlite(session)))
        .order_by(Delivery.id)
        .with_for_update()
    )  # fmt: skip
    return {row.id: row for row in session.execute(query, {bulk.IDS: bulk.ids(ids)})}


class _Late:
    """What the next step of a call that did not arrive depends on; read only for such calls."""

    def __init__(self, session: Session, ids: Sequence[str], rows: Mapping[str, Any]) -> None:
        posts = {rows[key].post_id for key in ids if key in rows}
        self.deadlines = _deadlines(session, posts) if posts else {}
        self.firsts = _firsts(session, ids) if posts else {}


def _firsts(session: Session, ids: Sequence[str]) -> dict[str, datetime]:
    """id → when the delivery's first attempt began."""
    query = select(Attempt.delivery_id, func.min(Attempt.started_at)).where(Attempt.delivery_id.in_(ids))
    return dict(session.execute(query.group_by(Attempt.delivery_id)).tuples().all())


def _deadlines(session: Session, post_ids: Collection[int]) -> dict[int, datetime]:
    query = select(Post, Brand).join(Brand, Brand.id == Post.brand_id).where(Post.id.in_(post_ids))
    rows = session.execute(query.execution_options(populate_existing=True))
    return {post.id: lateness.deadline(post, brand) for post, brand in rows}


def _move(result: Result, row: Any, late: _Late, now: datetime) -> list[moves.Move]:
    """The move this result calls for; also from ``unknown``, when the reaper was faster than the answer."""
    state = DeliveryState(row.state)
    if state not in {D.sending, D.unknown}:
        return []
    to, reason, values = (
        _arrived(result) if result.kind in moves.ARRIVED else _outcome(result, row, late, now)
    )
    if state is D.unknown:
        if to is D.unknown or to is D.handed_over:
            return []
        to = D.planned if to is D.retry_wait else to
    if to in {D.sent, D.handed_over}:
        values["late_ms"] = round((result.started_at - row.due_at).total_seconds() * 1000)
    values |= {"lease_owner": "", "lease_until": None}
    return [moves.Move(row.id, state, to, fence=result.fence, reason=reason, values=values)]


def _arrived(result: Result) -> tuple[DeliveryState, str, dict[str, Any]]:
    to = D.sent if result.kind == "sent" else D.handed_over
    return to, "", BLANK | {"sent_at": result.started_at, "remote_id": _printable(result.remote_id)}


def _outcome(
    result: Result, row: Any, late: _Late, now: datetime
) -> tuple[DeliveryState, str, dict[str, Any]]:
    tries, deadline, first = row.tries, late.deadlines[row.post_id], late.firsts[row.id]
    wait = result.retry_after if result.retry_after is not None else BACK_OFF[min(tries, len(BACK_OFF)) - 1]
    again_at = now + timedelta(seconds=wait)
    if result.kind == "unknown":
        guarded = again_at <= first + timedelta(seconds=result.guard_seconds)
        if guarded and again_at <= deadline and tries < MAX_TRIES:
            reason = f"结果未知（{result.code}），按同一标识重发，由通道去重"
            return D.retry_wait, reason, BLANK | {"next_try_at": again_at}
        return D.unknown, result.code, dict(BLANK)
    if result.permanent:
        return D.refused, result.code, dict(BLANK)
    if again_at > deadline or tries >= MAX_TRIES:
        return D.refused, f"{result.code}：重试到时限仍未成功", dict(BLANK)
    return D.retry_wait, result.code, BLANK | {"next_try_at": again_at}
