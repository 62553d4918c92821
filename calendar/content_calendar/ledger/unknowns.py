"""Unknown outcomes: first the channel's own duplicate guard, else a person answers "did it arrive?".

Nothing here ever sends again by itself unless the other side is known to recognise the same key.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from content_calendar import lateness, notices
from content_calendar.errors import CalendarError, NotFound, StateConflict
from content_calendar.ledger import moves
from content_calendar.ledger.closing import close_finished
from content_calendar.states import DELIVERY_NAMES, DeliveryState, PostState
from content_calendar.tables import Attempt, Brand, Delivery, Group, MassTask, Post, User

ANSWERED = "answered.arrived"  # the code of an attempt a person vouched for


def settle_by_guard(
    session: Session, delivery_ids: Collection[str], guards: Mapping[str, float], *, now: datetime
) -> int:
    """Plan unknown deliveries again whose channel's guard is still open; tell the lead of the others.

    Returns how many were planned again.
    """
    again = [
        moves.Move(
            delivery.id, DeliveryState.unknown, DeliveryState.planned, fence=delivery.fence,
            reason="结果未知，按同一标识重发，由通道去重", values={"next_try_at": now},
        )
        for delivery, first in _with_first_attempt(session, delivery_ids)
        if now <= first + timedelta(seconds=guards.get(delivery.channel, 0.0))
    ]  # fmt: skip
    moved = moves.apply(session, again, actor="system:reaper", now=now)
    ask(session, set(delivery_ids) - moved, now=now)
    return len(moved)


def _with_first_attempt(session: Session, ids: Collection[str]) -> list[tuple[Delivery, datetime]]:
    query = (
        select(Delivery, func.min(Attempt.started_at))
        .join(Attempt, Attempt.delivery_id == Delivery.id)
        .where(Delivery.id.in_(list(ids)))
        .group_by(Delivery.id)
        .execution_options(populate_existing=True)
    )
    return [(row[0], row[1]) for row in session.execute(query)]


def ask(session: Session, delivery_ids: Collection[str], *, now: datetime) -> None:
    """Put "did it arrive?" before the people: one notice per post, renewed when more come in."""
    if not delivery_ids:
        return
    query = (
        select(Delivery.post_id, Delivery.brand_id, func.count())
        .where(Delivery.id.in_(list(delivery_ids)), Delivery.state == DeliveryState.unknown)
        .group_by(Delivery.post_id, Delivery.brand_id)
    )
    for post_id, brand_id, count in session.execute(query).all():
        notices.tell(
            session, brand_id=brand_id, code="delivery.unknown", subject=f"post:{post_id}", now=now,
            level="alarm", again=True,
            text=f"内容 {post_id} 有 {count} 个社群的发送结果未知，请到群里看一眼，回答是否已送达。",
        )  # fmt: skip


@dataclass(frozen=True)
class Unanswered:
    """A delivery whose outcome nobody knows."""

    delivery_id: str
    post_id: int
    group_code: str
    group_name: str
    due_at: datetime
    reason: str


def unanswered(session: Session, brand_id: int) -> list[Unanswered]:
    """The brand's deliveries that wait for "did it arrive?", oldest first."""
    query = (
        select(Delivery.id, Delivery.post_id, Group.code, Group.name, Delivery.due_at, Delivery.state_reason)
        .join(Group, Group.id == Delivery.group_id)
        .where(Delivery.brand_id == brand_id, Delivery.state == DeliveryState.unknown)
        .order_by(Delivery.due_at, Delivery.id)
    )
    return [Unanswered(*row) for row in session.execute(query)]


def answer_unknown(
    session: Session, delivery_id: str, *, arrived: bool, user: User, now: datetime
) -> DeliveryState:
    """A person answers "did it arrive?": sent, or planned again within the window, else refused.

    Any person may answer (the owner of the group knows best), no service account.
    """
    if not user.active or user.role == "service":
        raise CalendarError(
            "只有人可以回答是否送达。", code="delivery.not_allowed", english="Only a person can answer this."
        )
    delivery = session.get(Delivery, delivery_id, with_for_update=True, populate_existing=True)
    if delivery is None:
        raise NotFound(f"没有编号为 {delivery_id} 的触达。", english=f"There is no delivery {delivery_id}.")
    if delivery.state != DeliveryState.unknown:
        raise StateConflict(
            f"这条触达处于「{DELIVERY_NAMES[DeliveryState(delivery.state)]}」，不需要回答是否送达。",
            english=f"This delivery is {delivery.state}; nobody needs to answer for it.",
        )
    if not arrived and _being_looked_up(session, delivery):
        raise StateConflict(
            "正在企业微信的群发记录里查这条任务，免得重复创建；请过几分钟再答。",
            code="delivery.being_looked_up",
            english="The platform's list is being searched for this task; answer in a few minutes.",
        )
    move = _arrived(session, delivery) if arrived else _not_arrived(session, delivery, now)
    # A late answer of the old call must find a newer fence and change nothing.
    move.values["fence"] = delivery.fence + 1
    moves.apply(session, [move], actor=f"user:{user.name}", now=now)
    close_finished(session, now=now, post_id=delivery.post_id)
    return move.to


def _being_looked_up(session: Session, delivery: Delivery) -> bool:
    """A mass-send task that may exist: nobody may have it created again before the platform's list was read."""
    query = select(MassTask.targets).where(MassTask.post_id == delivery.post_id, MassTask.state == "creating")
    return any(delivery.id in targets.values() for targets in session.scalars(query))


def _arrived(session: Session, delivery: Delivery) -> moves.Move:
    last = session.scalars(
        select(Attempt).where(Attempt.delivery_id == delivery.id).order_by(Attempt.number.desc()).limit(1)
    ).one()
    session.execute(update(Attempt).where(Attempt.id == last.id).values(code=ANSWERED))
    return moves.Move(
        delivery.id, DeliveryState.unknown, DeliveryState.sent, reason="人工确认已送达",
        values={"sent_at": last.started_at},
    )  # fmt: skip


def _not_arrived(session: Session, delivery: Delivery, now: datetime) -> moves.Move:
    post = session.get_one(Post, delivery.post_id)
    brand = session.get_one(Brand, delivery.brand_id)
    if now <= lateness.window_end(post.due_at, brand) and post.state in {PostState.releasing, PostState.held}:
        return moves.Move(
            delivery.id, DeliveryState.unknown, DeliveryState.planned, reason="人工确认未送达，重发",
            values={"next_try_at": now},
        )  # fmt: skip
    return moves.Move(
        delivery.id, DeliveryState.unknown, DeliveryState.refused, reason="人工确认未送达，已过补发时限"
    )
