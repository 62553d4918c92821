"""The states of posts and deliveries, the moves allowed between them, and the one way to make a move.

A move is a conditional UPDATE that names the expected state (and, for a delivery, the fence). Zero rows
changed means somebody else has it: StateConflict. Every move writes its audit event in the same
transaction. Nothing else in the product may assign a state.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from content_calendar.errors import StateConflict
from content_calendar.tables import AuditEvent, Delivery, Post


class PostState(StrEnum):
    """Where a calendar entry stands."""

    planned = "planned"  # 待写
    writing = "writing"  # 撰写中
    in_review = "in_review"  # 待审
    approved = "approved"  # 已批准
    releasing = "releasing"  # 发送中
    released = "released"  # 已发出
    changes_requested = "changes_requested"  # 待修改
    rejected = "rejected"  # 已退稿
    held = "held"  # 已暂缓 (with a reason)
    missed = "missed"  # 已错过: its time passed unapproved
    cancelled = "cancelled"  # 已取消


class DeliveryState(StrEnum):
    """Where one (post, group) pair stands."""

    planned = "planned"
    claimed = "claimed"
    sending = "sending"
    retry_wait = "retry_wait"
    sent = "sent"
    handed_over = "handed_over"  # given to the platform or the owner: not yet "sent"
    confirmed = "confirmed"
    refused = "refused"
    unknown = "unknown"  # nobody knows: a person answers "did it arrive?"
    skipped = "skipped"  # cap, quiet hours, paused group, channel missing
    expired = "expired"
    cancelled = "cancelled"


P = PostState
POST_MOVES: dict[PostState, frozenset[PostState]] = {
    P.planned: frozenset({P.writing, P.in_review, P.missed, P.cancelled, P.held}),
    P.writing: frozenset({P.in_review, P.planned, P.missed, P.cancelled}),
    P.in_review: frozenset(
        {P.in_review, P.writing, P.approved, P.changes_requested, P.rejected, P.held, P.missed, P.cancelled}
    ),
    P.changes_requested: frozenset({P.in_review, P.writing, P.rejected, P.held, P.missed, P.cancelled}),
    P.approved: frozenset(
        {P.releasing, P.in_review, P.changes_requested, P.rejected, P.held, P.missed, P.cancelled}
    ),
    P.held: frozenset({P.in_review, P.writing, P.missed, P.cancelled, P.releasing}),
    P.rejected: frozenset({P.in_review, P.writing, P.cancelled, P.missed}),
    P.missed: frozenset({P.in_review, P.cancelled}),  # only with a new moment
    P.releasing: frozenset({P.released, P.held}),
    P.released: frozenset(),
    P.cancelled: frozenset({P.in_review, P.planned}),
}
D = DeliveryState
DELIVERY_MOVES: dict[DeliveryState, frozenset[DeliveryState]] = {
    D.planned: frozenset({D.claimed, D.skipped, D.expired, D.cancelled}),
    D.claimed: frozenset({D.sending, D.planned, D.retry_wait, D.skipped, D.expired, D.cancelled}),
    D.sending: frozenset({D.sent, D.handed_over, D.refused, D.unknown, D.retry_wait}),
    D.retry_wait: frozenset({D.claimed, D.expired, D.cancelled, D.skipped, D.refused}),
    # answered by a guard, a read-back or a person
    D.unknown: frozenset({D.sent, D.refused, D.planned, D.handed_over}),
    D.handed_over: frozenset({D.confirmed, D.expired, D.refused}),
    D.sent: frozenset(),
    D.confirmed: frozenset(),
    D.refused: frozenset(),
    D.skipped: frozenset(),
    D.expired: frozenset(),
    D.cancelled: frozenset(),
}
OPEN = frozenset({D.planned, D.claimed, D.sending, D.retry_wait})  # promise 3's "open"


def move_post(
    session: Session,
    post: Post,
    to: PostState,
    *,
    expected: PostState,
    actor: str,
    now: datetime,
    reason: str = "",
    detail: dict[str, Any] | None = None,
    **values: Any,
) -> None:
    """Move ``post`` from ``expected`` to ``to`` and audit it; further columns may be set with it.

    Raises StateConflict when the move is not allowed or the row is no longer in ``expected``.
    """
    if to not in POST_MOVES[expected]:
        raise StateConflict(
            f"内容 {post.id} 处于「{POST_NAMES[expected]}」，不能改为「{POST_NAMES[to]}」。",
            english=f"Post {post.id} is {expected}; it cannot become {to}.",
        )
    changed = session.execute(
        update(Post)
        .where(Post.id == post.id, Post.state == expected)
        .values(state=to, state_reason=reason[:400], state_since=now, **values)
        .execution_options(synchronize_session=False)
    )
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        raise StateConflict(
            f"内容 {post.id} 刚被别人改动过，请刷新后再试。",
            english=f"Post {post.id} was changed by somebody else; refresh and try again.",
        )
    session.add(
        AuditEvent(
            brand_id=post.brand_id, at=now, actor=actor, action="post.state", subject="post",
            subject_id=str(post.id), before=expected, after=to, detail={"reason": reason, **(detail or {})},
        )
    )  # fmt: skip
    session.flush()
    session.refresh(post)


def move_delivery(
    session: Session,
    delivery_id: str,
    to: DeliveryState,
    *,
    expected: DeliveryState,
    fence: int | None,
    actor: str,
    now: datetime,
    brand_id: int,
    reason: str = "",
    **values: Any,
) -> bool:
    """Move one delivery if it is still in ``expected`` under ``fence``; False when somebody else has it.

    Bulk moves of the dispatcher use the same condition and the same audit row, many at a time
    (:mod:`content_calendar.ledger.moves`).
    """
    if to not in DELIVERY_MOVES[expected]:
        raise StateConflict(
            f"触达 {delivery_id} 处于「{DELIVERY_NAMES[expected]}」，不能改为「{DELIVERY_NAMES[to]}」。",
            english=f"Delivery {delivery_id} is {expected}; it cannot become {to}.",
        )
    condition = [Delivery.id == delivery_id, Delivery.state == expected]
    if fence is not None:
        condition.append(Delivery.fence == fence)
    changed = session.execute(
        update(Delivery)
        .where(*condition)
        .values(state=to, state_reason=reason[:400], **values)
        .execution_options(synchronize_session=False)
    )
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        return False
    session.add(
        AuditEvent(
            brand_id=brand_id, at=now, actor=actor, action="delivery.state", subject="delivery",
            subject_id=delivery_id, before=expected, after=to, detail={"reason": reason} if reason else {},
        )
    )  # fmt: skip
    session.flush()
    return True


POST_NAMES: dict[PostState, str] = {
    P.planned: "待写", P.writing: "撰写中", P.in_review: "待审", P.approved: "已批准", P.releasing: "发送中",
    P.released: "已发出", P.changes_requested: "待修改", P.rejected: "已退稿", P.held: "已暂缓",
    P.missed: "已错过", P.cancelled: "已取消",
}  # fmt: skip
DELIVERY_NAMES: dict[DeliveryState, str] = {
    D.planned: "待发", D.claimed: "已领取", D.sending: "发送中", D.retry_wait: "等待重试", D.sent: "已送达通道",
    D.handed_over: "已交给群主", D.confirmed: "群主已确认", D.refused: "被拒", D.unknown: "结果未知",
    D.skipped: "已跳过", D.expired: "已过期", D.cancelled: "已取消",
}  # fmt: skip
