"""What owners say of their groups: done, later, cannot; and what becomes of what nobody said anything of.

In the hand-off lane the owner's word is all there is: it ends the delivery, marked as the owner's (``proof`` owner). In the
confirm lane the platform knows better: the word is kept beside, and changes no state.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from content_calendar import notices, zones
from content_calendar.errors import CalendarError, NotFound
from content_calendar.ledger import moves
from content_calendar.states import DeliveryState
from content_calendar.tables import Brand, Delivery, Group, SelfReport, User

Action = Literal["done", "postponed", "cannot"]
D = DeliveryState
ACTOR = "system:send_desk"


@dataclass(frozen=True)
class Said:
    """An owner's word for some groups of one post."""

    action: Action
    reason: str = ""
    until: datetime | None = None


def report(
    session: Session,
    brand: Brand,
    post_id: int,
    said: Said,
    *,
    owners: Collection[str],
    user: User,
    now: datetime,
    deliveries: Collection[str] = (),
) -> int:
    """Write down what was said of these deliveries (none named: every open one of these owners); how many.

    NotFound when nothing of the post waits for these owners.
    """
    _sensible(said, now)
    rows = _rows(session, brand, post_id, owners, deliveries)
    if not rows:
        raise NotFound(
            "这条内容没有等你发的群，可能已经有人处理过了，请刷新。",
            english="Nothing of this post waits for you; refresh.",
        )
    _remember(session, [row.id for row in rows], said, user, now)
    mine = [row for row in rows if row.lane == "hand_off"]
    moves.apply(
        session, [move for row in mine if (move := _move(row, said, now))], actor=f"user:{user.name}", now=now
    )
    if said.action == "cannot":
        notices.tell(
            session, brand_id=brand.id, code="send.cannot", subject=f"post:{post_id}", now=now, again=True,
            text=f"内容 {post_id} 有 {len(rows)} 个群，{user.display or user.name} 说发不了：{said.reason}",
        )  # fmt: skip
    return len(rows)


def _sensible(said: Said, now: datetime) -> None:
    if said.action == "cannot" and not said.reason.strip():
        raise CalendarError(
            "请写一句为什么发不了。", code="send.no_reason", english="Say why it cannot be sent."
        )
    if said.action == "postponed" and (said.until is None or said.until <= now):
        raise CalendarError(
            "请选一个晚于现在的时间。", code="send.no_until", english="Choose a moment later than now."
        )


def _rows(
    session: Session, brand: Brand, post_id: int, owners: Collection[str], deliveries: Collection[str]
) -> Sequence[Any]:
    query = (
        select(Delivery.id, Delivery.lane, Delivery.fence, Delivery.state)
        .join(Group, Group.id == Delivery.group_id)
        .where(
            Delivery.brand_id == brand.id, Delivery.post_id == post_id, Delivery.state == D.handed_over,
            Group.owner.in_(list(owners)),
        )
        .order_by(Delivery.id)
        .with_for_update(of=Delivery)
    )  # fmt: skip
    if deliveries:
        query = query.where(Delivery.id.in_(list(deliveries)))
    return session.execute(query).all()


def _move(row: Any, said: Said, now: datetime) -> moves.Move | None:
    if said.action == "done":
        proof = {"proof": "owner", "confirmed_at": now}
        return moves.Move(row.id, D.handed_over, D.confirmed, row.fence, "群主自己报的：已发", proof)
    if said.action == "cannot":
        return moves.Move(row.id, D.handed_over, D.refused, row.fence, f"群主说发不了：{said.reason.strip()}")
    return None


def _remember(session: Session, ids: Sequence[str], said: Said, user: User, now: datetime) -> None:
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    values = {
        "state": said.action, "reason": said.reason.strip()[:400], "user_id": user.id, "at": now,
        "until": said.until if said.action == "postponed" else None,
    }  # fmt: skip
    statement = insert(SelfReport).values([{"delivery_id": each, **values} for each in ids])
    session.execute(statement.on_conflict_do_update(index_elements=["delivery_id"], set_=values))


def end_of_day(session: Session, *, now: datetime) -> int:
    """What was handed over by hand on a day that has ended and nobody reported is expired; how many."""
    count = 0
    for brand in session.scalars(select(Brand).where(Brand.demo.is_(False))):
        today = zones.local_day(now, zones.zone(brand.zone))
        rows = session.execute(_left(brand, today)).all()
        wanted = [moves.Move(row.id, D.handed_over, D.expired, row.fence, "当天没有人报已发") for row in rows]
        count += len(moves.apply(session, wanted, actor=ACTOR, now=now))
        for post_id in sorted({row.post_id for row in rows}):
            left = sum(row.post_id == post_id for row in rows)
            notices.tell(
                session, brand_id=brand.id, code="send.unreported", subject=f"post:{post_id}", now=now,
                text=f"内容 {post_id} 有 {left} 个群，群主当天没有报已发。",
            )  # fmt: skip
    return count


def _left(brand: Brand, today: date) -> Any:
    return (
        select(Delivery.id, Delivery.fence, Delivery.post_id)
        .where(
            Delivery.brand_id == brand.id, Delivery.state == D.handed_over, Delivery.lane == "hand_off",
            Delivery.day < today,
        )
        .order_by(Delivery.id)
        .with_for_update(of=Delivery)
    )  # fmt: skip


def unreported(session: Session, *, now: datetime) -> bool:
    """True when :func:`end_of_day` might find something: a look before the write lock is taken."""
    query = select(Delivery.id).where(
        Delivery.state == D.handed_over, Delivery.lane == "hand_off", Delivery.due_at < now
    )
    return session.scalar(query.limit(1)) is not None
