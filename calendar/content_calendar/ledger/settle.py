"""Settling: what a call brought, written down; nothing else happens in this transaction.

Sent is sent. Refused (proved not sent) waits for its next try unless it is final. Anything else is
unknown and is never sent again blindly. A result whose fence is stale is recorded on its attempt and
changes no state.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, case, func, select, update
from sqlalchemy.orm import Session

from content_calendar import lateness
from content_calendar.ledger import moves, unknowns
from content_calendar.ledger.outgoing import Result
from content_calendar.states import DeliveryState
from content_calendar.tables import Attempt, Brand, Delivery, Post

BACK_OFF = (5.0, 20.0, 60.0, 180.0, 300.0)  # seconds after the 1st, 2nd ... refusal; the last one repeats
MAX_TRIES = 8
ACTOR = "system:dispatcher"
D = DeliveryState


def settle(session: Session, results: Sequence[Result], *, now: datetime) -> Counter[str]:
    """Write down these results; how many deliveries ended or wait in which state (``stale``: none did)."""
    _finish_attempts(session, results)
    rows = _rows(session, [result.delivery_id for result in results])
    deadlines = _deadlines(session, {row.post_id for row in rows.values()})
    wanted = []
    for result in results:
        row = rows.get(result.delivery_id)
        if row is not None and row.fence == result.fence:
            wanted += _move(result, row, deadlines[row.post_id], now)
    held = {row.id: (row.state, row.fence, row.brand_id) for row in rows.values()}
    moved = moves.apply(session, wanted, actor=ACTOR, now=now, held=held)
    unknowns.ask(session, {move.delivery_id for move in wanted if move.to is D.unknown} & moved, now=now)
    count: Counter[str] = Counter(move.to.value for move in wanted if move.delivery_id in moved)
    count["stale"] = len(results) - count.total()
    return count


def _finish_attempts(session: Session, results: Sequence[Result]) -> None:
    table = Attempt.__table__
    # A person's "it did arrive" stays on record beside whatever the call's own late answer says.
    code = case((table.c.code == unknowns.ANSWERED, table.c.code), else_=bindparam("b_code"))
    statement = (
        update(table)  # type: ignore[arg-type]
        .where(table.c.delivery_id == bindparam("b_id"), table.c.number == bindparam("b_number"))
        .values(
            outcome=bindparam("b_kind"), code=code, remote_id=bindparam("b_remote"),
            started_at=bindparam("b_started"), finished_at=bindparam("b_finished"),
        )
    )  # fmt: skip
    rows = [
        {
            "b_id": r.delivery_id, "b_number": r.number, "b_kind": r.kind, "b_code": r.code[:80],
            "b_remote": _printable(r.remote_id), "b_started": r.started_at, "b_finished": r.finished_at,
        }
        for r in results
    ]  # fmt: skip
    if rows:
        session.connection().execute(statement, rows)


def _printable(remote_id: str) -> str:
    """What the other side calls it, without characters a database refuses or a page would obey."""
    return "".join(filter(str.isprintable, remote_id))[:120]


def _rows(session: Session, ids: Sequence[str]) -> dict[str, Any]:
    """id → the delivery's columns (locked) and when its first attempt began."""
    first = select(func.min(Attempt.started_at)).where(Attempt.delivery_id == Delivery.id).scalar_subquery()
    query = (
        select(
            Delivery.id, Delivery.state, Delivery.fence, Delivery.brand_id, Delivery.post_id, Delivery.tries,
            Delivery.due_at, first.label("first"),
        )
        .where(Delivery.id.in_(ids))
        .order_by(Delivery.id)
        .with_for_update(of=Delivery)
    )  # fmt: skip
    return {row.id: row for row in session.execute(query)}


def _deadlines(session: Session, post_ids: Collection[int]) -> dict[int, datetime]:
    query = select(Post, Brand).join(Brand, Brand.id == Post.brand_id).where(Post.id.in_(post_ids))
    rows = session.execute(query.execution_options(populate_existing=True))
    return {post.id: lateness.deadline(post, brand) for post, brand in rows}


def _move(result: Result, row: Any, deadline: datetime, now: datetime) -> list[moves.Move]:
    """The move this result calls for; also from ``unknown``, when the reaper was faster than the answer."""
    state = DeliveryState(row.state)
    if state not in {D.sending, D.unknown}:
        return []
    to, reason, values = _outcome(result, row.tries, deadline, row.first, now)
    if state is D.unknown:
        if to is D.unknown or to is D.handed_over:
            return []
        to = D.planned if to is D.retry_wait else to
    if to in {D.sent, D.handed_over}:
        values["late_ms"] = round((result.started_at - row.due_at).total_seconds() * 1000)
    values |= {"lease_owner": "", "lease_until": None}
    return [moves.Move(row.id, state, to, fence=result.fence, reason=reason, values=values)]


def _outcome(
    result: Result, tries: int, deadline: datetime, first: datetime, now: datetime
) -> tuple[DeliveryState, str, dict[str, Any]]:
    blank: dict[str, Any] = {"next_try_at": None, "sent_at": None, "late_ms": None, "remote_id": ""}
    if result.kind in {"sent", "handed_over"}:
        to = D.sent if result.kind == "sent" else D.handed_over
        return to, "", blank | {"sent_at": result.started_at, "remote_id": _printable(result.remote_id)}
    wait = result.retry_after if result.retry_after is not None else BACK_OFF[min(tries, len(BACK_OFF)) - 1]
    again_at = now + timedelta(seconds=wait)
    if result.kind == "unknown":
        guarded = again_at <= first + timedelta(seconds=result.guard_seconds)
        if guarded and again_at <= deadline and tries < MAX_TRIES:
            reason = f"结果未知（{result.code}），按同一标识重发，由通道去重"
            return D.retry_wait, reason, blank | {"next_try_at": again_at}
        return D.unknown, result.code, blank
    if result.permanent:
        return D.refused, result.code, blank
    if again_at > deadline or tries >= MAX_TRIES:
        return D.refused, f"{result.code}：重试到时限仍未成功", blank
    return D.retry_wait, result.code, blank | {"next_try_at": again_at}
